"""Strengths of players that explain who beat whom, relative to one of them; it adds no games of its own.

R. A. Bradley and M. E. Terry, "Rank analysis of incomplete block designs", 1952; with an offset of ln(n - 1) where one
player has one of n seats and its opponent has the others. A maximum exists where every player both won and lost
against the rest, however they are split in two (L. R. Ford, 1957).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from git_pbm.core.evaluations.statistics.sparse import Factor, elimination_order, factorise

LONGEST = 30
"""Steps of Newton's method; a few are enough where a maximum exists."""
CLOSE = 1e-11
"""Newton's method ends where no strength moves further than this."""
ROUNDING = 1e-13
"""The part of a log-likelihood that is rounding alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one player scored against another: a mean score, 0 to 1, in a number of games that may be broken."""

    first: int
    second: int
    games: float
    score: float
    seats: int = 2

    def expected(self, strengths: Sequence[float]) -> float:
        """Return the score that strengths, in natural log-odds, let expect."""
        odds = strengths[self.first] - strengths[self.second] - math.log(self.seats - 1)
        return 1 / (1 + math.exp(-odds)) if odds > 0 else math.exp(odds) / (1 + math.exp(odds))


@dataclass(frozen=True, slots=True)
class Fit:
    """Strengths in natural log-odds, and the standard errors of their differences to the anchor's, which is 0."""

    strengths: Sequence[float]
    errors: Sequence[float]


def fit(players: int, anchor: int, results: Sequence[Result]) -> Fit:
    """Return the most likely strengths of ``players`` players, numbered from 0.

    Results must lead from each player to the anchor. Where no maximum exists (see the module) the strengths of those
    who won everything are only large.
    """
    solver = _Solver.of(players, anchor, results)
    strengths = [0.0] * players
    for _ in range(LONGEST):
        factor, gradient = solver.look(strengths)
        strengths, moved = solver.step(strengths, solver.spread(factor.solve(gradient)))
        if moved < CLOSE:
            break
    factor, _ = solver.look(strengths)
    return Fit(strengths, [math.sqrt(variance) for variance in solver.spread(factor.inverse_diagonal())])


@dataclass(frozen=True, slots=True)
class _Solver:
    """Newton's method; the anchor has no row, so that the inverse has variances relative to it."""

    players: int
    results: Sequence[Result]
    place: dict[int, int] = field(default_factory=dict)
    """The row of each player but the anchor, in elimination order."""

    @classmethod
    def of(cls, players: int, anchor: int, results: Sequence[Result]) -> _Solver:
        pairs = {(r.first, r.second) for r in results if anchor not in (r.first, r.second)}
        order = [player for player in elimination_order(players, pairs) if player != anchor]
        return cls(players, results, {player: row for row, player in enumerate(order)})

    def look(self, strengths: Sequence[float]) -> tuple[Factor, list[float]]:
        """The factored information matrix and the gradient of the log-likelihood."""
        size = len(self.place)
        diagonal, gradient = [0.0] * size, [0.0] * size
        below: list[dict[int, float]] = [{} for _ in range(size)]
        for result in self.results:
            expected = result.expected(strengths)
            weight = result.games * expected * (1 - expected)
            for row, sign in self._rows(result):
                diagonal[row] += weight
                gradient[row] += sign * result.games * (result.score - expected)
            if result.first in self.place and result.second in self.place:
                low, high = sorted((self.place[result.first], self.place[result.second]))
                below[low][high] = below[low].get(high, 0.0) - weight
        return factorise(diagonal, below), gradient

    def step(self, strengths: Sequence[float], change: Sequence[float]) -> tuple[list[float], float]:
        """The strengths after a change, halved until the likelihood does not fall, and the size of the change."""
        before, part = self._likelihood(strengths), 1.0
        while True:
            after = [old + part * new for old, new in zip(strengths, change, strict=True)]
            moved = part * max(map(abs, change))
            if moved < CLOSE or self._likelihood(after) >= before - ROUNDING * abs(before):
                return after, moved
            part /= 2

    def spread(self, values: Sequence[float]) -> list[float]:
        """Values of rows as values of players, 0 for the anchor."""
        return [values[self.place[player]] if player in self.place else 0.0 for player in range(self.players)]

    def _rows(self, result: Result) -> Iterator[tuple[int, int]]:
        for player, sign in ((result.first, 1), (result.second, -1)):
            if player in self.place:
                yield self.place[player], sign

    def _likelihood(self, strengths: Sequence[float]) -> float:
        total = 0.0
        for result in self.results:
            odds = strengths[result.first] - strengths[result.second] - math.log(result.seats - 1)
            total += result.games * (result.score * odds - max(odds, 0.0) - math.log1p(math.exp(-abs(odds))))
        return total
