"""``git pbm status``: what is current, what runs, what is installed, and what is left to do."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_pbm.core.registry.registry import Registry
from git_pbm.errors import PbmError
from git_pbm.gitio.merge_state import operation_in, unmerged_paths
from git_pbm.gitio.repository import Repository
from git_pbm.operations.changing.deploy import DeployCheckResult, inspect
from git_pbm.operations.deployment import engine_of
from git_pbm.operations.reading.history import CurrentPeriod, history_of
from git_pbm.operations.result import Result
from git_pbm.operations.setup.diagnostics import hooks_are_configured, left_to_do
from git_pbm.operations.setup.hooks import missing_hooks
from git_pbm.transaction.journal import interrupted_command

if TYPE_CHECKING:
    from git_pbm.snapshots.facts_loader import Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Status(Result):
    """The state of a registry. ``missing_hooks`` are the hook types that pre-commit is not installed for."""

    root: str
    registry: Registry
    reign: CurrentPeriod | None
    engine: str | None
    inspected: DeployCheckResult | None
    engine_problem: str
    missing_hooks: tuple[str, ...]
    hooks_configured: bool
    interrupted: str | None
    left: tuple[str, ...]

    @property
    def engine_flaws(self) -> tuple[str, ...]:
        """What is wrong in the engine's folder, file by file."""
        flaws = self.inspected.flaws if self.inspected else ()
        return tuple(f"{os.path.basename(flaw.path)}: {flaw.message}" for flaw in flaws)


def status(repository: Repository, registry: Registry, progress: Progress | None = None) -> Status:
    """Look everywhere, change nothing; ``progress`` hears of the bytes that have to be read."""
    reigns = history_of(repository)
    engine, inspected, problem = engine_of(repository), None, ""
    if engine is not None and registry.current_id is not None:
        try:
            inspected = inspect(repository, "current", None)
        except PbmError as error:
            problem = error.message
    missing = missing_hooks(repository)
    interrupted = interrupted_command(repository)
    left = [f"recover the interrupted `git pbm {interrupted}`: git pbm repair --apply"] if interrupted else []
    operation = operation_in(repository)
    if operation is not None or unmerged_paths(repository):
        name = operation.article if operation else "a merge"
        left.append(f"settle what {name} left, and go on with it: git pbm resolve")
    if inspected is not None and inspected.flaws:
        left.append("bring the engine up to date: git pbm deploy")
    left += left_to_do(repository, registry, progress=progress)
    return Status(
        root=repository.folder,
        registry=registry,
        reign=reigns[0] if reigns else None,
        engine=engine,
        inspected=inspected,
        engine_problem=problem,
        missing_hooks=missing,
        hooks_configured=hooks_are_configured(repository),
        interrupted=interrupted,
        left=tuple(left),
    )
