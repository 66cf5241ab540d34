"""Intervals against scipy and against what other programs print."""

from __future__ import annotations

import pytest
from scipy.stats import binomtest

from git_pbm.core.evaluations.statistics.elo import elo_of_score
from git_pbm.core.evaluations.statistics.intervals import elo_interval, score_interval, wilson
from tests.unit.core.evaluations.histograms import pool, rounds_of_seven, two_seats


@pytest.mark.parametrize(
    ("wins", "games", "expected"),
    [
        (110, 700, (0.132063, 0.185966)),
        (14, 70, (0.123047, 0.308166)),
        (10, 10, (0.722467, 1)),
        (0, 10, (0, 0.277533)),
        (6, 10, (0.312674, 0.831820)),
        (0, 70, (0, 0.052023)),
    ],
)
def test_wilsons_interval_is_the_one_of_scipy(wins: int, games: int, expected: tuple[float, float]) -> None:
    """scipy.stats, binomtest(...).proportion_ci(method="wilson"); the literal figures are scipy's, too."""
    theirs = binomtest(wins, games).proportion_ci(method="wilson")
    assert wilson(wins, games) == pytest.approx((theirs.low, theirs.high), abs=1e-6)
    assert wilson(wins, games) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("counts", "elo", "reach"),
    [
        ((96, 111, 136), 40.70, 30.43),
        ((34, 54, 63, 64, 75), 55.58, 27.65),
        ((332, 433, 498, 333, 334), -8.64, 10.33),
        ((7895, 8757, 5685, 568, 9999), -21.04, 2.95),
    ],
)
def test_the_interval_of_a_score_is_the_one_of_fastchess(counts: tuple[int, ...], elo: float, reach: float) -> None:
    """Disservin/fastchess, app/tests/elo_test.cpp: half the width of the interval in Elo."""
    found = pool([two_seats(*counts)])
    low, high = elo_interval(score_interval(found), 2)
    assert low is not None
    assert high is not None
    assert elo_of_score(found.mean, 2) == pytest.approx(elo, abs=0.01)
    assert (high - low) / 2 == pytest.approx(reach, abs=0.01)


def test_the_interval_of_rounds_follows_their_spread() -> None:
    found = pool([rounds_of_seven(6, 14, 13, 3)])
    interval = score_interval(found)
    assert interval == pytest.approx((0.155, 0.234), abs=5e-4)
    assert elo_interval(interval, 7) == pytest.approx((16.1, 105.6), abs=0.05)
    assert elo_of_score(found.mean, 7) == pytest.approx(64.3, abs=0.05)


@pytest.mark.parametrize("counts", [(0, 0, 0, 0, 40), (9, 0, 0, 0, 10), (0, 0, 40, 0, 0)])
def test_with_few_units_or_none_that_differ_it_is_wilsons_of_the_points(counts: tuple[int, ...]) -> None:
    found = pool([two_seats(*counts)])
    assert score_interval(found) == wilson(found.points, found.games)


def test_an_end_without_a_finite_elo_is_none() -> None:
    found = pool([two_seats(0, 0, 10)])
    low, high = elo_interval(score_interval(found), 2)
    assert (low is None, high) == (False, None)
    assert score_interval(pool([two_seats(0, 0, 0, 1, 19)]))[1] == 1.0
