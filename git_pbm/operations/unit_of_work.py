"""The one path of every change: lock, recover, look, plan, check, write, deploy."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum

from git_pbm.core.plans.check import CheckedPlan, check_plan
from git_pbm.core.plans.plan import Plan
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import Snapshot
from git_pbm.errors import NotDeployedError
from git_pbm.fs.lock import hold
from git_pbm.gitio.differences import changed_networks
from git_pbm.gitio.partial_clone import fetch_documents
from git_pbm.gitio.repository import Repository
from git_pbm.gitio.runner import GitRunner
from git_pbm.operations.deployment import DeployResult, deploy_current, deploy_recovered, engine_of
from git_pbm.operations.lookup import no_registry
from git_pbm.snapshots.facts_loader import FactsLoader
from git_pbm.snapshots.ledger import GitLedger
from git_pbm.snapshots.tree import TreeSnapshot, commit_tree, empty_tree, staged_tree
from git_pbm.snapshots.verdict_cache import VerdictCache
from git_pbm.transaction.commit import CommitOptions, Workspace, apply, cleanup
from git_pbm.transaction.intake import make_staging
from git_pbm.transaction.preconditions import refuse_damaged, refuse_unready, work_tree_of
from git_pbm.transaction.recovery import Recovered, leave_staging, recover

DEFAULT_WAIT = 60.0
"""Seconds to wait for another git pbm."""


class Mode(Enum):
    """How far a change goes."""

    STAGE = "stage"
    COMMIT = "commit"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeOptions:
    """How a change is made: committed or only staged, with hooks or without, deployed, how long to wait.

    A ``preview`` looks at what its mode would change (HEAD or the staged tree), checks the plan and writes nothing.
    """

    mode: Mode = Mode.COMMIT
    preview: bool = False
    verify: bool = True
    deploy: bool = True
    wait: float = DEFAULT_WAIT
    amend: bool = False
    """Whether the commit takes the place of HEAD."""

    @property
    def deploys(self) -> bool:
        """Whether the engine gets what becomes current."""
        return self.deploy and self.mode is Mode.COMMIT and not self.preview


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitResult:
    """What a changing command did. ``commit`` is None where it was only staged (or only planned).

    ``failure`` is what failed after the commit.
    """

    plan: Plan
    commit: str | None
    deployed: DeployResult | None = None
    failure: NotDeployedError | None = None
    recovered: Recovered | None
    warnings: tuple[str, ...]

    @property
    def done(self) -> str:
        """What was changed, in one line."""
        what = f"committed {self.commit[:10]}" if self.commit is not None else "staged"
        where = f"; {self.deployed.done}" if self.deployed is not None else ""
        return f"{what} {self.plan.message.subject!r}{where}"


@dataclass(frozen=True, slots=True)
class Finished:
    """What followed a change: its deployment, or why that failed, and warnings."""

    deployed: DeployResult | None = None
    failure: NotDeployedError | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Locked:
    """A repository that nobody else changes now; what an interrupted command left in it is recovered."""

    repository: Repository
    runner: GitRunner
    recovered: Recovered | None


@contextmanager
def locked(
    repository: Repository, wait: float, *, before_recovery: Callable[[GitRunner], None] | None = None
) -> Iterator[Locked]:
    """Take the lock and recover. Raises ``BusyError``, ``GitError`` and ``RefusedError``."""
    root = work_tree_of(repository)
    with (
        hold(os.path.join(repository.own_folder, "lock"), wait, root) as lock,
        GitRunner(repository, lock.descriptor) as runner,
    ):
        if before_recovery is not None:
            before_recovery(runner)
        yield Locked(repository, runner, deploy_recovered(repository, recover(repository, runner), wait))


@contextmanager
def staging_folder(repository: Repository) -> Iterator[str]:
    """A folder for what a command takes in before it holds the lock; it goes unless recovery needs it."""
    work_tree_of(repository)
    folder = make_staging(repository)
    try:
        yield folder
    finally:
        leave_staging(repository, folder)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitOfWork:
    """One command that may change a repository now: locked, recovered, looked at."""

    command: str
    options: ChangeOptions
    workspace: Workspace
    base: Snapshot
    registry: Registry
    recovered: Recovered | None = None
    damaged: tuple[str, ...] = ()
    """Paths of stored networks that are not in the work tree as they were committed."""
    warnings: tuple[str, ...] = ()

    @classmethod
    @contextmanager
    def begin(
        cls,
        repository: Repository,
        command: str,
        options: ChangeOptions,
        *,
        staging: str | None = None,
        may_be_new: bool = False,
        folder_current: bool = False,
    ) -> Iterator[UnitOfWork]:
        """Lock, recover, and look at the base: HEAD for a command that commits, else the staged tree.

        ``staging`` is a folder that the caller has filled before. With ``may_be_new`` there need not be a registry
        yet; with ``folder_current`` ``current`` may be a directory, which the command takes away. Raises
        ``BusyError``, ``GitError`` and ``RefusedError``.
        """
        if staging is None:
            with (
                staging_folder(repository) as folder,
                cls.begin(repository, command, options, staging=folder) as uow,
            ):
                yield uow
            return
        commits = options.mode is Mode.COMMIT
        with locked(repository, options.wait) as held:
            head = refuse_unready(repository, commits=commits, folder_current=folder_current)
            fetch_documents(repository)
            base = _base(repository, head.commit, commits)
            ledger = GitLedger(repository, head.commit if commits else None, head.commit)
            registry = Registry(base, ledger=ledger)
            if not may_be_new and not registry.exists:
                raise no_registry(repository, repository.folder)
            if VerdictCache(repository).knows(base.listing):
                registry = Registry(base, is_clean=True, ledger=ledger)
            damaged = changed_networks(repository, head.commit if commits else None)
            is_loose = commits and head.is_detached
            yield cls(
                command=command,
                options=options,
                workspace=Workspace(repository, held.runner, head.commit, staging),
                base=base,
                registry=registry,
                recovered=held.recovered,
                damaged=damaged,
                warnings=("HEAD is detached: the commit will be on no branch",) if is_loose else (),
            )

    @classmethod
    @contextmanager
    def within(cls, held: Locked, command: str, registry: Registry) -> Iterator[UnitOfWork]:
        """Stage a change of a tree that the caller has looked at already, in the middle of a merge or a repair."""
        repository = held.repository
        with staging_folder(repository) as staging:
            yield cls(
                command=command,
                options=ChangeOptions(mode=Mode.STAGE),
                workspace=Workspace(repository, held.runner, repository.head(), staging),
                base=registry.snapshot,
                registry=registry,
            )

    @property
    def repository(self) -> Repository:
        """The repository that is changed."""
        return self.workspace.repository

    def _checked(self, plan: Plan) -> CheckedPlan:
        refuse_damaged(self.damaged, plan)
        clean = self.registry if self.registry.is_clean else None
        return check_plan(plan, self.base, clean=clean, ledger=self.registry.ledger)

    def preview(self, plan: Plan) -> None:
        """Hold the plan to every rule and write nothing. Raises ``PlanRefusedError``."""
        self._checked(plan)

    def make(self, plan: Plan) -> CommitResult:
        """Stage or commit the plan, as the options say."""
        return self.commit(plan) if self.options.mode is Mode.COMMIT else self.stage(plan)

    def stage(self, plan: Plan) -> CommitResult:
        """Check the plan, write and stage it. Raises what went wrong after everything was undone."""
        apply(self.workspace, self._checked(plan), self.command, None, None)
        return self._finish(plan, None, None)

    def commit(self, plan: Plan) -> CommitResult:
        """Check the plan, commit it, deploy what it promotes."""
        engine = engine_of(self.repository) if self.options.deploys and plan.deploys else None
        checked = self._checked(plan)
        try:
            commit = apply(
                self.workspace, checked, self.command, CommitOptions(self.options.verify, self.options.amend), engine
            )
        except NotDeployedError as error:
            return self._result(plan, self.repository.head(), Finished(failure=error))
        return self._finish(plan, commit, engine)

    def _finish(self, plan: Plan, commit: str | None, engine: str | None) -> CommitResult:
        return self._result(plan, commit, self.finish(plan.deploys, engine))

    def _result(self, plan: Plan, commit: str | None, finished: Finished) -> CommitResult:
        return CommitResult(
            plan=plan,
            commit=commit,
            deployed=finished.deployed,
            failure=finished.failure,
            recovered=self.recovered,
            warnings=(*self.warnings, *plan.warnings, *finished.warnings),
        )

    def finish(self, deploys: str | None, engine: str | None) -> Finished:
        """Deploy a model where there is an ``engine``, and forget the journal.

        Raises the signal that came meanwhile, unless there is a failure to tell.
        """
        deployed = failure = None
        try:
            if engine is not None and deploys is not None:
                deployed, failure = deploy_current(self.repository, deploys, engine, self.options.wait)
        finally:
            warnings = cleanup(self.workspace)
        if failure is None:
            self.workspace.runner.stop_if_interrupted()
        if deployed is not None:
            warnings = (*deployed.warnings, *warnings)
        return Finished(deployed, failure, warnings)


def _base(repository: Repository, head: str | None, commits: bool) -> TreeSnapshot:
    blobs = FactsLoader(repository)
    if not commits:
        return staged_tree(repository, blobs)
    return commit_tree(repository, head, blobs, "HEAD") if head else empty_tree(blobs)
