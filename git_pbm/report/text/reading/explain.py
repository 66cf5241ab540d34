"""Why a rule exists, as text."""

from __future__ import annotations

from git_pbm.operations.reading.explain import RuleResult, RulesResult
from git_pbm.report.terminal import print_data
from git_pbm.report.text import write


@write.register
def write_rules(result: RulesResult) -> None:
    """Print one line a rule."""
    for slug, text in result.explanations.items():
        print_data(f"{slug:<30} {text.partition(chr(10))[0]}")


@write.register
def write_rule(rule: RuleResult) -> None:
    """Print a rule's whole explanation."""
    print_data(f"{rule.slug}\n\n{rule.explanation}")
