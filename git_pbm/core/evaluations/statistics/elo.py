"""Scores and Elo differences for any number of seats; nothing here knows of games."""

from __future__ import annotations

import math

ELO_PER_NEPER = 400 / math.log(10)
"""Elo points of one unit of natural log-odds: 173.7178."""


def score_of_elo(elo: float, seats: int) -> float:
    """Return the expected score of one seat that is ``elo`` points stronger than ``seats - 1`` equal others.

    Luce's choice rule; with two seats it is the ordinary logistic curve. The score of a game sums to 1 over its seats.
    """
    return 1 / (1 + (seats - 1) * math.exp(-elo / ELO_PER_NEPER))


def elo_of_score(score: float, seats: int) -> float | None:
    """Return the Elo difference of an expected score, None where it is not finite (a score of 0 or 1)."""
    if not 0 < score < 1:
        return None
    return ELO_PER_NEPER * math.log((seats - 1) * score / (1 - score))
