"""What a rule can say: a finding, that identity is unverified, or that content was not inspected; values only."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """How much a finding weighs; a warning never changes an exit code."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that one rule found wrong at one path.

    ``found`` is the offending value, short and stable: ``rule``, ``path`` and ``found`` together are the
    finding's identity, by which it is allowed or recognised as new. ``remedy`` is what to type or do next.
    """

    rule: str
    severity: Severity
    path: str
    found: str
    message: str
    remedy: str

    @property
    def identity(self) -> tuple[str, str, str]:
        """What an allowance pins: rule, path, what was found."""
        return (self.rule, self.path, self.found)

    @property
    def is_error(self) -> bool:
        """Whether it refuses a commit."""
        return self.severity is Severity.ERROR


@dataclass(frozen=True, slots=True)
class Unverified:
    """Identity of ``path`` could not be established: this clone lacks the object ``object_id``."""

    path: str
    object_id: str


@dataclass(frozen=True, slots=True)
class NotInspected:
    """The content of ``path`` is not here, while its identity is proven by a Git LFS pointer."""

    path: str


Outcome = Finding | Unverified | NotInspected


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything that all rules said about one snapshot, in a stable order without repetitions."""

    findings: tuple[Finding, ...] = ()
    unverified: tuple[Unverified, ...] = ()
    not_inspected: tuple[NotInspected, ...] = ()

    @property
    def errors(self) -> tuple[Finding, ...]:
        """The findings that refuse a commit."""
        return tuple(finding for finding in self.findings if finding.is_error)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """The findings that refuse nothing."""
        return tuple(finding for finding in self.findings if not finding.is_error)
