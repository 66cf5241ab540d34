"""The ladder: ratings of all players that games connect, relative to an anchor, and results that surprise.

It is a view: nothing of it is stored. Evaluations that do not count are left out before.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from git_pbm.core.evaluations.scores import Scores
from git_pbm.core.evaluations.statistics.bradley_terry import Fit, Result, fit
from git_pbm.core.evaluations.statistics.elo import ELO_PER_NEPER
from git_pbm.core.evaluations.statistics.intervals import Z

ENOUGH_UNITS = 30
"""From here on the spread that was observed says how much a game weighs."""
SURPRISING = 3.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """One evaluation: what ``player``, in one seat, scored against ``opponent`` in the others."""

    evaluation: str
    player: str
    opponent: str
    scores: Scores


@dataclass(frozen=True, slots=True)
class Entrant:
    """A model that may be on the ladder: its key, its tag and the day it was made."""

    key: str
    tag: str
    created: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """A player's strength in Elo above the anchor, with its 95 percent interval."""

    key: str
    elo: float
    low: float
    high: float
    games: int
    opponents: int


@dataclass(frozen=True, slots=True)
class Unrated:
    """A player that no path of games connects with the anchor, and whom a game against would connect it."""

    key: str
    against: str


@dataclass(frozen=True, slots=True)
class Surprise:
    """An evaluation whose score is more than three standard errors from what the ratings let expect."""

    evaluation: str
    z: float


@dataclass(frozen=True, slots=True)
class Ladder:
    """Ratings from the strongest down, players without one, and surprises from the largest down."""

    anchor: str
    ratings: tuple[Rating, ...]
    unrated: tuple[Unrated, ...]
    surprises: tuple[Surprise, ...]


def neighbours(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Return whom each player met, players in the order of their first game."""
    met: dict[str, set[str]] = {}
    for first, second in pairs:
        met.setdefault(first, set()).add(second)
        met.setdefault(second, set()).add(first)
    return met


def connected_with(player: str, met: Mapping[str, set[str]]) -> set[str]:
    """Return all players to whom a path of games leads, the player among them."""
    found, waiting = {player}, [player]
    while waiting:
        fresh = met.get(waiting.pop(), set()) - found
        found |= fresh
        waiting += fresh
    return found


def default_anchor(entrants: Sequence[Entrant], matches: Sequence[Match], current: str) -> str:
    """Return the oldest model (by day, then tag) that games connect with the current one; else the current one."""
    connected = connected_with(current, neighbours((m.player, m.opponent) for m in matches))
    known = [entrant for entrant in entrants if entrant.key in connected]
    return min(known, key=lambda entrant: (entrant.created, entrant.tag)).key if known else current


def effective_games(scores: Scores) -> float:
    """Return how many games without draws say as much as these units: U s(1 - s) / variance.

    Draws and rounds spread less than single games that are won or lost. With fewer than 30 units, or none that
    differ, it is the number of games.
    """
    if scores.units < ENOUGH_UNITS or scores.variance == 0:
        return scores.games
    return scores.units * scores.mean * (1 - scores.mean) / scores.variance


def ladder(players: Sequence[str], matches: Sequence[Match], anchor: str) -> Ladder:
    """Return the ratings of all players in matches, and of ``players`` that no match connects, why they have none."""
    played = [match for match in matches if match.scores.units]
    met = neighbours((match.player, match.opponent) for match in played)
    connected = connected_with(anchor, met)
    keys = sorted(connected)
    number = {key: place for place, key in enumerate(keys)}
    counted = [match for match in played if match.player in connected]
    results = [_result(match, number) for match in counted]
    found = fit(len(keys), number[anchor], [*results, *_even_games(results)])
    others = dict.fromkeys(key for key in [*players, *met] if key not in connected)
    return Ladder(
        anchor,
        tuple(sorted(_ratings(keys, found, counted, met), key=lambda rating: (-rating.elo, rating.key))),
        tuple(Unrated(key, anchor) for key in others),
        tuple(sorted(_surprises(counted, results, found), key=lambda one: (-abs(one.z), one.evaluation))),
    )


def _result(match: Match, number: dict[str, int]) -> Result:
    return Result(
        first=number[match.player],
        second=number[match.opponent],
        games=effective_games(match.scores),
        score=match.scores.mean,
        seats=match.scores.seats,
    )


def _even_games(results: Sequence[Result]) -> Iterator[Result]:
    """Half a win and half a loss for each pair that met, so that every rating is finite; 1/n and (n-1)/n of n seats.

    Where a pair met in both directions each has a part of that game, so that the order of matches says nothing.
    """
    ways: dict[frozenset[int], set[tuple[int, int, int]]] = {}
    for result in results:
        pair = frozenset((result.first, result.second))
        ways.setdefault(pair, set()).add((result.first, result.second, result.seats))
    for pair in sorted(ways, key=sorted):
        for first, second, seats in sorted(ways[pair]):
            yield Result(first=first, second=second, games=1 / len(ways[pair]), score=1 / seats, seats=seats)


def _ratings(keys: Sequence[str], found: Fit, counted: Sequence[Match], met: dict[str, set[str]]) -> Iterator[Rating]:
    games = dict.fromkeys(keys, 0)
    for match in counted:
        games[match.player] += match.scores.games
        games[match.opponent] += match.scores.games
    for key, strength, error in zip(keys, found.strengths, found.errors, strict=True):
        yield Rating(
            key=key,
            elo=ELO_PER_NEPER * strength,
            low=ELO_PER_NEPER * (strength - Z * error),
            high=ELO_PER_NEPER * (strength + Z * error),
            games=games[key],
            opponents=len(met.get(key, ())),
        )


def _surprises(counted: Sequence[Match], results: Sequence[Result], found: Fit) -> Iterator[Surprise]:
    for match, result in zip(counted, results, strict=True):
        expected = result.expected(found.strengths)
        z = (result.score - expected) / math.sqrt(expected * (1 - expected) / result.games)
        if abs(z) > SURPRISING:
            yield Surprise(match.evaluation, z)
