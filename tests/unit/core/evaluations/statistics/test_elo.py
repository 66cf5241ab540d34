"""Scores of strengths and strengths of scores, for two seats and for more."""

from __future__ import annotations

import pytest

from git_pbm.core.evaluations.statistics.elo import elo_of_score, score_of_elo


@pytest.mark.parametrize(
    ("elo", "seats", "score"),
    [
        (0, 7, 0.142857),
        (35, 7, 0.169344),
        (70, 7, 0.199598),
        (100, 7, 0.228621),
        (35, 2, 0.550199),
        (100, 2, 0.640065),
    ],
)
def test_a_score_follows_from_luces_choice_rule(elo: float, seats: int, score: float) -> None:
    assert score_of_elo(elo, seats) == pytest.approx(score, abs=1e-6)
    assert elo_of_score(score_of_elo(elo, seats), seats) == pytest.approx(elo, abs=1e-9)


def test_a_score_is_in_elo_what_the_logistic_says() -> None:
    assert elo_of_score(110 / 700, 7) == pytest.approx(19.5, abs=0.05)


@pytest.mark.parametrize("score", [0.0, 1.0])
def test_the_ends_have_no_elo(score: float) -> None:
    assert elo_of_score(score, 2) is None
