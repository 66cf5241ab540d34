"""``git pbm history``: when each model was current, from which commit, by whom."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass

from git_pbm.core.documents.dates import is_calendar_day
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ExitCode, UnverifiedError, UsageError
from git_pbm.gitio.repository import Repository
from git_pbm.operations.result import Result
from git_pbm.snapshots.promotions import Promotion, commit_at, is_shallow, promotions

_ENDS_EARLY = "this clone's history ends early, so the oldest line may be older than it says -> git fetch --unshallow"
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SAYS_WHEN = re.compile(
    r"[0-9]|\b(now|today|yesterday|noon|midnight|tea|never|last|one|two|three|four|five|six|seven|eight|nine|ten"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)",
    re.IGNORECASE,
)
"""What git looks for in a date (its date.c); words without any of it mean now to git."""


@dataclass(frozen=True, slots=True)
class CurrentPeriod:
    """One model's time as the current one; ``until`` is None while it lasts."""

    start: Promotion
    until: str | None


@dataclass(frozen=True, slots=True)
class HistoryResult(Result):
    """Every reign of a registry, newest first."""

    registry: Registry
    reigns: tuple[CurrentPeriod, ...]
    is_shallow: bool
    """Whether this clone's history ends early."""

    @property
    def exit_code(self) -> ExitCode:
        """3 where the clone holds a part of the history only."""
        return ExitCode.UNVERIFIED if self.is_shallow else ExitCode.OK

    @property
    def notices(self) -> tuple[str, ...]:
        """That the history ends early, in a shallow clone."""
        return (_ENDS_EARLY,) if self.is_shallow else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentAtResult(Result):
    """The change that made current what was current at a moment; None where nothing was."""

    registry: Registry
    moment: str
    step: Promotion | None
    is_shallow: bool

    @property
    def notices(self) -> tuple[str, ...]:
        """That the history ends early, in a shallow clone."""
        return (_ENDS_EARLY,) if self.is_shallow else ()


def history(repository: Repository, registry: Registry) -> HistoryResult:
    """Find when each model was current on this branch's first-parent history."""
    return HistoryResult(registry, history_of(repository), is_shallow(repository))


def history_at(repository: Repository, registry: Registry, moment: str) -> CurrentAtResult:
    """Find what was current at a moment. Raises what :func:`current_at` raises."""
    step = current_at(repository, moment)
    return CurrentAtResult(registry=registry, moment=moment, step=step, is_shallow=is_shallow(repository))


def history_of(repository: Repository) -> tuple[CurrentPeriod, ...]:
    """Every reign on this branch's first-parent history, newest first."""
    steps = promotions(repository)
    reigns = [CurrentPeriod(step, later.date) for step, later in itertools.pairwise(steps)]
    return tuple(reversed([*reigns, *(CurrentPeriod(step, None) for step in steps[-1:])]))


def current_at(repository: Repository, moment: str) -> Promotion | None:
    """The change that made current what was current at a moment; None where nothing was.

    Raises :class:`UsageError` for what is not a date, or one before all commits, and ``UnverifiedError`` in a history
    cut short.
    """
    _refuse_no_moment(moment)
    commit = commit_at(repository, moment)
    if commit is None:
        if is_shallow(repository):
            raise UnverifiedError(f"this clone's history ends before {moment}", "git fetch --unshallow gets the rest")
        raise UsageError(f"--at {moment}: no commit is that old", "git log --reverse shows the first one")
    steps = promotions(repository, commit)
    return steps[-1] if steps and steps[-1].model_id is not None else None


def _refuse_no_moment(moment: str) -> None:
    is_day = _DAY.fullmatch(moment) is not None
    if _SAYS_WHEN.search(moment) is None or (is_day and not is_calendar_day(moment)):
        raise UsageError(f"--at {moment!r}: not a date", "for example: --at 2026-02-20, or --at 'two weeks ago'")
