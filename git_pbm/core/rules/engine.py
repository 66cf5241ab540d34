"""The engine that runs rules over a registry, and applies what its allowances accept."""

from __future__ import annotations

from collections.abc import Sequence

from git_pbm.core.findings import Finding, NotInspected, Outcome, Unverified, Verdict
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.rule import Rule
from git_pbm.core.rules.state.allowances import allowances_are_used, allowances_of, unused
from git_pbm.core.rules.table import STATE_RULES


def run_rules(registry: Registry, rules: Sequence[Rule] = STATE_RULES) -> Verdict:
    """What the rules say about a registry, allowances applied; nothing where there is no registry.

    Whether an allowance is used only all rules together can tell, so they run where that is asked.
    """
    if not registry.exists:
        return Verdict()
    outcomes = _outcomes(registry, rules)
    allowed = allowances_of(registry)
    if not allowed:
        return _verdict(outcomes)
    pinned = {allowance.identity for allowance in allowed}
    kept = [o for o in outcomes if not (isinstance(o, Finding) and o.identity in pinned)]
    if any(rule.judge is allowances_are_used for rule in rules):
        every = outcomes if len(rules) == len(STATE_RULES) else _outcomes(registry, STATE_RULES)
        kept.extend(unused(allowed, every))
    return _verdict(kept)


def _outcomes(registry: Registry, rules: Sequence[Rule]) -> list[Outcome]:
    return [outcome for rule in rules for outcome in rule.judge(registry)]


def _verdict(outcomes: list[Outcome]) -> Verdict:
    findings = {o.identity: o for o in outcomes if isinstance(o, Finding)}
    unverified = {o.path: o for o in outcomes if isinstance(o, Unverified)}
    unseen = {o.path: o for o in outcomes if isinstance(o, NotInspected)}
    return Verdict(
        tuple(sorted(findings.values(), key=lambda finding: finding.path)),
        tuple(unverified[path] for path in sorted(unverified)),
        tuple(unseen[path] for path in sorted(unseen)),
    )
