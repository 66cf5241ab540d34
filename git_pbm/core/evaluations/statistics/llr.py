"""The generalised sequential probability ratio test on any bounded score; who may be promoted is not decided here.

Michel Van den Bergh, "The generalized maximum likelihood ratio for the expectation value of a distribution"
(https://www.cantate.be/Fishtest/GSPRT_approximation.pdf), proposition 1.1.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from git_pbm.core.evaluations.scores import MILLION, Pool, Scores
from git_pbm.core.evaluations.statistics.elo import score_of_elo

UNSEEN = 1e-3
"""The count of a score that is possible and was not seen, as fishtest has it: without it one side can win all games
and the likelihood has no maximum."""

NARROW = 1e-18
"""Bisection ends where no number is between the two ends; near 0 there would be a thousand steps more."""


def bounds(alpha: float, beta: float) -> tuple[float, float]:
    """Return the log-likelihood ratios at or beyond which Wald's test rejects and accepts."""
    return math.log(beta / (1 - alpha)), math.log((1 - beta) / alpha)


def llr(scores: Scores, elo0: float, elo1: float) -> float:
    """Return the log-likelihood ratio of a strength of ``elo1`` against one of ``elo0``."""
    rows = _support(scores)
    total = sum(count for _, count in rows)
    shares = [(score, count / total) for score, count in rows]
    mean0, mean1 = (score_of_elo(elo, scores.seats) for elo in (elo0, elo1))
    tilt0, tilt1 = _tilt(shares, mean0), _tilt(shares, mean1)
    return total * math.fsum(
        share * (math.log1p(tilt0 * (score - mean0)) - math.log1p(tilt1 * (score - mean1))) for score, share in shares
    )


def pooled_llr(pool: Pool, elo0: float, elo1: float) -> float:
    """Return the sum of the log-likelihood ratios of units of different sizes."""
    return math.fsum(llr(scores, elo0, elo1) for scores in pool.by_unit.values())


def _support(scores: Scores) -> list[tuple[float, float]]:
    """The possible scores with their counts: with two seats every class, with more the ends and what was seen."""
    steps = 2 * scores.unit if scores.seats == 2 else 1
    possible = {MILLION * step // steps for step in range(steps + 1)}
    return [(score / MILLION, scores.counts.get(score, 0) or UNSEEN) for score in sorted(possible | set(scores.counts))]


def _tilt(shares: Sequence[tuple[float, float]], mean: float) -> float:
    """The root x of the sum of p(a - mean) / (1 + x(a - mean)), which falls from end to end of its bracket.

    The most likely distribution that has this mean gives the score a the share p / (1 + x(a - mean)).
    """
    low, high = -1 / (1 - mean), 1 / mean
    middle = (low + high) / 2
    while low < middle < high and high - low > NARROW:
        if sum(share * (score - mean) / (1 + middle * (score - mean)) for score, share in shares) > 0:
            low = middle
        else:
            high = middle
        middle = (low + high) / 2
    return middle
