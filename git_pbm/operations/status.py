"""``git pbm status``: what is current, what runs, what is installed, and what is left to do."""

from __future__ import annotations

import os
from dataclasses import dataclass

from git_pbm.core.planning.init import HOOK_TYPES
from git_pbm.core.registry import Registry
from git_pbm.errors import PbmError
from git_pbm.operations.deployment import engine_of
from git_pbm.operations.engine import Inspected, inspect
from git_pbm.operations.history import Reign, history_of
from git_pbm.store.git import Repository
from git_pbm.store.journal import interrupted_command
from git_pbm.store.small import read_small

_HOOK_LIMIT, _ATTRIBUTES_LIMIT = 1 << 20, 1 << 20


@dataclass(frozen=True, slots=True)
class Status:
    """The state of a registry. ``missing_hooks`` are the hook types that pre-commit is not installed for."""

    root: str
    registry: Registry
    reign: Reign | None
    engine: str | None
    inspected: Inspected | None
    engine_problem: str
    missing_hooks: tuple[str, ...]
    interrupted: str | None
    left: tuple[str, ...]


def status(repository: Repository, registry: Registry) -> Status:
    """Look everywhere, change nothing."""
    reigns = history_of(repository)
    engine, inspected, problem = engine_of(repository), None, ""
    if engine is not None and registry.current_id is not None:
        try:
            inspected = inspect(repository, "current", None)
        except PbmError as error:
            problem = error.message
    missing = _missing_hooks(repository)
    interrupted = interrupted_command(repository)
    left = [f"heal the interrupted `git pbm {interrupted}`: git pbm repair --apply"] if interrupted else []
    if missing:
        left.append(f"install the hooks ({', '.join(missing)}): pre-commit install")
    if inspected is not None and inspected.flaws:
        left.append("bring the engine up to date: git pbm deploy")
    left += _lfs_order(repository)
    return Status(
        repository.folder,
        registry,
        reigns[0] if reigns else None,
        engine,
        inspected,
        problem,
        missing,
        interrupted,
        tuple(left),
    )


def _hooks_folder(repository: Repository) -> str:
    return os.path.normpath(os.path.join(repository.folder, repository.ask_text("rev-parse", "--git-path", "hooks")))


def _missing_hooks(repository: Repository) -> tuple[str, ...]:
    return tuple(kind for kind in HOOK_TYPES if "pre-commit" not in _hook_text(repository, kind))


def _hook_text(repository: Repository, name: str) -> str:
    # the user's own hooks: they may be links
    text = read_small(os.path.realpath(os.path.join(_hooks_folder(repository), name)), _HOOK_LIMIT)
    return (text or b"").decode("utf-8", "replace")


def _lfs_order(repository: Repository) -> list[str]:
    """git-lfs must own pre-push before pre-commit does, or objects never reach the server."""
    attributes = os.path.join(repository.folder, ".gitattributes")
    uses_lfs = b"filter=lfs" in (read_small(attributes, _ATTRIBUTES_LIMIT) or b"")
    text = _hook_text(repository, "pre-push") + _hook_text(repository, "pre-push.legacy")
    if not uses_lfs or "git lfs pre-push" in text or "git-lfs" in text:
        return []
    return [
        "let Git LFS push its objects: pre-commit uninstall -t pre-push; git lfs install --local; "
        "pre-commit install -t pre-push"
    ]
