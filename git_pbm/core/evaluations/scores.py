"""Scores of games as histograms of whole units; sums are integers, so that they are equal on every machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

MILLION = 1_000_000
"""A score of 1 in millionths, the unit of stored scores."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """How many units had which mean score.

    ``unit`` is the number of games in a unit: 1, or one game in each seat (2: a pair with seats swapped).
    ``counts`` maps a score in millionths, 0 to 1,000,000, to the number of units that have it.
    """

    seats: int
    unit: int
    counts: Mapping[int, int]

    @property
    def units(self) -> int:
        """The number of units."""
        return sum(self.counts.values())

    @property
    def games(self) -> int:
        """The number of games in these units."""
        return self.units * self.unit

    @property
    def millionths(self) -> int:
        """The sum of the units' mean scores, in millionths."""
        return sum(score * count for score, count in self.counts.items())

    @property
    def points(self) -> float:
        """The points won in all games of these units."""
        return self.millionths * self.unit / MILLION

    @property
    def mean(self) -> float:
        """The mean score, 0 to 1; there must be a unit."""
        return self.millionths / (self.units * MILLION)

    @property
    def variance(self) -> float:
        """The variance of a unit's score around the mean, in its population form; there must be a unit."""
        squares = sum(score * score * count for score, count in self.counts.items())
        return (self.units * squares - self.millionths**2) / (self.units * MILLION) ** 2

    def mirrored(self) -> Scores:
        """Return what the other of two seats scored."""
        counts = {MILLION - score: self.counts[score] for score in sorted(self.counts, reverse=True)}
        return Scores(seats=self.seats, unit=self.unit, counts=counts)

    def plus(self, other: Scores) -> Scores:
        """Return these units and those of ``other``, which have the same size."""
        counts = dict(self.counts)
        for score, count in other.counts.items():
            counts[score] = counts.get(score, 0) + count
        return Scores(seats=self.seats, unit=self.unit, counts={score: counts[score] for score in sorted(counts)})


@dataclass(frozen=True, slots=True)
class Pool:
    """The units of several evaluations of one pair of players: one histogram for each size of unit."""

    by_unit: Mapping[int, Scores] = field(default_factory=dict)

    def plus(self, scores: Scores) -> Pool:
        """Return this pool with further units in it."""
        known = self.by_unit.get(scores.unit)
        return Pool({**self.by_unit, scores.unit: scores if known is None else known.plus(scores)})

    @property
    def units(self) -> int:
        """The number of units, whatever their size."""
        return sum(scores.units for scores in self.by_unit.values())

    @property
    def games(self) -> int:
        """The number of games in these units."""
        return sum(scores.games for scores in self.by_unit.values())

    @property
    def points(self) -> float:
        """The points won in these games."""
        return sum(scores.millionths * scores.unit for scores in self.by_unit.values()) / MILLION

    @property
    def mean(self) -> float:
        """The mean score of a game; there must be a game."""
        return self.points / self.games

    @property
    def variance_of_mean(self) -> float:
        """The variance of the mean: that of each histogram, weighted by its games; there must be a game."""
        weighted = (s.games**2 * s.variance / s.units for s in self.by_unit.values() if s.units)
        return sum(weighted) / self.games**2
