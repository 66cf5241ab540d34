"""Histograms of scores and their pools."""

from __future__ import annotations

import pytest

from git_pbm.core.evaluations.scores import Pool
from tests.unit.core.evaluations.histograms import pool, rounds_of_seven, two_seats


def test_a_histogram_knows_its_games_and_points() -> None:
    rounds = rounds_of_seven(6, 14, 13, 3)
    assert (rounds.units, rounds.games) == (36, 252)
    assert rounds.points == pytest.approx(48.999951, abs=1e-9)
    assert rounds.mean == pytest.approx(0.194444, abs=1e-6)


def test_the_variance_is_that_of_the_population() -> None:
    assert two_seats(1, 0, 1).variance == 0.25
    assert two_seats(0, 0, 5).variance == 0


def test_a_mirrored_histogram_is_what_the_other_side_scored() -> None:
    pairs = two_seats(1, 2, 3, 4, 5)
    assert pairs.mirrored() == two_seats(5, 4, 3, 2, 1)
    assert pairs.mirrored().mirrored() == pairs


def test_a_pool_adds_up_what_has_one_unit_and_weighs_the_rest_by_games() -> None:
    found = pool([two_seats(1, 0, 2), two_seats(0, 1, 1), two_seats(0, 0, 1, 0, 3)])
    assert found.by_unit[1] == two_seats(1, 1, 3)
    assert (found.units, found.games, found.points) == (9, 13, 3.5 + 7)
    assert found.mean == pytest.approx(10.5 / 13)
    singles, pairs = found.by_unit[1], found.by_unit[2]
    expected = (5 / 13) ** 2 * singles.variance / 5 + (8 / 13) ** 2 * pairs.variance / 4
    assert found.variance_of_mean == pytest.approx(expected)


def test_a_pool_may_hold_a_histogram_without_units() -> None:
    found = pool([two_seats(0, 0, 0), two_seats(0, 0, 0, 0, 1)])
    assert found.variance_of_mean == 0
    assert Pool().games == 0
