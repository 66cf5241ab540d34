"""Counts as tools print them, low to high, as scores."""

from __future__ import annotations

from collections.abc import Sequence

from git_pbm.core.evaluations.scores import MILLION, Pool, Scores


def two_seats(*counts: int) -> Scores:
    """Losses, draws, wins; or pairs as LL, LD, DD and WL, WD, WW."""
    steps = len(counts) - 1
    return Scores(seats=2, unit=steps // 2, counts={MILLION * step // steps: n for step, n in enumerate(counts) if n})


def rounds_of_seven(*counts: int) -> Scores:
    """Rounds with 0, 1, 2, ... points of seven."""
    return Scores(seats=7, unit=7, counts={round(MILLION * wins / 7): n for wins, n in enumerate(counts) if n})


def pool(scores: Sequence[Scores]) -> Pool:
    found = Pool()
    for one in scores:
        found = found.plus(one)
    return found
