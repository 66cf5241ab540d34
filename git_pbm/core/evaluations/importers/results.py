"""What importers take and what they give; a problem says where it is and what to type."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from git_pbm.core.evaluations.evaluation import Outcomes
from git_pbm.core.evaluations.policy import SCORINGS
from git_pbm.core.evaluations.scores import Scores


class ImportProblem(ValueError):
    """Why results cannot be taken: one line, and one line that says what to do."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(message)
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Source:
    """A file that results are read from. Games in its first ``skip`` bytes are in an earlier evaluation.

    ``seat`` is where the model sat in all of its games, as a person says; None where the file tells.
    """

    name: str
    data: bytes
    skip: int = 0
    seat: str | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """A player: names of the registry, found in a log as whole words, and ``aliases``, which must be equal."""

    names: tuple[str, ...]
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Whose results are wanted. ``format`` is None where the content is to tell."""

    model: Side
    opponent: Side
    seats: int = 2
    scoring: str = SCORINGS[0]
    format: str | None = None
    cut_short: bool = False
    """Whether a match may be taken that was not played to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Game:
    """One game: what the model scored, 0 to 1, and where. Games of one ``group`` may be one unit."""

    score: Fraction
    seat: str | None = None
    group: str | None = None
    seed: int | None = None
    is_fault: bool = False
    """Whether a program failed in it: it lost on time, crashed, or made an illegal move."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Games:
    """The games of one source, in its order. Times are ``YYYY-MM-DDTHH:MM:SSZ``, None where it states none."""

    games: tuple[Game, ...]
    started: str | None = None
    ended: str | None = None
    is_cut_short: bool = False
    failed: int = 0
    """Games that were begun and are not there: a program failed in each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """What one source says of all its games together, where it does not have them one by one."""

    outcomes: Outcomes
    scores: Scores
    left_over: int
    is_cut_short: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What all sources of a match add up to."""

    source: str
    outcomes: Outcomes
    by_seat: Mapping[str, Outcomes] | None
    scores: Scores
    left_over: int
    faults: int
    cut_short: bool
    seeds: tuple[int, int] | None
    started: str | None
    ended: str | None
