"""``git pbm resolve``: settles what a merge left of the registry's derived files; asks which model is current."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum

from git_pbm.core.findings import Finding
from git_pbm.core.names import README_PATH, REGISTRY_PATH
from git_pbm.core.plans.derived_files import with_block
from git_pbm.core.plans.plan import SetLink, WriteText
from git_pbm.core.plans.resolve import plan_resolve, settled_current
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.engine import run_rules
from git_pbm.errors import ExitCode, RefusedError
from git_pbm.fs.atomic_files import replace_file
from git_pbm.gitio.merge_state import Operation, operation_in, unmerged_paths, without_operation
from git_pbm.gitio.repository import Repository
from git_pbm.operations.changing.merge_context import (
    Candidate,
    MergeContext,
    candidates_of,
    read_merge,
    resolution_hint,
)
from git_pbm.operations.lookup import resolve
from git_pbm.operations.result import Result
from git_pbm.operations.unit_of_work import Locked, UnitOfWork, locked
from git_pbm.snapshots.facts_loader import FactsLoader
from git_pbm.snapshots.tree import commit_tree, staged_tree
from git_pbm.transaction.preconditions import refuse_unready_to_resolve
from git_pbm.transaction.recovery import Recovered


class MergeSide(Enum):
    """A side of a merge, as ``git checkout --ours`` and ``--theirs`` name them."""

    OURS = "ours"
    THEIRS = "theirs"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolveResult(Result):
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
        """Whether nothing is left to decide."""
        return not (self.candidates or self.left or self.findings)

    @property
    def done(self) -> str | None:
        """What was settled; None where nothing was."""
        return f"settled and staged {', '.join(self.settled)}" if self.settled else None

    @property
    def exit_code(self) -> ExitCode:
        """1 where something is left to decide."""
        return ExitCode.OK if self.is_done else ExitCode.FINDINGS


def resolve_merge(
    repository: Repository, *, model: str | None, wait: float, side: MergeSide | None = None
) -> ResolveResult:
    """Settle what follows by itself, and with ``model`` the question which model is current.

    With ``side`` that side's value is taken of each field of a person's own that both sides set differently.

    Nothing is committed. Raises :class:`RefusedError` where no merge is in progress and a model was named.
    """
    with locked(repository, wait) as held:
        recovered = held.recovered
        refuse_unready_to_resolve(repository)
        operation, unmerged = operation_in(repository), unmerged_paths(repository)
        if operation is None and not unmerged:
            if model is not None:
                raise RefusedError("no merge is in progress here", f"make it current: git pbm promote {model}")
            return ResolveResult(operation=None, recovered=recovered)
        merge = read_merge(repository, operation or without_operation(repository), unmerged)
        current, is_settled = _answer(merge, model)
        left = {path: resolution_hint(merge, path) for path in merge.others}
        clashes = merge.merged.own_clashes(merge.registry) if side is None else ()
        if clashes:
            left[REGISTRY_PATH] = f"both sides set {', '.join(clashes)}: git pbm resolve --ours, or --theirs"
        if clashes or not is_settled or merge.blocking:
            return ResolveResult(
                operation=merge.operation,
                candidates=None if is_settled else candidates_of(merge),
                left=left,
                blocked=bool(merge.blocking) and not clashes,
                recovered=recovered,
            )
        merge = replace(merge, merged=merge.merged.taking(theirs=side is MergeSide.THEIRS))
        settled, warnings = _settle(merge, held, current)
        findings = _new_findings(merge, left)
        return ResolveResult(
            operation=merge.operation,
            current=current,
            settled=settled,
            left=left,
            findings=findings,
            recovered=recovered,
            warnings=warnings,
        )


def _answer(merge: MergeContext, model: str | None) -> tuple[str | None, bool]:
    """Which model is current, and whether that is settled. Raises :class:`RefusedError` where it cannot be said yet."""
    if model is None:
        return settled_current(merge.registry, merge.merged, merge.unmerged)
    if merge.blocking:
        first = merge.blocking[0]
        raise RefusedError(
            f"{first} is in conflict, and {REGISTRY_PATH} follows from it",
            f"settle it first: {resolution_hint(merge, first)}; then: git pbm resolve --current {model}",
        )
    return resolve(merge.repository, merge.registry, model), True


# -- settling


def _settle(merge: MergeContext, held: Locked, current: str | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write, stage and name what follows; a README with a conflict of the user's own is written, not staged.

    Returns the paths, and warnings.
    """
    repository, registry = merge.repository, merge.registry
    readme, is_users = merge.readme, merge.readme_is_the_users
    plan = plan_resolve(registry, merge.merged, current, None if is_users else readme)
    edits = plan.edits if plan else ()
    warnings: tuple[str, ...] = ()
    if plan is not None:
        with UnitOfWork.within(held, "resolve", registry) as uow:
            warnings = uow.stage(plan).warnings
    if readme is not None and is_users:
        derived = tuple(edit for edit in edits if isinstance(edit, WriteText | SetLink))
        text = with_block(registry, derived, readme)
        if text is not None and text != readme:
            replace_file(os.path.join(repository.folder, README_PATH), text.encode("utf-8", "surrogateescape"))
    return plan.paths if plan else (), warnings


def _new_findings(merge: MergeContext, left: Collection[str]) -> tuple[Finding, ...]:
    """What the rules say about the tree that is to be committed, and did not say about our side before."""
    repository = merge.repository
    blobs = FactsLoader(repository)
    errors = run_rules(Registry(staged_tree(repository, blobs))).errors
    ours = merge.operation.ours.commit
    known = (
        {f.identity for f in run_rules(Registry(commit_tree(repository, ours, blobs))).errors}
        if errors and ours
        else ()
    )
    return tuple(f for f in errors if f.identity not in known and f.path not in merge.unmerged)
