"""``git pbm resolve``: settles what a merge left of the registry's derived files; asks which model is current."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from git_pbm.core.findings import Finding
from git_pbm.core.names import README_PATH, REGISTRY_PATH
from git_pbm.core.plans.check import check_plan
from git_pbm.core.plans.derived_files import with_block
from git_pbm.core.plans.plan import SetLink, WriteText
from git_pbm.core.plans.resolve import plan_resolve, settled_current
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.engine import run_rules
from git_pbm.errors import RefusedError
from git_pbm.fs.atomic_files import replace_file
from git_pbm.fs.lock import hold
from git_pbm.gitio.merge_state import Operation, operation_in, unmerged_paths, without_operation
from git_pbm.gitio.repository import Repository
from git_pbm.gitio.runner import GitRunner
from git_pbm.operations.changing.merge_context import (
    Candidate,
    MergeContext,
    candidates_of,
    read_merge,
    resolution_hint,
)
from git_pbm.operations.deployment import deploy_recovered
from git_pbm.operations.lookup import resolve
from git_pbm.snapshots.facts_loader import FactsLoader
from git_pbm.snapshots.tree import commit_tree, staged_tree
from git_pbm.transaction.commit import Work, apply, cleanup
from git_pbm.transaction.intake import make_staging
from git_pbm.transaction.preconditions import refuse_unready_to_resolve, work_tree_of
from git_pbm.transaction.recovery import Recovered, leave_staging, recover


class MergeSide(Enum):
    """A side of a merge, as ``git checkout --ours`` and ``--theirs`` name them."""

    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True)
class ResolveResult:
    """What came of it. With ``candidates`` the question is open and nothing was changed."""

    operation: Operation | None
    candidates: tuple[Candidate, Candidate] | None = None
    current: str | None = None
    settled: tuple[str, ...] = ()
    left: Mapping[str, str] = field(default_factory=dict)
    """Paths whose conflicts are the user's own to settle, and what to type for each."""
    blocked: bool = False
    """Whether some of them are below models/: what derives from models can only be settled after them."""
    findings: tuple[Finding, ...] = ()
    """What is wrong in the tree that is about to be committed, and was not wrong before."""
    recovered: Recovered | None = None
    warnings: tuple[str, ...] = ()

    @property
    def is_done(self) -> bool:
        return not (self.candidates or self.left or self.findings)


def resolve_merge(
    repository: Repository, *, model: str | None, wait: float, side: MergeSide | None = None
) -> ResolveResult:
    """Settle what follows by itself, and with ``model`` the question which model is current.

    With ``side`` that side's value is taken of each field of a person's own that both sides set differently.

    Nothing is committed. Raises :class:`RefusedError` where no merge is in progress and a model was named.
    """
    root = work_tree_of(repository)
    with (
        hold(os.path.join(repository.own_folder, "lock"), wait, root) as lock,
        GitRunner(repository, lock.descriptor) as children,
    ):
        recovered = deploy_recovered(repository, recover(repository, children), wait)
        refuse_unready_to_resolve(repository)
        operation, unmerged = operation_in(repository), unmerged_paths(repository)
        if operation is None and not unmerged:
            if model is not None:
                raise RefusedError("no merge is in progress here", f"make it current: git pbm promote {model}")
            return ResolveResult(None, recovered=recovered)
        scene = read_merge(repository, operation or without_operation(repository), unmerged)
        if model is not None and scene.blocking:
            first = scene.blocking[0]
            raise RefusedError(
                f"{first} is in conflict, and {REGISTRY_PATH} follows from it",
                f"settle it first: {resolution_hint(scene, first)}; then: git pbm resolve --current {model}",
            )
        current, is_settled = settled_current(scene.registry, scene.merged, unmerged)
        if model is not None:
            current, is_settled = resolve(repository, scene.registry, model), True
        left = {path: resolution_hint(scene, path) for path in scene.others}
        clashes = scene.merged.own_clashes(scene.registry)
        if clashes and side is None:
            left[REGISTRY_PATH] = f"both sides set {', '.join(clashes)}: git pbm resolve --ours, or --theirs"
            candidates = None if is_settled else candidates_of(scene)
            return ResolveResult(scene.operation, candidates, None, (), left, recovered=recovered)
        scene = replace(scene, merged=scene.merged.taking(theirs=side is MergeSide.THEIRS))
        if not is_settled or scene.blocking:
            candidates = None if is_settled else candidates_of(scene)
            return ResolveResult(scene.operation, candidates, None, (), left, bool(scene.blocking), (), recovered)
        settled, warnings = _settle(scene, children, current)
        findings = _new_findings(scene, left)
        return ResolveResult(scene.operation, None, current, settled, left, False, findings, recovered, warnings)


# -- settling


def _settle(scene: MergeContext, children: GitRunner, current: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write, stage and name what follows; a README with a conflict of the user's own is written, not staged.

    Returns the paths, and warnings.
    """
    repository, registry = scene.repository, scene.registry
    readme, is_users = scene.readme, scene.readme_is_the_users
    plan = plan_resolve(registry, scene.merged, current, None if is_users else readme, scene.unmerged)
    edits = plan.edits if plan else ()
    warnings: tuple[str, ...] = ()
    if plan is not None:
        checked = check_plan(plan, registry.snapshot)
        staging = make_staging(repository)
        try:
            work = Work(repository, children, repository.head(), staging)
            apply(work, checked, "resolve", None, None)
            warnings = cleanup(work)
        finally:
            leave_staging(repository, staging)
    if readme is not None and is_users:
        derived = tuple(edit for edit in edits if isinstance(edit, WriteText | SetLink))
        text = with_block(registry, derived, readme)
        if text is not None and text != readme:
            replace_file(os.path.join(repository.folder, README_PATH), text.encode("utf-8", "surrogateescape"))
    return plan.paths if plan else (), warnings


def _new_findings(scene: MergeContext, left: Collection[str]) -> tuple[Finding, ...]:
    """What the rules say about the tree that is to be committed, and did not say about our side before."""
    repository = scene.repository
    blobs = FactsLoader(repository)
    errors = run_rules(Registry(staged_tree(repository, blobs))).errors
    ours = scene.operation.ours.commit
    known = (
        {f.identity for f in run_rules(Registry(commit_tree(repository, ours, blobs))).errors}
        if errors and ours
        else ()
    )
    return tuple(f for f in errors if f.identity not in known and f.path not in scene.unmerged)
