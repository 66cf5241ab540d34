"""``git pbm explain``: why a rule exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from git_pbm.core.rules.table import EVERY_RULE
from git_pbm.errors import UsageError
from git_pbm.operations.result import Result


@dataclass(frozen=True, slots=True)
class RulesResult(Result):
    """Every rule: its slug and its explanation."""

    explanations: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RuleResult(Result):
    """One rule."""

    slug: str
    explanation: str


def explain_all() -> RulesResult:
    """List every rule."""
    return RulesResult({rule.slug: rule.explanation for rule in EVERY_RULE})


def explain(slug: str) -> RuleResult:
    """Find the explanation of a rule. Raises ``UsageError`` for what is not a rule."""
    explanations = explain_all().explanations
    if slug not in explanations:
        import difflib

        near = difflib.get_close_matches(slug, explanations, n=2, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else "git pbm explain list all rules"
        raise UsageError(f"{slug!r} is not a rule", hint)
    return RuleResult(slug, explanations[slug])
