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


def _whole_units(games: Iterable[Game], seats: int) -> list[Fraction]:
    """The mean score of each whole unit: a game goes to the nearest earlier unit of its group that lacks its seat."""
    is_open: dict[str, list[dict[str, Fraction]]] = {}
    means = []
    for game in games:
        group = "" if game.group is None and seats > 2 else game.group  # rounds come in file order
        if game.seat is None or group is None:
            continue
        units = is_open.setdefault(group, [])
        unit = next((one for one in reversed(units) if game.seat not in one), None)
        if unit is None:
            unit = {}
            units.append(unit)
        unit[game.seat] = game.score
        if len(unit) == seats:
            means.append(sum(unit.values(), Fraction(0)) / seats)
            units.remove(unit)
    return means


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
