"""A step of history: a registry before and after, and the message that explains it."""

from __future__ import annotations

from dataclasses import dataclass

from git_pbm.core.registry.ledger import LedgerFile
from git_pbm.core.registry.registry import Registry


@dataclass(frozen=True, slots=True)
class LedgerChange:
    """How a step changes the evaluations: the files that are new, and those that are changed or gone, as they were."""

    added: tuple[LedgerFile, ...] = ()
    changed: tuple[LedgerFile, ...] = ()
    removed: tuple[LedgerFile, ...] = ()


NO_EVALUATIONS = LedgerChange()


@dataclass(frozen=True, slots=True)
class Change:
    """A step of history: the registry before and after, and the message that explains it."""

    before: Registry
    after: Registry
    message: str
    base: str = "HEAD"
    """What names the commit before it."""
    retaggable: frozenset[str] = frozenset()
    """Ids of models that may have another tag after it: see :mod:`git_pbm.core.registry.shared_tags`."""
    evaluations: LedgerChange = NO_EVALUATIONS
    latest: str = ""
    """The time after which no match of this step can have ended, ``YYYY-MM-DDTHH:MM:SSZ``; empty: not known."""
