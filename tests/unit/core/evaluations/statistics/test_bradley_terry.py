"""Strengths against those of KataGo, katago-server and choix."""

from __future__ import annotations

import math
from collections.abc import Sequence

import choix
import numpy as np
import pytest

from git_pbm.core.evaluations.statistics.bradley_terry import Fit, Result, fit
from git_pbm.core.evaluations.statistics.elo import ELO_PER_NEPER


def games(first: int, second: int, won: float, lost: float) -> Result:
    return Result(first=first, second=second, games=won + lost, score=won / (won + lost))


def with_prior(prior: float, *results: Result) -> list[float]:
    """Elo of three players who each won and lost ``prior`` games against a fourth, whose strength is 0."""
    found = fit(4, 3, [*results, *(games(player, 3, prior, prior) for player in range(3))])
    return [ELO_PER_NEPER * strength for strength in found.strengths[:3]]


@pytest.mark.parametrize(
    ("prior", "results", "expected"),
    [
        (1, [(1, 2, 200, 100)], [0, 59.9833, -59.9834]),
        (1, [(0, 2, 0, 1), (1, 2, 5, 0), (2, 0, 0, 5), (2, 1, 1, 0)], [76.5228, 76.5228, -161.285]),
        (1, [(1, 2, 0, 1), (2, 0, 5, 1), (2, 1, 0, 5)], [-190.849, 190.849, 0]),
        (0.1, [(1, 2, 0, 1), (2, 0, 5, 1), (2, 1, 0, 5)], [-266.471, 266.471, 0]),
        (0.01, [(1, 2, 0, 1), (2, 0, 7, 1), (2, 1, 0, 5)], [-322.013, 292.742, 14.5828]),
    ],
)
def test_strengths_are_those_of_katago(
    prior: float, results: list[tuple[int, int, float, float]], expected: Sequence[float]
) -> None:
    """lightvector/KataGo, cpp/core/elo.cpp, runTests; its iteration ends at a few thousandths."""
    assert with_prior(prior, *(games(*result) for result in results)) == pytest.approx(expected, abs=0.003)


def chain() -> Fit:
    edges = [(1, 0, 6, 12), (2, 0, 12, 6), (3, 2, 24, 12), (4, 3, 40, 8)]
    return fit(5, 0, [games(*edge) for edge in edges])


def test_strengths_and_errors_are_those_of_the_server_of_katago() -> None:
    """katago/katago-server, src/apps/trainings/tests/test_elo.py, virtual draws as halves of a win and a loss."""
    one = fit(2, 0, [games(1, 0, 10 + 2, 4 + 2)])
    assert (one.strengths[1], one.errors[1]) == pytest.approx((math.log(2), 0.5))
    two = fit(2, 0, [games(1, 0, 32 + 2 + 2, 8 + 2 + 2)])
    assert (two.strengths[1], two.errors[1]) == pytest.approx((math.log(3), 1 / 3))
    ln2 = math.log(2)
    assert chain().strengths == pytest.approx([0, -ln2, ln2, 2 * ln2, 2 * ln2 + math.log(5)])


def test_errors_are_those_of_the_difference_to_the_anchor() -> None:
    """The same chain: the server's own errors take all other strengths as known, .387 for the last."""
    assert chain().errors == pytest.approx([0, 0.5, 0.5, 0.612372, 0.724569], abs=1e-6)


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        ([(1, 0), (0, 4), (3, 1), (0, 2), (2, 4), (4, 3)], [0.582814, 0.194271, 0, -0.194271, -0.582814]),
        ([(0, 1), (0, 1), (1, 2), (2, 0)], [0.419617624, 0, -0.419617624]),
    ],
)
def test_strengths_are_those_that_choix_documents(pairs: list[tuple[int, int]], expected: list[float]) -> None:
    """lucasmaystre/choix: notebooks/intro-pairwise.ipynb, and the second pairwise case of its tests, sorted."""
    players = len(expected)
    found = fit(players, 0, [games(winner, loser, 1, 0) for winner, loser in pairs]).strengths
    middle = sum(found) / players
    assert sorted(strength - middle for strength in found) == pytest.approx(sorted(expected), abs=1e-6)


def test_strengths_are_those_that_choix_finds() -> None:
    chance = np.random.default_rng(5)
    drawn = [chance.choice(8, 2, replace=False) for _ in range(300)]
    pairs = [(int(winner), int(loser)) for winner, loser in drawn]
    theirs = choix.opt_pairwise(8, pairs, alpha=1e-12, tol=1e-10)
    ours = fit(8, 0, [games(winner, loser, 1, 0) for winner, loser in pairs]).strengths
    assert list(np.array(ours) - np.mean(ours)) == pytest.approx(list(theirs - np.mean(theirs)), abs=1e-5)


def test_one_seat_of_seven_at_parity_is_as_strong_as_the_others() -> None:
    found = fit(2, 0, [Result(first=1, second=0, games=700, score=1 / 7, seats=7)])
    assert found.strengths[1] == pytest.approx(0, abs=1e-9)
    assert found.errors[1] == pytest.approx(1 / math.sqrt(700 * 6 / 49))


def test_a_step_that_goes_too_far_is_halved() -> None:
    found = fit(3, 0, [games(1, 0, 10**6, 1), games(2, 1, 10**6, 1), games(0, 2, 1, 10**6)])
    assert found.strengths[2] - found.strengths[1] == pytest.approx(found.strengths[1], abs=1e-6)


def test_who_won_everything_is_much_stronger() -> None:
    assert 10 < fit(2, 0, [games(1, 0, 1, 0)]).strengths[1] < 40


def test_a_ladder_of_one_player_is_the_anchor() -> None:
    assert fit(1, 0, []) == Fit([0.0], [0.0])
