"""A step of history: a registry before and after, and the message that explains it."""

from __future__ import annotations

from collections.abc import Callable
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
class Origin:
    """Where a range of commits begins, or what a commit is made on: its gate binds, and its retractions count.

    ``was_current`` tells whether a model was current there or earlier on the first-parent history, ``last_current``
    which was the last one (None: none ever was); both may raise ``UnverifiedError`` where history ends early.
    """

    registry: Registry
    was_current: Callable[[str], bool]
    last_current: Callable[[], str | None]


@dataclass(frozen=True, slots=True)
class Turn:
    """How one commit of a range turned ``current``, and whether it may have done so by itself."""

    commit: str
    before: str | None
    after: str | None
    is_met: bool
    is_roll_back: bool


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
    origin: Origin | None = None
    """Where its range begins; None: nothing is known of it, and no gate is in force."""
    latest: str = ""
    """The time after which no match of this step can have ended, ``YYYY-MM-DDTHH:MM:SSZ``; empty: not known."""
