"""How often a rule promotes a model that is no better: exact where two seats play without draws."""

from __future__ import annotations

import random

import pytest
from scipy.stats import binom

from bench.false_promotions import exactly, is_55_percent, is_above_half, looked_at, sequential, simulated


@pytest.mark.parametrize(("share", "expected"), [(0.5, 0.0255), (0.52, 0.125), (0.53, 0.226), (0.55, 0.521)])
def test_a_share_that_is_looked_at_once_is_binomial(share: float, expected: float) -> None:
    promoted, games = exactly(looked_at(400, 400, is_55_percent), share, 400)
    assert promoted == pytest.approx(expected, abs=6e-4)
    assert promoted == pytest.approx(float(binom.sf(219, 400, share)), abs=1e-9)
    assert games == pytest.approx(400)


def test_peeking_ruins_a_threshold() -> None:
    assert exactly(looked_at(100, 400, is_55_percent), 0.5, 400)[0] == pytest.approx(0.305, abs=6e-4)
    assert exactly(looked_at(20, 400, is_above_half), 0.5, 400)[0] == pytest.approx(0.183, abs=6e-4)


def test_peeking_costs_the_sequential_test_nothing() -> None:
    """Of all matches; those that are undecided after 1,500 games are few, and count as not promoted."""
    promoted, games = exactly(sequential(50), 0.5, 1500)
    assert 0.030 < promoted < 0.035
    assert 500 < games < 650


def test_a_simulation_is_the_same_each_time() -> None:
    row = simulated(100.0, 5, 3, random.Random(1))
    assert row == simulated(100.0, 5, 3, random.Random(1))
    assert row.startswith("| 0 to 100 | 5 |")
