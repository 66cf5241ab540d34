"""Whether a changing command may start: states of git that forbid it are refused before anything is touched."""

from __future__ import annotations

import os
import shlex
from collections.abc import Collection
from dataclasses import dataclass

from git_pbm.core.names import ALLOWANCES_PATH, CURRENT_PATH, MODELS_PATH, README_PATH, REGISTRY_PATH
from git_pbm.core.plans.plan import Delete, Plan
from git_pbm.core.registry.facts import TEXT_LIMIT
from git_pbm.core.registry.readme_block import has_block
from git_pbm.errors import ErrorId, GitError, RefusedError
from git_pbm.fs.small_files import read_small
from git_pbm.gitio.merge_state import operation_in, unmerged_paths
from git_pbm.gitio.repository import GitFailure, Repository

_NAMED = 12
"""Damaged files that the hint names one by one."""


def work_tree_of(repository: Repository) -> str:
    """The top of the work tree. Raises :class:`GitError` in a bare repository."""
    if repository.root is None:
        raise GitError(
            f"{repository.git_dir} is a bare repository: it has no work tree to change",
            "clone it, and work there",
            error_id=ErrorId.NO_WORK_TREE,
        )
    return repository.root


@dataclass(frozen=True, slots=True)
class Head:
    """Where HEAD stands: its commit (None on an unborn branch), and whether it is on no branch."""

    commit: str | None
    is_detached: bool


def refuse_unready(repository: Repository, *, commits: bool, folder_current: bool = False) -> Head:
    """Raise :class:`RefusedError` for a state in which a commit would be wrong or impossible.

    Operations in progress, files of ours that differ from HEAD (they would ride along), ``current`` as a
    directory (``git checkout -- .`` and every hook runner would delete it), no identity.
    """
    root = work_tree_of(repository)
    operation = operation_in(repository)
    if operation is not None:
        first = "settle what is in conflict: git pbm resolve; then" if _has_conflict(repository) else "end it first"
        raise RefusedError(
            f"{operation.article} is in progress here",
            f"{first}: {operation.continue_command}, or {operation.abort_command}",
            error_id=ErrorId.OPERATION_IN_PROGRESS,
        )
    _refuse_misplaced(root, folder_current=folder_current)
    head = _refuse_dirty(repository, root, against_head=commits)
    if commits:
        _refuse_without_identity(repository)
    return head


def refuse_unready_to_resolve(repository: Repository) -> None:
    """Raise :class:`RefusedError` where settling a merge would take along edits that nobody staged."""
    root = work_tree_of(repository)
    _refuse_misplaced(root)
    _refuse_dirty(repository, root, against_head=False, conflicts=True)


def refuse_conflict(repository: Repository) -> None:
    """Raise :class:`RefusedError` where a merge left a conflict: which model is current is not ours to guess."""
    if _has_conflict(repository):
        raise RefusedError(
            "a merge left a conflict in the registry", "settle it: git pbm resolve", error_id=ErrorId.MERGE_CONFLICT
        )


def refuse_damaged(damaged: Collection[str], plan: Plan) -> None:
    """Raise :class:`RefusedError` where stored networks were changed that the plan does not take away.

    A commit would not hold them, but pre-commit would move them aside and back, and what is promoted may be one.
    """
    left = sorted(set(damaged) - {edit.path for edit in plan.edits if isinstance(edit, Delete)})
    if left:
        more = f" (and {len(left) - 1} more)" if len(left) > 1 else ""
        paths = " ".join(map(shlex.quote, left)) if len(left) <= _NAMED else shlex.quote(f"{MODELS_PATH}/*.onnx")
        raise RefusedError(
            f"{left[0]}{more} is not as it was committed, and a stored model never changes",
            f"restore it: git checkout HEAD -- {paths}",
            error_id=ErrorId.CONTENT_DAMAGED,
        )


def _has_conflict(repository: Repository) -> bool:
    """Whether one of the files that derive from others is in conflict, or something that they derive from."""
    ours = (REGISTRY_PATH, CURRENT_PATH, README_PATH)
    return any(path in ours or path.startswith(f"{MODELS_PATH}/") for path in unmerged_paths(repository))


def _refuse_misplaced(root: str, *, folder_current: bool = False) -> None:
    """Refuse what ``current`` and ``models`` must not be."""
    current = os.path.join(root, CURRENT_PATH)
    if os.path.isdir(current) and not os.path.islink(current) and not folder_current:
        raise RefusedError(
            f"{CURRENT_PATH} is a directory, not a link; git would delete what is in it at the next checkout",
            f"move it aside: mv {CURRENT_PATH} current.old; then: git checkout -- {CURRENT_PATH} "
            "(where it is committed as a directory: git pbm init --adopt)",
            error_id=ErrorId.PATH_IN_THE_WAY,
        )
    if os.path.islink(os.path.join(root, MODELS_PATH)):
        raise RefusedError(
            f"{MODELS_PATH} is a link, not a directory", "put a real directory there", error_id=ErrorId.PATH_IN_THE_WAY
        )


def _refuse_dirty(repository: Repository, root: str, *, against_head: bool, conflicts: bool = False) -> Head:
    """Refuse edits of our own files; the same git process tells where HEAD stands.

    ``conflicts``: whether paths in conflict are what the command is for.
    """
    paths = [REGISTRY_PATH, CURRENT_PATH, ALLOWANCES_PATH]
    if _has_block(os.path.join(root, README_PATH)):
        paths.append(README_PATH)
    argv = (
        "status",
        "--porcelain=v2",
        "--branch",
        "--no-ahead-behind",
        "-z",
        "--no-renames",
        "--untracked-files=all",
        "--ignored=no",
        "--",
        *paths,
    )
    branch = {}
    for row in filter(None, os.fsdecode(repository.run(*argv)).split("\0")):
        kind, _, rest = row.partition(" ")
        if kind == "#":
            name, _, value = rest.partition(" ")
            branch[name] = value
        elif kind == "u" and conflicts:
            continue
        elif kind == "u" or against_head or kind == "?" or rest[1] != ".":
            path = rest.split(" ", _FIELDS_BEFORE_PATH[kind])[-1]
            if kind == "u":
                raise RefusedError(
                    f"{path} is in conflict", "settle it: git pbm resolve", error_id=ErrorId.MERGE_CONFLICT
                )
            if against_head and (kind == "?" or rest.startswith("A")):  # HEAD has nothing to compare or put back
                name = shlex.quote(path)
                raise RefusedError(
                    f"{path} is not committed; it would ride along, or be lost",
                    f"commit what is there first: git add {name}; git commit",
                    error_id=ErrorId.UNCOMMITTED_CHANGES,
                )
            raise RefusedError(
                f"{path} differs from {'HEAD' if against_head else 'what is staged'}; the change would ride along",
                f"commit it or put it back first: git diff HEAD -- {path}; git checkout HEAD -- {path}",
                error_id=ErrorId.UNCOMMITTED_CHANGES,
            )
    commit = branch["branch.oid"]
    return Head(None if commit == "(initial)" else commit, branch["branch.head"] == "(detached)")


_FIELDS_BEFORE_PATH = {"1": 7, "u": 9, "?": 0}
"""git-status(1), porcelain format version 2: an ordinary change, an unmerged path, an untracked one."""


def _has_block(path: str) -> bool:
    text = read_small(path, TEXT_LIMIT)
    return text is not None and has_block(text.decode("utf-8", "surrogateescape"))


def _refuse_without_identity(repository: Repository) -> None:
    try:
        for role in ("author", "committer"):
            if not _is_known(repository, role):
                repository.run("var", f"GIT_{role.upper()}_IDENT")
    except GitFailure as failure:
        raise RefusedError(
            "git does not know who you are, so it would refuse the commit",
            "git config user.name 'Your Name'; git config user.email you@example.com",
            error_id=ErrorId.NO_IDENTITY,
        ) from failure


def _is_known(repository: Repository, role: str) -> bool:
    """Whether somebody surely has a name here, so that git need not be asked: it refuses names without a letter."""
    if f"GIT_{role.upper()}_DATE" in os.environ:
        return False
    for part in ("name", "email"):
        said = os.environ.get(f"GIT_{role.upper()}_{part.upper()}")
        for key in (f"{role}.{part}", f"user.{part}"):
            if said is None:
                said = repository.settings.get(key, [None])[-1]
        if not any(map(str.isalnum, said or "")):
            return False
    return True
