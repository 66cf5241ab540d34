"""HEAD as a commit of git pbm's own that nobody else has: what ``undo`` and ``retag`` may replace."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass

from git_pbm.core.documents.commit_message import Named, parse_subject
from git_pbm.errors import ErrorId, RefusedError
from git_pbm.gitio.repository import Repository


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCommit:
    """A commit of git pbm's own: its one parent, its message, and what the subject names."""

    parent: str
    subject: str
    body: str
    named: Named


def own_commit(repository: Repository, head: str, otherwise: str = "") -> OwnCommit:
    """Return what HEAD says.

    Raises ``RefusedError`` for a merge and for a commit that is not git pbm's, with what to do ``otherwise``: without
    that, a revert.
    """
    form = ("log", "-1", "--no-show-signature", "--encoding=UTF-8", "--format=%P%n%s%n%b", head)
    parents, subject, body = [*repository.run_text(*form).split("\n", 2), "", ""][:3]
    named = parse_subject(subject)
    if len(parents.split()) != 1 or named is None:
        is_merge = len(parents.split()) > 1
        kind = "a merge" if is_merge else "not a change that git pbm made to one model"
        how = f"take it back with a commit: {'git revert -m 1 HEAD' if is_merge else 'git revert HEAD'}"
        raise RefusedError(f"HEAD ({head[:10]} {subject}) is {kind}", otherwise or how, error_id=ErrorId.NOT_UNDOABLE)
    return OwnCommit(parent=parents, subject=subject, body=body, named=named)


def refuse_held(repository: Repository, head: str, otherwise: str) -> None:
    """Raise ``RefusedError`` where a branch, a tag, a remote or another worktree has HEAD, too."""
    holder = _holder(repository, head)
    if holder is not None:
        raise RefusedError(
            f"{holder} has HEAD ({head[:10]}) too, so others may have it", otherwise, error_id=ErrorId.NOT_UNDOABLE
        )


def _holder(repository: Repository, head: str) -> str | None:
    """What else holds a commit: a branch, a tag, a remote-tracking branch, another worktree's HEAD."""
    branch = os.fsdecode(repository.try_run("symbolic-ref", "--quiet", "HEAD") or b"").strip()
    listing = repository.run_text("for-each-ref", f"--contains={head}", "--format=%(refname)")
    for ref in listing.split("\n"):
        if ref and ref not in (branch, "refs/stash"):
            return ref
    for name, ref in _other_worktrees(repository):
        commit = repository.commit_id(ref)
        if commit is not None and repository.try_run("merge-base", "--is-ancestor", head, commit) is not None:
            return name
    return None


def _other_worktrees(repository: Repository) -> Iterator[tuple[str, str]]:
    """Yield what the other worktrees are called, and git's name for the HEAD of each (gitrevisions(7))."""
    own = os.path.realpath(repository.git_dir)
    linked = os.path.join(repository.common_dir, "worktrees")
    if own != os.path.realpath(repository.common_dir):
        yield "the main worktree", "main-worktree/HEAD"
    for name in sorted(os.listdir(linked)) if os.path.isdir(linked) else ():
        if os.path.realpath(os.path.join(linked, name)) != own:
            yield f"the worktree {name}", f"worktrees/{name}/HEAD"
