"""``git pbm repair``: first what was interrupted, then the files that derive from others; nothing is guessed at."""

from __future__ import annotations

from dataclasses import dataclass

from git_pbm.core.plans.plan import Plan
from git_pbm.core.plans.repair import plan_repair
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.engine import run_rules
from git_pbm.errors import ExitCode
from git_pbm.gitio.index import index_is_torn, rebuild_index
from git_pbm.gitio.partial_clone import fetch_documents
from git_pbm.gitio.repository import Repository
from git_pbm.gitio.runner import GitRunner
from git_pbm.operations.lookup import no_registry
from git_pbm.operations.result import Result
from git_pbm.operations.unit_of_work import UnitOfWork, locked
from git_pbm.snapshots.facts_loader import FactsLoader
from git_pbm.snapshots.worktree import WorktreeSnapshot
from git_pbm.transaction.journal import interrupted_command
from git_pbm.transaction.preconditions import refuse_conflict, work_tree_of
from git_pbm.transaction.recovery import Recovered


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairResult(Result):
    """What repair did or would do. ``mismatches`` are paths whose bytes are not what they are named after."""

    applied: bool
    plan: Plan | None
    recovered: Recovered | None = None
    interrupted: str | None = None
    torn_index: bool
    mismatches: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def has_work(self) -> bool:
        """Whether something is to be repaired."""
        return bool(self.plan or self.interrupted or self.torn_index)

    @property
    def done(self) -> str | None:
        """What was staged; None where nothing was."""
        return "the repair is staged" if self.applied and self.has_work else None

    @property
    def exit_code(self) -> ExitCode:
        """1 where something is to be repaired and was only shown, or is left."""
        if self.recovered and self.recovered.left:
            return ExitCode.NOT_DEPLOYED  # as a command that committed, and could not deploy
        return ExitCode.FINDINGS if self.has_work and not self.applied else ExitCode.OK


def repair(repository: Repository, *, apply_it: bool, wait: float) -> RepairResult:
    """Preview, or with ``apply_it`` make, the edits that derived files need; they are staged, not committed."""
    return _apply(repository, wait) if apply_it else _preview(repository)


def _preview(repository: Repository) -> RepairResult:
    work_tree_of(repository)
    torn = index_is_torn(repository)
    if not torn:
        refuse_conflict(repository)
    registry = None if torn else _registry(repository)
    plan = plan_repair(registry) if registry else None
    return RepairResult(
        applied=False,
        plan=plan,
        interrupted=interrupted_command(repository),
        torn_index=torn,
        mismatches=_mismatches(registry),
    )


def _apply(repository: Repository, wait: float) -> RepairResult:
    torn = False

    def rebuild_torn_index(runner: GitRunner) -> None:
        nonlocal torn
        torn = index_is_torn(repository)
        if torn:
            rebuild_index(repository, runner)

    with locked(repository, wait, before_recovery=rebuild_torn_index) as held:
        refuse_conflict(repository)
        registry = _registry(repository)
        plan = plan_repair(registry)
        warnings: tuple[str, ...] = ()
        if plan is not None:
            with UnitOfWork.within(held, "repair", registry) as uow:
                warnings = uow.stage(plan).warnings
        return RepairResult(
            applied=True,
            plan=plan,
            recovered=held.recovered,
            torn_index=torn,
            mismatches=_mismatches(registry),
            warnings=warnings,
        )


def _registry(repository: Repository) -> Registry:
    fetch_documents(repository)  # what derives from them would be written without them
    registry = Registry(WorktreeSnapshot(repository, FactsLoader(repository)))
    if not registry.exists:
        raise no_registry(repository, repository.folder)
    return registry


def _mismatches(registry: Registry | None) -> tuple[str, ...]:
    """What repair never touches: bytes that are not the ones that their name or their metadata states."""
    if registry is None:
        return ()
    slugs = ("dir-name-is-policy-hash", "files-match-digests", "metadata-hash-is-policy-hash", "onnx-is-a-model")
    return tuple(dict.fromkeys(f.path for f in run_rules(registry).errors if f.rule in slugs))
