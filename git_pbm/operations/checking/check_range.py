"""``git pbm check --range A..B``: the change rules over every commit, the state rules over the last; reads only."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from git_pbm.core.documents.commit_message import is_roll_back
from git_pbm.core.findings import Finding, Outcome, Severity, Unverified, Verdict
from git_pbm.core.names import ALLOWANCES_PATH, Role, role_of
from git_pbm.core.registry.change import NO_EVALUATIONS, Change, Origin, Turn
from git_pbm.core.registry.facts import Unavailable
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.shared_tags import retaggable
from git_pbm.core.registry.snapshot import Entry, FileEntry
from git_pbm.core.rules.change.gate import range_meets_gate
from git_pbm.core.rules.change.immutability import says_removal
from git_pbm.core.rules.change.mixed_metadata import mixed_metadata
from git_pbm.core.rules.engine import judge_change, outcome_of, run_rules
from git_pbm.core.rules.rule import slug_of
from git_pbm.core.rules.state.allowances import allowances_are_used
from git_pbm.core.rules.state.evaluations import policy_is_well_formed
from git_pbm.core.rules.table import ABOUT_EVALUATIONS, ABOUT_GATE, IMMUTABILITY
from git_pbm.errors import ErrorId, UnverifiedError, UsageError
from git_pbm.gitio.lfs import pull_command
from git_pbm.gitio.partial_clone import fetch_objects
from git_pbm.gitio.repository import Repository
from git_pbm.operations.checking.check import DEFAULT_CHECK, CheckOptions, CheckResult
from git_pbm.snapshots.commit_range import DEEPEN, Difference, Step, missing_between, steps_of
from git_pbm.snapshots.facts_loader import FactsLoader
from git_pbm.snapshots.ledger import GitLedger, change_of, latest_end
from git_pbm.snapshots.promotions import Past, is_shallow
from git_pbm.snapshots.tree import TreeSnapshot, commit_tree, empty_tree
from git_pbm.snapshots.tree_source import TreeSource
from git_pbm.snapshots.verdict_cache import VerdictCache


def check_range(repository: Repository, range_spec: str, options: CheckOptions = DEFAULT_CHECK) -> CheckResult:
    """Run the change rules over the commits of ``A..B`` (``A..`` means ``A..HEAD``), the state rules over B.

    With ``fetch`` objects that this clone lacks are fetched, and the check is made again.
    Raises :class:`UsageError` for other words, :class:`UnverifiedError` where history ends too early here.
    """
    old, new = _ends(repository, range_spec)
    checked = _look(repository, range_spec, old, new, options)
    asked: set[str] = set()
    while options.fetch and (lacking := {item.object_id for item in checked.verdict.unverified} - asked):
        fetch_objects(repository, sorted(lacking))  # what comes can show that more is needed
        asked |= lacking
        checked = _look(repository, range_spec, old, new, options)
    return checked


def _look(repository: Repository, range_spec: str, old: str, new: str, options: CheckOptions) -> CheckResult:
    blobs = FactsLoader(repository, rehash=options.reads_everything)
    blobs.missing |= missing_between(repository, old, new)
    steps = steps_of(repository, old, new, blobs.missing)
    judged_before = (
        None if options.reads_everything else VerdictCache(repository).judged_evaluations(TreeSource(new, new))
    )
    ledger = GitLedger(repository, new, judged_before)
    tip = Registry(commit_tree(repository, new, blobs), ledger=ledger)
    state = run_rules(tip)
    blobs = blobs.for_changes()
    _read_documents(blobs, steps)
    bases = _bases(repository, old, new, blobs)
    start = bases[old] if old in bases else _registry(repository, old, blobs)
    past = Past(repository, old)
    origin = Origin(start, past.was_current, past.last_current)
    walk = _Walk(repository=repository, blobs=blobs, steps=steps, origin=origin, registries=dict(bases))
    walked = list(walk.outcomes())
    seen = {outcome.path for outcome in walked}
    whole = _whole(bases, tip, steps, walk.retagged)
    outcomes = [*walked, *(outcome for outcome in whole if outcome.path not in seen)]
    outcomes += [outcome_of(ABOUT_GATE, remark) for remark in range_meets_gate(origin, tip, walk.turns)]
    findings = {outcome.identity: outcome for outcome in outcomes if isinstance(outcome, Finding)}
    base = next(iter(bases.values()), None)
    notes = [*_new_allowances(base, tip), *_other_gate(start, tip, f"{old[:12]} {new[:12]}")]
    unverified = {(o.path, o.object_id): o for o in (*state.unverified, *outcomes) if isinstance(o, Unverified)}
    verdict = Verdict((*findings.values(), *state.findings, *notes), tuple(unverified.values()), state.not_inspected)
    count = f"{len(steps)} commit{'s' * (len(steps) != 1)}"
    exists = tip.exists or (base is not None and base.exists)
    return CheckResult(
        folder=repository.folder,
        label=f"{range_spec} ({count}, then the tree of {new[:12]})",
        exists=exists,
        models=len(tip.models),
        verdict=verdict,
        require_content=options.require_content,
        fetch_command=f"git pbm check --range {shlex.quote(range_spec)} --fetch",
        pull_command=pull_command(repository, ""),
    )


def _ends(repository: Repository, range_spec: str) -> tuple[str, str]:
    old, dots, new = range_spec.partition("..")
    if not old or not dots or new.startswith(".") or ".." in new:
        raise UsageError(
            f"{range_spec}: not a range", "write A..B, or A.. for A..HEAD: git pbm check --range main..HEAD"
        )
    return _commit(repository, old), _commit(repository, new or "HEAD")


def _commit(repository: Repository, revision: str) -> str:
    commit = repository.commit_id(revision)
    if commit is not None:
        return commit
    if is_shallow(repository):
        raise UnverifiedError(
            f"{revision}: not in this clone, whose history ends early", DEEPEN, error_id=ErrorId.HISTORY_INCOMPLETE
        )
    raise UsageError(
        f"{revision}: not a commit of this repository",
        "git log --oneline shows what there is",
        error_id=ErrorId.UNKNOWN_REVISION,
    )


def _read_documents(blobs: FactsLoader, steps: Sequence[Step]) -> None:
    """Read every JSON document that the range brought, from one git process a kind."""
    for role in (Role.METADATA, Role.REGISTRY):
        ids = [
            entry.object_id
            for step in steps
            for path, entry in step.differences[0].items()
            if isinstance(entry, FileEntry) and role_of(path) is role
        ]
        if ids:
            blobs.of(role, ids[0], partial(list, ids))


def _bases(repository: Repository, old: str, new: str, blobs: FactsLoader) -> dict[str, Registry]:
    """The registry from which the range began, by commit: several where branches crossed, or none at all."""
    found = repository.try_run("merge-base", "--all", old, new) or b""
    return {commit: _registry(repository, commit, blobs) for commit in found.decode().split()}


def _registry(repository: Repository, commit: str, blobs: FactsLoader) -> Registry:
    return Registry(commit_tree(repository, commit, blobs), ledger=GitLedger(repository, commit, commit))


def _whole(
    bases: Mapping[str, Registry], tip: Registry, steps: Sequence[Step], retagged: frozenset[str]
) -> Iterator[Outcome]:
    """What differs between the two ends, whichever base one takes, though no single commit shows it.

    A merge that keeps one side whole (``-s ours``) equals that parent, so it changes nothing by itself and
    can still drop, or replace, a model of the other side.
    """
    removals = "\n".join(step.message for step in steps)
    changes = [Change(base, tip, removals, commit[:10], retagged) for commit, base in bases.items()]
    everywhere = [{o.path: o for o in judge_change(change, IMMUTABILITY)} for change in changes]
    for path, outcome in everywhere[0].items() if everywhere else ():
        model_id = path.split("/")[1]
        if any(path not in others for others in everywhere) or says_removal(removals, model_id):
            continue
        if isinstance(outcome, Finding):
            outcome = replace(outcome, message=f"by a merge of this range: {outcome.message}")
        yield outcome


@dataclass(slots=True, kw_only=True)
class _Walk:
    """Goes through the steps; a commit's entries are kept only until its last child was looked at."""

    repository: Repository
    blobs: FactsLoader
    steps: Sequence[Step]
    origin: Origin
    registries: dict[str, Registry]
    turns: list[Turn] = field(default_factory=list)
    """How commits that are not merges turned ``current``."""
    retagged: frozenset[str] = frozenset()
    """Models that merges may have given another tag."""

    def outcomes(self) -> Iterator[Outcome]:
        """What the change rules say about each commit, named in each finding."""
        waiting = Counter(parent for step in self.steps for parent in step.parents)
        for step in self.steps:
            for outcome in self._judged(step):
                yield _in_commit(outcome, step) if isinstance(outcome, Finding) else outcome
            for parent in step.parents:
                waiting[parent] -= 1
                if not waiting[parent]:
                    self.registries.pop(parent, None)

    def _judged(self, step: Step) -> Iterator[Outcome]:
        parents = [self._before(parent) for parent in step.parents] or [Registry(empty_tree(self.blobs))]
        after = self._with(parents[0], step.differences[0], step)
        self.registries[step.commit] = after
        evaluations = change_of(self.repository, step.evaluations, self.blobs.missing)
        change = Change(
            parents[0],
            after,
            step.message,
            _named(step.parents),
            evaluations=evaluations,
            origin=self.origin,
            latest=latest_end(step.seconds),
        )
        if len(parents) == 1 and step.own:
            outcomes = judge_change(change)
            self._note_turn(step, change, outcomes)
            yield from outcomes
        elif evaluations is not NO_EVALUATIONS:
            yield from judge_change(change, ABOUT_EVALUATIONS)
        if len(parents) > 1 and step.own:
            free = retaggable(parents) if any(role_of(path) is Role.METADATA for path in step.own) else frozenset()
            self.retagged |= free
            for parent in parents:
                change = Change(parent, self._with(parent, step.own, step), step.message, _named(step.parents), free)
                yield from judge_change(change, IMMUTABILITY)
            yield from map(IMMUTABILITY[0].finding, mixed_metadata(parents, after, step.own))

    def _note_turn(self, step: Step, change: Change, outcomes: Sequence[Outcome]) -> None:
        """Note how a commit turned ``current``; nothing without a gate, which alone asks."""
        before, after = change.before.current_id, change.after.current_id
        if before != after and self.origin.registry.may_have_gate:
            is_met = not any(isinstance(o, Finding) and o.rule == ABOUT_GATE.slug and o.is_error for o in outcomes)
            self.turns.append(Turn(step.commit, before, after, is_met, is_roll_back(step.message)))

    def _before(self, commit: str) -> Registry:
        if commit not in self.registries:
            self.registries[commit] = _registry(self.repository, commit, self.blobs)
        return self.registries[commit]

    def _with(self, before: Registry, difference: Difference, step: Step) -> Registry:
        if not difference and not any(step.evaluations):
            return before
        entries = _applied(before.snapshot.entries, difference)
        ledger = GitLedger(self.repository, step.commit, step.commit)
        return Registry(TreeSnapshot(f"commit {step.short}", entries, self.blobs, step.commit), ledger=ledger)


def _named(parents: Sequence[str]) -> str:
    """What names the commit before a step; the first parent of a merge."""
    return parents[0][:10] if parents else "HEAD"


def _applied(entries: Mapping[str, Entry], difference: Difference) -> dict[str, Entry]:
    changed = dict(entries)
    for path, entry in difference.items():
        if entry is None:
            changed.pop(path, None)
        else:
            changed[path] = entry
    return changed


def _in_commit(finding: Finding, step: Step) -> Finding:
    return replace(finding, found=f"{finding.found} in {step.short}", message=f"in {step.short}: {finding.message}")


def _new_allowances(base: Registry | None, tip: Registry) -> Iterator[Finding]:
    """Each allowance that the range brings in: whoever reviews it should know that a finding was accepted."""
    known = {allowance.identity for allowance in base.allowances} if base is not None else set()
    for allowance in tip.allowances:
        if allowance.identity not in known:
            message = f"new in this range: {allowance.rule} is allowed for {allowance.path}: {allowance.reason}"
            slug, found = slug_of(allowances_are_used), " ".join(allowance.identity)
            yield Finding(slug, Severity.WARNING, ALLOWANCES_PATH, found, message, "see whether that is so")


def _other_gate(start: Registry, tip: Registry, ends: str) -> Iterator[Finding]:
    """That the range changes what a gate asks for: the earlier one binds it, and a reviewer should know."""
    if start.allowances_text == tip.allowances_text or not (start.may_have_gate or tip.may_have_gate):
        return
    from git_pbm.core.evaluations.gate import gate_of  # few ranges change the file

    before, after = gate_of(start), gate_of(tip)
    if isinstance(before, Unavailable) or isinstance(after, Unavailable) or before == after:
        return
    words = ("is new", "is taken away", "is changed")
    word = words[0] if before is None else words[1] if after is None else words[2]
    yield Finding(
        slug_of(policy_is_well_formed),
        Severity.WARNING,
        ALLOWANCES_PATH,
        f"the gate {word}",
        f"the gate, or its arena, {word} in this range: what was there before binds until then",
        f"see whether that is so: git diff {ends} -- {ALLOWANCES_PATH}",
    )
