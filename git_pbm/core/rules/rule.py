"""What a rule is: a function over a registry whose name, in dashes, is its slug everywhere."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from git_pbm.core.findings import Finding, Outcome, Severity
from git_pbm.core.registry.registry import Registry

Judge = Callable[[Registry], Iterator[Outcome]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: the hook that runs it, how much its findings weigh, and the function that judges."""

    hook: str
    severity: Severity
    judge: Judge

    @property
    def slug(self) -> str:
        """The rule's name: ``dir-name-is-policy-hash``."""
        return slug_of(self.judge)

    @property
    def explanation(self) -> str:
        """Why the rule exists, what breaks without it and how to mend a finding: its docstring."""
        return inspect.cleandoc(self.judge.__doc__ or "")


def slug_of(rule: Callable[..., object]) -> str:
    """The slug of the rule that a function is."""
    return rule.__name__.replace("_", "-")


def error(rule: Callable[..., object], path: str, found: str, message: str, remedy: str) -> Finding:
    """An error that ``rule`` found."""
    return Finding(slug_of(rule), Severity.ERROR, path, found, message, remedy)


def warning(rule: Callable[..., object], path: str, found: str, message: str, remedy: str) -> Finding:
    """A warning that ``rule`` found."""
    return Finding(slug_of(rule), Severity.WARNING, path, found, message, remedy)
