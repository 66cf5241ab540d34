"""Games to units: a pair with seats swapped, a round with one game in each seat, or single games."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from fractions import Fraction

from git_pbm.core.evaluations.evaluation import Outcomes
from git_pbm.core.evaluations.importers.results import Game
from git_pbm.core.evaluations.scores import MILLION, Scores


def scores_of(games: Sequence[Game], seats: int) -> tuple[Scores, int]:
    """Return the histogram of units and the number of games left over.

    Where no unit is whole, each game is one.
    """
    whole = _whole_units(games, seats)
    unit = seats if whole else 1
    means = whole or [game.score for game in games]
    counts = Counter(round(mean * MILLION) for mean in means)
    scores = Scores(seats=seats, unit=unit, counts={score: counts[score] for score in sorted(counts)})
    return scores, len(games) - scores.games


def _whole_units(games: Sequence[Game], seats: int) -> list[Fraction]:
    """The mean score of each whole unit: a pair of one group, or one game in each seat."""
    seated = [(game.group, game.seat, game.score) for game in games if game.seat is not None]
    return _pairs(seated) if seats == 2 else _rounds(seated, seats)


def _pairs(games: Iterable[tuple[str | None, str, Fraction]]) -> list[Fraction]:
    """Each game is paired with the nearest earlier one of its group that has no partner and the other seat."""
    alone: dict[str, list[tuple[str, Fraction]]] = {}
    means = []
    for group, seat, score in games:
        if group is None:
            continue
        waiting = alone.setdefault(group, [])
        if waiting and waiting[-1][0] != seat:  # with two seats all that wait have the same one
            means.append((waiting.pop()[1] + score) / 2)
        else:
            waiting.append((seat, score))
    return means


def _rounds(games: Iterable[tuple[str | None, str, Fraction]], seats: int) -> list[Fraction]:
    """The nth game in a seat is of the nth round of its group; without groups, of the file."""
    played: Counter[tuple[str | None, str]] = Counter()
    rounds: dict[tuple[str | None, int], list[Fraction]] = {}
    for group, seat, score in games:
        rounds.setdefault((group, played[group, seat]), []).append(score)
        played[group, seat] += 1
    return [sum(scores, Fraction(0)) / seats for scores in rounds.values() if len(scores) == seats]


def outcomes_of(games: Iterable[Game]) -> Outcomes:
    """Return how many games were won (a score of 1), drawn and lost (0)."""
    found = Counter("win" if game.score == 1 else "loss" if game.score == 0 else "draw" for game in games)
    return Outcomes(found["win"], found["draw"], found["loss"])


def by_seat_of(games: Sequence[Game]) -> dict[str, Outcomes] | None:
    """Return the outcomes in each seat; None where some game does not say its seat."""
    seats = {game.seat for game in games if game.seat is not None}
    if any(game.seat is None for game in games):
        return None
    return {seat: outcomes_of(game for game in games if game.seat == seat) for seat in sorted(seats)}
