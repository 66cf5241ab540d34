"""The engine that runs rules over a registry or a step of history, and applies what the allowances accept."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from git_pbm.core.findings import Finding, NotInspected, Outcome, Unverified, Verdict
from git_pbm.core.registry.change import Change
from git_pbm.core.registry.facts import Unavailable
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.rule import Document, EachEvaluation, EachKey, EachModel, Problem, Remark, Rule, Step
from git_pbm.core.rules.state.allowances import allowances_are_used, unused
from git_pbm.core.rules.table import CHANGE_RULES, STATE_RULES
from git_pbm.core.rules.view import ModelSummary, View


def run_rules(registry: Registry, rules: Sequence[Rule] = STATE_RULES, *, clean: Registry | None = None) -> Verdict:
    """What the rules say about a registry, allowances applied; nothing where there is no registry.

    ``clean`` is a registry that passed every rule under the git attributes of today: what both have is not looked
    at again. Whether an allowance is used only all rules together can tell, so they run where that is asked.
    """
    if not registry.exists:
        return Verdict()
    view = View(registry, clean)
    outcomes = _outcomes(view, rules)
    allowed = registry.allowances
    if not allowed:
        return _verdict(outcomes)
    pinned = {allowance.identity for allowance in allowed}
    kept = [o for o in outcomes if not (isinstance(o, Finding) and o.identity in pinned)]
    asking = next((rule for rule in rules if rule.scope.check is allowances_are_used), None)
    if asking is not None:
        every = outcomes if len(rules) == len(STATE_RULES) else _outcomes(view, STATE_RULES)
        kept.extend(asking.finding(problem) for problem in unused(allowed, every))
    return _verdict(kept)


def judge_change(change: Change, rules: Sequence[Rule] = CHANGE_RULES) -> tuple[Outcome, ...]:
    """What the rules about a step of history say about one."""
    checks = ((rule, rule.scope.check) for rule in rules if isinstance(rule.scope, Step))
    return tuple(outcome_of(rule, remark) for rule, check in checks for remark in check(change))


def _outcomes(view: View, rules: Sequence[Rule]) -> list[Outcome]:
    return [outcome_of(rule, remark) for rule in rules for remark in _remarks(rule, view)]


def _remarks(rule: Rule, view: View) -> Iterator[Remark]:
    match rule.scope:
        case EachModel(check):
            for model in view.changed:
                yield from check(model)
        case EachKey(check, keys, listed):
            for key, models in _grouped(view, keys, listed(view.registry)).items():
                yield from check(key, models, view)
        case EachEvaluation(check):
            for file in view.registry.evaluations.values():
                yield from check(file, view.registry)
        case Document(check):  # pragma: no branch: a rule about a step of history is asked by judge_change
            yield from check(view)


def _grouped(
    view: View, keys: Callable[[ModelSummary], Iterable[str]], listed: Iterable[str]
) -> Mapping[str, list[ModelSummary]]:
    """The models by each key that they have, and the ``listed`` keys that none has."""
    found: dict[str, list[ModelSummary]] = {}
    for summary in view.summaries.values():
        for key in keys(summary):
            found.setdefault(key, []).append(summary)
    for key in listed:
        found.setdefault(key, [])
    return found


def outcome_of(rule: Rule, remark: Remark) -> Outcome:
    """Return what a rule's remark means."""
    if isinstance(remark, Problem):
        return rule.finding(remark)
    return Unverified(remark.path, remark.object_id) if isinstance(remark, Unavailable) else remark


def _verdict(outcomes: list[Outcome]) -> Verdict:
    findings = sorted((o for o in outcomes if isinstance(o, Finding)), key=lambda finding: finding.path)
    unverified = {o.path: o for o in outcomes if isinstance(o, Unverified)}
    unseen = {o.path: o for o in outcomes if isinstance(o, NotInspected)}
    return Verdict(
        tuple(_without_repetitions(findings)),
        tuple(unverified[path] for path in sorted(unverified)),
        tuple(unseen[path] for path in sorted(unseen)),
    )


def _without_repetitions(findings: list[Finding]) -> Iterator[Finding]:
    """Yield the findings, sorted by path, each identity once; by path, for a hostile tree can have a million."""
    for _, same_path in groupby(findings, key=lambda finding: finding.path):
        yield from {finding.identity: finding for finding in same_path}.values()
