"""Confidence intervals of shares and scores; a match that a sequential test stopped has a biased one all the same."""

from __future__ import annotations

import math

from git_pbm.core.evaluations.scores import Pool
from git_pbm.core.evaluations.statistics.elo import elo_of_score

Z = 1.959964
"""The quantile of the normal distribution for 95 percent."""

FEWEST_UNITS = 20
"""With fewer units their variance says too little, and Wilson's interval stands in."""


def wilson(points: float, games: int) -> tuple[float, float]:
    """Return Wilson's 95 percent interval of a share; there must be a game.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927.
    """
    share, square = points / games, Z * Z
    middle = (share + square / (2 * games)) / (1 + square / games)
    reach = Z / (1 + square / games) * math.sqrt(share * (1 - share) / games + square / (4 * games * games))
    low = 0.0 if points == 0 else middle - reach
    return low, 1.0 if points == games else middle + reach


def score_interval(pool: Pool) -> tuple[float, float]:
    """Return the 95 percent interval of the mean score; there must be a game.

    Wilson's of the points, where there are fewer than 20 units or all of them have one score.
    """
    variance = pool.variance_of_mean
    if pool.units < FEWEST_UNITS or variance == 0:
        return wilson(pool.points, pool.games)
    reach = Z * math.sqrt(variance)
    return max(0.0, pool.mean - reach), min(1.0, pool.mean + reach)


def elo_interval(interval: tuple[float, float], seats: int) -> tuple[float | None, float | None]:
    """Return an interval of scores in Elo, end by end; None where an end is not finite."""
    return elo_of_score(interval[0], seats), elo_of_score(interval[1], seats)
