"""Whether a changing command may start: states of git that forbid it are refused before anything is touched."""

from __future__ import annotations

import os

from git_pbm.core.names import ALLOWANCES_PATH, CURRENT_PATH, MODELS_PATH, README_PATH, REGISTRY_PATH
from git_pbm.core.readme import has_block
from git_pbm.errors import GitError, RefusedError
from git_pbm.store.git import GitFailure, Repository
from git_pbm.store.merge_state import operation_in, unmerged_paths

_UNMERGED = frozenset(("DD", "AU", "UD", "UA", "DU", "AA", "UU"))
"""git-status(1), short format."""


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
    operation = operation_in(repository)
    if operation is not None:
        settle = (
            "settle what is in conflict: git pbm resolve; then: " if _has_conflict(repository) else "end it first: "
        )
        raise RefusedError(
            f"{operation.article} is in progress here", f"{settle}{operation.way_on}, or {operation.way_out}"
        )
    refuse_misplaced(root)
    _refuse_dirty(repository, root, against_head=commits)
    if commits:
        _refuse_without_identity(repository)


def refuse_unready_to_resolve(repository: Repository) -> None:
    """Raise :class:`RefusedError` where settling a merge would take along edits that nobody staged."""
    root = work_tree_of(repository)
    refuse_misplaced(root)
    _refuse_dirty(repository, root, against_head=False, conflicts=True)


def refuse_conflict(repository: Repository) -> None:
    """Raise :class:`RefusedError` where a merge left a conflict: which model is current is not ours to guess."""
    if _has_conflict(repository):
        raise RefusedError("a merge left a conflict in the registry", "settle it: git pbm resolve")


def _has_conflict(repository: Repository) -> bool:
    """Whether one of the files that derive from others is in conflict, or something that they derive from."""
    ours = (REGISTRY_PATH, CURRENT_PATH, README_PATH)
    return any(path in ours or path.startswith(f"{MODELS_PATH}/") for path in unmerged_paths(repository))


def refuse_misplaced(root: str) -> None:
    """Raise :class:`RefusedError` where ``current`` or ``models`` is what it must not be."""
    current = os.path.join(root, CURRENT_PATH)
    if os.path.isdir(current) and not os.path.islink(current):
        raise RefusedError(
            f"{CURRENT_PATH} is a directory, not a link; git would delete what is in it at the next checkout",
            f"move it aside: mv {CURRENT_PATH} current.old; then: git checkout -- {CURRENT_PATH}",
        )
    if os.path.islink(os.path.join(root, MODELS_PATH)):
        raise RefusedError(f"{MODELS_PATH} is a link, not a directory", "put a real directory there")


def _refuse_dirty(repository: Repository, root: str, *, against_head: bool, conflicts: bool = False) -> None:
    """``conflicts``: paths in conflict are what the command is for."""
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
        if state in _UNMERGED:
            if conflicts:
                continue
            raise RefusedError(f"{path} is in conflict", "settle it: git pbm resolve")
        if against_head or state[1] != " ":
            raise RefusedError(
                f"{path} differs from {'HEAD' if against_head else 'what is staged'}; the change would ride along",
                f"commit it or put it back first: git diff HEAD -- {path}; git checkout HEAD -- {path}",
            )


def _has_block(path: str) -> bool:
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            return has_block(file.read())
    except OSError:
        return False


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
