"""``git pbm resolve``: settles what a merge left of the registry's derived files; asks which model is current."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum

from git_pbm.core.findings import Finding
from git_pbm.core.names import README_PATH, REGISTRY_PATH, model_path
from git_pbm.core.plans.check import overlay
from git_pbm.core.plans.derived_files import with_block
from git_pbm.core.plans.plan import SetLink, WriteText
from git_pbm.core.plans.resolve import plan_resolve, settled_current
from git_pbm.core.plans.retag import retagged
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.engine import run_rules
from git_pbm.core.rules.rule import slug_of
from git_pbm.core.rules.state.registry_document import tags_are_unique
from git_pbm.errors import ErrorId, ExitCode, RefusedError
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a person decides in a merge: the current model, the side whose own fields are kept, new tags.

    Of each field of a person's own that both sides set differently the value of ``side`` is taken. ``retags`` are a
    MODEL and its tag each.
    """

    current: str | None = None
    side: MergeSide | None = None
    retags: tuple[tuple[str, str], ...] = ()


def resolve_merge(repository: Repository, answers: Answers, *, wait: float) -> ResolveResult:
    """Settle what follows by itself, and what a person has answered.

    Nothing is committed. Raises :class:`RefusedError` where no merge is in progress and a model was named.
    """
    with locked(repository, wait) as held:
        recovered = held.recovered
        refuse_unready_to_resolve(repository)
        operation, unmerged = operation_in(repository), unmerged_paths(repository)
        if operation is None and not unmerged:
            _refuse_pointless(answers)
            return ResolveResult(operation=None, recovered=recovered)
        merge = read_merge(repository, operation or without_operation(repository), unmerged)
        staged = merge.registry
        merge = _retagged(merge, answers.retags)
        current, is_settled = _answer(merge, answers.current)
        left = {path: resolution_hint(merge, path) for path in merge.others}
        clashes = merge.merged.own_clashes(merge.registry) if answers.side is None else ()
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
        merge = replace(merge, merged=merge.merged.taking(theirs=answers.side is MergeSide.THEIRS))
        settled, warnings = _settle(merge, staged, held, current)
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


def _refuse_pointless(answers: Answers) -> None:
    """Raise :class:`RefusedError` for answers where nothing asks."""
    ways = [f"make it current: git pbm promote {answers.current}"] if answers.current is not None else []
    ways += [f"correct the tag of what was just added: git pbm retag {model} {tag}" for model, tag in answers.retags]
    if ways:
        raise RefusedError("no merge is in progress here", ways[0], error_id=ErrorId.NOTHING_TO_DO)


def _retagged(merge: MergeContext, retags: Sequence[tuple[str, str]]) -> MergeContext:
    """The same merge with other tags. Raises :class:`RefusedError` for a model whose tag stays."""
    for model, tag in retags:
        model_id = resolve(merge.repository, merge.registry, model)
        if model_id not in merge.retaggable:
            raise RefusedError(
                f"the tag of {model_id} stays: the other side gave it to no other model",
                "git pbm check --staged says what is wrong with the merge",
                error_id=ErrorId.RULES_VIOLATED,
            )
        edit, _ = retagged(merge.registry, model_id, tag)
        registry = Registry(overlay(merge.registry.snapshot, (edit,)))
        merge = replace(merge, registry=registry, retags=(*merge.retags, edit))
    return merge


def _answer(merge: MergeContext, model: str | None) -> tuple[str | None, bool]:
    """Which model is current, and whether that is settled. Raises :class:`RefusedError` where it cannot be said yet."""
    if model is None:
        return settled_current(merge.registry, merge.merged, merge.unmerged)
    if merge.blocking:
        first = merge.blocking[0]
        raise RefusedError(
            f"{first} is in conflict, and {REGISTRY_PATH} follows from it",
            f"settle it first: {resolution_hint(merge, first)}; then: git pbm resolve --current {model}",
            error_id=ErrorId.MERGE_CONFLICT,
        )
    return resolve(merge.repository, merge.registry, model), True


# -- settling


def _settle(
    merge: MergeContext, staged: Registry, held: Locked, current: str | None
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Write, stage and name what follows; a README with a conflict of the user's own is written, not staged.

    Returns the paths, and warnings.
    """
    repository, registry = merge.repository, merge.registry
    readme, is_users = merge.readme, merge.readme_is_the_users
    plan = plan_resolve(registry, merge.merged, current, None if is_users else readme)
    edits = plan.edits if plan else ()
    warnings: tuple[str, ...] = ()
    if plan is not None:
        plan = replace(plan, edits=(*merge.retags, *edits))
        with UnitOfWork.within(held, "resolve", staged) as uow:
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
    found = (f for f in errors if f.identity not in known and f.path not in merge.unmerged)
    return tuple(_with_way_out(merge, finding) for finding in found)


def _with_way_out(merge: MergeContext, finding: Finding) -> Finding:
    """The finding, with what to type in the middle of a merge where the rule itself cannot know that."""
    sharing = sorted(model.name for tag, model in merge.registry.tagged() if tag == finding.found)
    free = [model_id for model_id in sharing if model_id in merge.retaggable]
    if finding.rule != slug_of(tags_are_unique) or not free:
        return finding
    drop = f"git rm -rqf {model_path(free[-1])} && git pbm resolve"
    message = f'{merge.operation.continue_command} -m "chore: remove {finding.found} model ({free[-1]})"'
    remedy = f"git pbm resolve --retag {free[-1]}=TAG; or drop it: {drop} && {message}"
    return replace(finding, remedy=remedy)
