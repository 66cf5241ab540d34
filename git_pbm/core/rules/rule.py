"""What a rule is: a check over one kind of thing, whose function's name, in dashes, is its slug everywhere."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from git_pbm.core.findings import Finding, NotInspected, Severity
from git_pbm.core.registry.change import Change
from git_pbm.core.registry.facts import Unavailable
from git_pbm.core.registry.ledger import LedgerFile
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.view import ModelSummary, View


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a path, before the engine says which rule found it.

    ``found`` is the offending value, short and stable; ``remedy`` is what to type or do next.
    """

    path: str
    found: str
    message: str
    remedy: str
    is_warning: bool = False
    """Whether it weighs less than its rule does: what a reviewer should see, and nothing refuses."""


Remark = Problem | Unavailable | NotInspected
"""What a check may yield. It passes on the facts that it could not have, as it got them."""


@dataclass(frozen=True, slots=True)
class EachModel:
    """A rule about one model at a time; the engine skips models that a clean baseline has, too."""

    check: Callable[[Model], Iterator[Remark]]


@dataclass(frozen=True, slots=True)
class EachKey:
    """A rule about models that concern each other: those that have a key in common.

    ``keys`` are the keys of one model (a tag, an id), ``listed`` further ones that a document of the registry names.
    """

    check: Callable[[str, Sequence[ModelSummary], View], Iterator[Remark]]
    keys: Callable[[ModelSummary], Iterable[str]]
    listed: Callable[[Registry], Iterable[str]] = lambda registry: ()


@dataclass(frozen=True, slots=True)
class EachEvaluation:
    """A rule about one file below ``evals/``; the engine skips those that are known to have been judged."""

    check: Callable[[LedgerFile, Registry], Iterator[Remark]]


@dataclass(frozen=True, slots=True)
class Document:
    """A rule about one file or link as a whole, or about the list of all paths."""

    check: Callable[[View], Iterator[Remark]]


@dataclass(frozen=True, slots=True)
class Step:
    """A rule about a step of history."""

    check: Callable[[Change], Iterator[Remark]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: the hook that runs it, how much its findings weigh, and what it looks at."""

    hook: str
    severity: Severity
    scope: EachModel | EachKey | EachEvaluation | Document | Step

    @property
    def slug(self) -> str:
        """The rule's name: ``dir-name-is-policy-hash``."""
        return slug_of(self.scope.check)

    @property
    def explanation(self) -> str:
        """Why the rule exists, what breaks without it and how to fix a finding: its docstring."""
        return inspect.cleandoc(self.scope.check.__doc__ or "")

    def finding(self, problem: Problem) -> Finding:
        """The problem as this rule's finding."""
        severity = Severity.WARNING if problem.is_warning else self.severity
        return Finding(self.slug, severity, problem.path, problem.found, problem.message, problem.remedy)


def slug_of(check: Callable[..., object]) -> str:
    """The slug of the rule that a function checks."""
    return check.__name__.replace("_", "-")
