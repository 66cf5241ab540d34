"""``git pbm check`` and the hooks: which tree is looked at; where it is known to be sound, the rules stay unread."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_pbm.core.findings import Unverified, Verdict
from git_pbm.errors import GitError, UsageError
from git_pbm.store.git import Repository
from git_pbm.store.sound import Place, SoundTrees

if TYPE_CHECKING:
    from git_pbm.store.trees import Progress

VERIFY = "pbm-verify"
"""The hook that runs every rule, as ``git pbm check`` does."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a check found. ``label`` says which tree it looked at; ``exists`` is false for no registry at all."""

    label: str
    exists: bool
    models: int
    verdict: Verdict


def check(
    repository: Repository,
    *,
    staged: bool = False,
    revision: str | None = None,
    rehash: bool = False,
    fetch: bool = False,
    progress: Progress | None = None,
) -> Checked:
    """Run every rule over the working tree (HEAD in a bare repository), the staged tree, or a commit's tree.

    With ``rehash`` nothing that was remembered is believed. With ``fetch`` objects that this clone lacks are
    fetched, all in one request, and the check is made again.
    Raises :class:`UsageError` for a revision that names no commit, ``GitError`` where git cannot work.
    """
    if revision is None and not staged and repository.root is None:
        revision = "HEAD"
    place = _commit_of(repository, revision) if revision is not None else Place.staged() if staged else Place.worktree()
    checked = _look(repository, place, VERIFY, rehash, progress)
    if fetch and checked.verdict.unverified:
        from git_pbm.store.fetch import fetch_objects

        fetch_objects(repository, [item.object_id for item in checked.verdict.unverified])
        checked = _look(repository, place, VERIFY, rehash, progress)
    return checked


def check_for_hook(
    repository: Repository, hook_id: str, environment: Mapping[str, str] = os.environ
) -> tuple[Checked, tuple[Unverified, ...]]:
    """What a hook looks at: on a push the tree that is pushed, else the staged tree.

    Returns also what is unverified and new: objects that this clone lacks and HEAD does not have either.
    ``PRE_COMMIT_TO_REF`` and ``PRE_COMMIT_LOCAL_BRANCH`` are pre-commit's own words for the pushed commit;
    the index is of the branch that is checked out, which may be another one.
    """
    pushed = environment.get("PRE_COMMIT_TO_REF") or environment.get("PRE_COMMIT_LOCAL_BRANCH")
    checked = _look(repository, _commit_of(repository, pushed) if pushed else Place.staged(), hook_id)
    unverified = checked.verdict.unverified
    if not unverified:
        return checked, ()
    from git_pbm.store.index import tree_entries

    known = tree_entries(repository, repository.head(), [item.path for item in unverified])
    fresh = [item for item in unverified if (known[item.path] or "").partition(" ")[2] != item.object_id]
    return checked, tuple(fresh)


def _look(
    repository: Repository, place: Place, hook_id: str, rehash: bool = False, progress: Progress | None = None
) -> Checked:
    sound = SoundTrees(repository)
    models = None if rehash else sound.models(place)
    if models is not None:
        return Checked(place.label, True, models, Verdict())
    from git_pbm.operations.judging import judged  # the rules, and all that they look through

    look = sound.look(place)
    found = judged(repository, place, hook_id, None if rehash else sound, progress)
    if found.listing is not None and hook_id == VERIFY and found.verdict == Verdict():
        sound.remember(place, look, found.listing, found.models)
    return Checked(place.label, found.exists, found.models, found.verdict)


def _commit_of(repository: Repository, revision: str) -> Place:
    commit = repository.commit_id(revision)
    if commit is None:
        if revision == "HEAD":
            raise GitError("HEAD has no commit yet", "make one, or check what is staged: git pbm check --staged")
        raise UsageError(f"{revision}: not a commit of this repository", "git log --oneline shows what there is")
    label = f"commit {commit[:12]}" if commit.startswith(revision) else f"{revision} ({commit[:12]})"
    return Place(label, commit)
