"""The sequential test against the figures that other programs print and test."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from git_pbm.core.evaluations.scores import Scores
from git_pbm.core.evaluations.statistics.elo import score_of_elo
from git_pbm.core.evaluations.statistics.llr import bounds, llr, pooled_llr
from tests.unit.core.evaluations.histograms import pool, rounds_of_seven, two_seats


@pytest.mark.parametrize(
    ("counts", "elo0", "elo1", "value", "ours"),
    [
        ((21184, 40708, 21404), 0.5, 2.5, -1.57, -1.5719),
        ((57030, 106593, 57433), 0, 2, -2.59, -2.5930),
        ((223, 9863, 21279, 10037, 246), 0.5, 2.5, -3.07, -3.0741),
        ((871, 26175, 55983, 26678, 821), 0, 2, -4.98, -4.9787),
    ],
)
def test_logistic_ratios_are_those_of_fastchess(
    counts: tuple[int, ...], elo0: float, elo1: float, value: float, ours: float
) -> None:
    """Disservin/fastchess, app/tests/sprt_test.cpp, the logistic cases; its own tolerance is 1 percent."""
    assert llr(two_seats(*counts), elo0, elo1) == pytest.approx(value, rel=0.01)
    assert llr(two_seats(*counts), elo0, elo1) == pytest.approx(ours, abs=5e-5)


@pytest.mark.parametrize(
    ("counts", "elo0", "elo1", "value"),
    [
        ((10789, 19328, 33806, 19402, 10543), -3, 1, 2.1310678118),
        ((39, 2226, 31451, 2412, 40), 0.2, 0.9, 2.1625425800),
    ],
)
def test_logistic_ratios_of_pairs_are_those_of_fishtest(
    counts: tuple[int, ...], elo0: float, elo1: float, value: float
) -> None:
    """official-stockfish/fishtest, server/fishtest/stats/stat_util.py."""
    assert llr(two_seats(*counts), elo0, elo1) == pytest.approx(value, abs=1e-9)


@pytest.mark.parametrize(
    ("won", "lost", "drawn", "theirs", "ours", "tolerance"),
    [
        (1477, 1351, 2942, 2.52, 2.5242, 0.01),
        (555, 555, 298, -0.74, -0.7397, 0.01),
        (3, 149, 1, -4.69, -4.2933, 0.4),  # far beyond where anybody decides, the two estimators part
    ],
)
def test_ratios_agree_with_cutechess_where_it_matters(
    won: int, lost: int, drawn: int, theirs: float, ours: float, tolerance: float
) -> None:
    """cutechess/cutechess, projects/lib/tests/sprt/tst_sprt.cpp: BayesElo, another estimator; Elo 0 to 10."""
    value = llr(two_seats(lost, drawn, won), 0, 10)
    assert value == pytest.approx(theirs, abs=tolerance)
    assert value == pytest.approx(ours, abs=5e-5)


def leela_zero(won: int, lost: int) -> float:
    """The older approximation of leela-zero/leela-zero-server, classes/utilities.js, written from its formula."""
    wins, losses = max(won, 1), max(lost, 1)
    share = wins / (wins + losses)
    low, high = score_of_elo(0, 2), score_of_elo(35, 2)
    return (high - low) * (2 * share - low - high) / ((share - share**2) / (wins + losses)) / 2


def test_ratios_are_near_those_of_leela_zero() -> None:
    """leela-zero/leela-zero-server, test/utilities.js."""
    assert leela_zero(220, 180) == pytest.approx(2.0201699, abs=1e-7)
    assert llr(two_seats(180, 0, 220), 0, 35) == pytest.approx(2.0033146, abs=1e-7)


@pytest.mark.parametrize(
    ("counts", "value", "tolerance"),
    [
        ((0, 0, 0), -2.3e-5, 1e-6),
        ((0, 0, 10), 0.9567156, 1e-7),
        ((0, 20, 10), 2.8694802, 1e-7),
        ((1, 20, 10), 2.2721199, 1e-7),
        ((99, 40, 131), 2.1805756, 1e-7),
    ],
)
def test_results_that_were_never_seen_do_not_break_the_test(
    counts: tuple[int, ...], value: float, tolerance: float
) -> None:
    """Values of official-stockfish/fishtest, server/fishtest/stats/LLRcalc.py, for the same counts."""
    assert llr(two_seats(*counts), 0, 35) == pytest.approx(value, abs=tolerance)


@pytest.mark.parametrize(
    ("counts", "value"),
    [((30, 40, 22, 8), -3.814859), ((40, 40, 15, 5), -6.845651), ((8, 9, 3), -1.368601), ((6, 14, 13, 3), 3.162967)],
)
def test_rounds_of_seven_seats(counts: tuple[int, ...], value: float) -> None:
    """``LLR()`` of official-stockfish/fishtest, server/fishtest/stats/LLRcalc.py, on the same distribution."""
    assert llr(rounds_of_seven(*counts), 0, 70) == pytest.approx(value, abs=1e-6)


def test_exact_sevenths_and_millionths_agree_to_the_fourth_digit() -> None:
    """The value of exact sevenths, by the same ``LLR()`` of fishtest."""
    assert llr(rounds_of_seven(30, 40, 22, 8), 0, 70) == pytest.approx(-3.814828, abs=5e-5)


@pytest.mark.parametrize(
    ("alpha", "beta", "expected"),
    [
        (0.05, 0.05, (-2.9444389791664403, 2.9444389791664403)),
        (0.01, 0.01, (-4.59511985013459, 4.59511985013459)),
        (0.05, 0.10, (-2.2512917986, 2.8903717580)),
    ],
)
def test_bounds_are_walds(alpha: float, beta: float, expected: tuple[float, float]) -> None:
    """A. Wald, "Sequential tests of statistical hypotheses", 1945; the values are fishtest's and cutechess's."""
    assert bounds(alpha, beta) == pytest.approx(expected, abs=1e-9)


def by_scipy(scores: Scores, elo0: float, elo1: float) -> float:
    """The same definition with scipy's root finder, on all classes of two seats."""
    steps = 2 * scores.unit
    rows = [(step / steps, scores.counts.get(step * 1_000_000 // steps, 0) or 1e-3) for step in range(steps + 1)]
    total = sum(count for _, count in rows)

    def logs(mean: float) -> list[float]:
        ends, inside = (-1 / (1 - mean), 1 / mean), 1 - 1e-12
        root = brentq(
            lambda x: sum(n / total * (a - mean) / (1 + x * (a - mean)) for a, n in rows),
            ends[0] * inside,
            ends[1] * inside,
            xtol=1e-15,
            rtol=1e-14,
        )
        return [math.log(n / total / (1 + root * (a - mean))) for a, n in rows]

    first, second = (logs(score_of_elo(elo, 2)) for elo in (elo0, elo1))
    return sum(n * (b - a) for (_, n), a, b in zip(rows, first, second, strict=True))


@settings(max_examples=40, deadline=None)
@given(
    st.one_of(
        st.lists(st.integers(0, 5000), min_size=3, max_size=3), st.lists(st.integers(0, 5000), min_size=5, max_size=5)
    ),
    st.floats(-10, 10),
    st.floats(1, 80),
)
def test_the_root_is_the_one_that_scipy_finds(counts: list[int], elo0: float, width: float) -> None:
    scores = two_seats(*counts)
    assert llr(scores, elo0, elo0 + width) == pytest.approx(by_scipy(scores, elo0, elo0 + width), rel=1e-7, abs=1e-7)


def test_ratios_of_games_and_pairs_are_added_up() -> None:
    games, pairs = two_seats(99, 40, 131), two_seats(1, 2, 9, 5, 3)
    expected = llr(games, 0, 35) + llr(pairs, 0, 35)
    assert pooled_llr(pool([games, pairs]), 0, 35) == pytest.approx(expected, abs=1e-12)
    assert pooled_llr(pool([]), 0, 35) == 0


def test_a_billion_games_that_were_all_won_have_a_ratio() -> None:
    assert llr(two_seats(0, 0, 10**9), 0, 5) > 1e6
    assert llr(two_seats(10**9, 0, 0), 0, 5) < -1e6
