"""The one path of every change: lock, recover, look, plan, check, apply, deploy."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from git_pbm.core.plans.check import check_plan
from git_pbm.core.plans.plan import Plan
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.baseline import with_baseline
from git_pbm.fs.lock import hold
from git_pbm.gitio.partial_clone import fetch_documents
from git_pbm.gitio.repository import Repository
from git_pbm.gitio.runner import GitRunner
from git_pbm.operations.deployment import DeployResult, deploy_current, deploy_recovered, engine_of
from git_pbm.operations.lookup import no_registry
from git_pbm.snapshots.facts_loader import FactsLoader
from git_pbm.snapshots.tree import TreeSnapshot, commit_tree, empty_tree, staged_tree
from git_pbm.snapshots.verdict_cache import VerdictCache
from git_pbm.transaction.commit import CommitOptions, Work, apply, cleanup
from git_pbm.transaction.intake import make_staging
from git_pbm.transaction.preconditions import refuse_unready, work_tree_of
from git_pbm.transaction.recovery import Recovered, recover

DEFAULT_WAIT = 60.0
"""Seconds to wait for another git pbm."""


@dataclass(frozen=True, slots=True)
class ChangeOptions:
    """How a change is to be made: committed or only staged, with hooks or without, deployed, how long to wait."""

    commit: bool = True
    verify: bool = True
    deploy: bool = True
    wait: float = DEFAULT_WAIT


@dataclass(frozen=True, slots=True)
class CommitResult:
    """What a changing command did. ``commit`` is None where it was only staged (or only planned)."""

    plan: Plan
    commit: str | None
    deployed: DeployResult | None
    recovered: Recovered | None
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Site:
    """A repository in which a changing command may work now: locked, healed, looked at."""

    work: Work
    base: TreeSnapshot
    registry: Registry
    """Its ``sound`` is the base, where that is known to have passed every rule."""
    recovered: Recovered | None
    warnings: tuple[str, ...]


def new_staging(repository: Repository) -> str:
    """A staging folder for what a command takes in before it holds the lock."""
    work_tree_of(repository)
    return make_staging(repository)


@contextmanager
def site(
    repository: Repository, wishes: ChangeOptions, staging: str, *, founding: bool = False, folder_current: bool = False
) -> Iterator[Site]:
    """Lock, recover, and look at the base: HEAD for a command that commits, else the staged tree.

    Raises ``BusyError``, ``GitError`` and ``RefusedError``; with ``founding`` it may be no registry yet, with
    ``folder_current`` ``current`` may be a directory, which the command takes away.
    """
    root = work_tree_of(repository)
    with (
        hold(os.path.join(repository.own_folder, "lock"), wishes.wait, root) as lock,
        GitRunner(repository, lock.descriptor) as children,
    ):
        recovered = deploy_recovered(repository, recover(repository, children), wishes.wait)
        head = refuse_unready(repository, commits=wishes.commit, folder_current=folder_current)
        fetch_documents(repository)
        blobs = FactsLoader(repository)
        base = _base(repository, blobs, head.commit, wishes.commit)
        registry = Registry(base)
        if not founding and not registry.exists:
            raise no_registry(repository, root)
        loose = wishes.commit and head.is_detached
        warnings = ("HEAD is detached: the commit will be on no branch",) if loose else ()
        work = Work(repository, children, head.commit, staging)
        if VerdictCache(repository).knows(base.listing):
            registry = with_baseline(registry, registry)
        yield Site(work, base, registry, recovered, warnings)


def _base(repository: Repository, blobs: FactsLoader, head: str | None, commits: bool) -> TreeSnapshot:
    if not commits:
        return staged_tree(repository, blobs)
    return commit_tree(repository, head, blobs, "HEAD") if head else empty_tree(blobs)


def carry_out(place: Site, plan: Plan, wishes: ChangeOptions, command: str) -> CommitResult:
    """Check the plan, make it true, deploy what it promotes. Raises ``NotDeployedError`` after the commit."""
    repository = place.work.repository
    engine = engine_of(repository) if wishes.deploy and wishes.commit and plan.deploys else None
    checked = check_plan(plan, place.base, sound=place.registry.sound)
    wish = CommitOptions(wishes.verify) if wishes.commit else None
    commit = apply(place.work, checked, command, wish, engine)
    deployed = None
    left: tuple[str, ...] = ()
    try:
        if engine is not None and plan.deploys is not None:
            deployed = deploy_current(repository, plan.deploys, engine, wishes.wait)
    finally:
        left = cleanup(place.work)
    place.work.children.stop_if_interrupted()
    return CommitResult(plan, commit, deployed, place.recovered, (*place.warnings, *plan.warnings, *left))
