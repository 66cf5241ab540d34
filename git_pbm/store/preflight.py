"""Whether a changing command may start: states of git that forbid it are refused before anything is touched."""

from __future__ import annotations

import os

from git_pbm.core.facts import TEXT_LIMIT
from git_pbm.core.names import ALLOWANCES_PATH, CURRENT_PATH, MODELS_PATH, README_PATH, REGISTRY_PATH
from git_pbm.core.readme import has_block
from git_pbm.errors import GitError, RefusedError
from git_pbm.store.git import GitFailure, Repository
from git_pbm.store.small import read_small

_IN_PROGRESS = (
    ("MERGE_HEAD", "a merge", "git merge --continue, or git merge --abort"),
    ("CHERRY_PICK_HEAD", "a cherry-pick", "git cherry-pick --continue, or git cherry-pick --abort"),
    ("REVERT_HEAD", "a revert", "git revert --continue, or git revert --abort"),
    ("rebase-merge", "a rebase", "git rebase --continue, or git rebase --abort"),
    ("rebase-apply", "a rebase", "git rebase --continue, or git rebase --abort"),
)


def work_tree_of(repository: Repository) -> str:
    """The top of the work tree. Raises :class:`GitError` in a bare repository."""
    if repository.root is None:
        raise GitError(
            f"{repository.git_dir} is a bare repository: there is no work tree to change",
            "clone it, and work there",
        )
    return repository.root


def refuse_unready(repository: Repository, *, commits: bool) -> None:
    """Raise :class:`RefusedError` for a state in which a commit would be wrong or impossible.

    Operations in progress, files of ours that differ from HEAD (they would ride along), ``current`` as a
    directory (``git checkout -- .`` and every hook runner would delete it), no identity.
    """
    root = work_tree_of(repository)
    for name, what, way_out in _IN_PROGRESS:
        if os.path.exists(os.path.join(repository.git_dir, name)):
            raise RefusedError(f"{what} is in progress here", f"end it first: {way_out}")
    current = os.path.join(root, CURRENT_PATH)
    if os.path.isdir(current) and not os.path.islink(current):
        raise RefusedError(
            f"{CURRENT_PATH} is a directory, not a link; git would delete what is in it at the next checkout",
            f"move it aside: mv {CURRENT_PATH} current.old; then: git checkout -- {CURRENT_PATH}",
        )
    if os.path.islink(os.path.join(root, MODELS_PATH)):
        raise RefusedError(f"{MODELS_PATH} is a link, not a directory", "put a real directory there")
    _refuse_dirty(repository, root, against_head=commits)
    if commits:
        _refuse_without_identity(repository)


def _refuse_dirty(repository: Repository, root: str, *, against_head: bool) -> None:
    paths = [REGISTRY_PATH, CURRENT_PATH, ALLOWANCES_PATH]
    if _has_block(os.path.join(root, README_PATH)):
        paths.append(README_PATH)
    argv = (
        "status",
        "--porcelain=v1",
        "-z",
        "--no-renames",
        "--untracked-files=all",
        "--ignored=no",
        "--",
        *paths,
    )
    for row in filter(None, repository.history(*argv).split(b"\0")):
        state, path = os.fsdecode(row[:2]), os.fsdecode(row[3:])
        if against_head or state[1] != " ":
            raise RefusedError(
                f"{path} differs from {'HEAD' if against_head else 'what is staged'}; the change would ride along",
                f"commit it or put it back first: git diff HEAD -- {path}; git checkout HEAD -- {path}",
            )


def _has_block(path: str) -> bool:
    text = read_small(path, TEXT_LIMIT)
    return text is not None and has_block(text.decode("utf-8", "surrogateescape"))


def _refuse_without_identity(repository: Repository) -> None:
    try:
        repository.history("var", "GIT_COMMITTER_IDENT")
        repository.history("var", "GIT_AUTHOR_IDENT")
    except GitFailure as failure:
        raise RefusedError(
            "git does not know who you are, so it would refuse the commit",
            "git config user.name 'Your Name'; git config user.email you@example.com",
        ) from failure


def is_detached(repository: Repository) -> bool:
    """Whether HEAD names a commit and no branch."""
    return repository.try_ask("symbolic-ref", "--quiet", "HEAD") is None
