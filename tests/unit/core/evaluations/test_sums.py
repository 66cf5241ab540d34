"""Numbers of an evaluation that must add up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from git_pbm.core.evaluations.evaluation import Evaluation, Outcomes
from git_pbm.core.evaluations.evaluation_reader import document_of
from git_pbm.core.evaluations.scores import Scores
from git_pbm.core.evaluations.sums import has_counts_of, sum_problems
from tests.unit.core.evaluations.documents import NEW, OLD, example, match


def changed(**fields: Any) -> Evaluation:
    read = document_of(example() | fields)
    assert isinstance(read, Evaluation)
    return read


def test_the_example_adds_up() -> None:
    assert sum_problems(changed()) == []


def test_pairs_of_openbench_add_up() -> None:
    """AndyGrant/OpenBench, OpenBench/stats.py: its games and its pairs are of one match."""
    assert sum_problems(match(39, 8843, 26675, 9240, 44, outcomes=Outcomes(22976, 44137, 22569))) == []


def test_pairs_of_fishtest_do_not_add_up() -> None:
    """official-stockfish/fishtest, stat_util.py: nine games more than the pairs, and wins less losses off by 2."""
    pairs = (10789, 19328, 33806, 19402, 10543)
    found = sum_problems(match(*pairs, outcomes=Outcomes(65388, 56553, 65804), games=187745))
    assert any("are 187736 games, and it states 187745" in problem for problem in found)
    assert any("wins less losses are -416, and -418 by its pairs" in problem for problem in found)


PROBLEMS: list[tuple[dict[str, Any], str]] = [
    ({"outcomes": {"win": 49, "draw": 0, "loss": 202}}, "outcomes are of 251 games"),
    ({"unit": 6}, "a unit of 6 games"),
    ({"left_over": 1}, "36 units of 7 and 1 left over are 253 games"),
    ({"ended": "2026-11-25T01:02:02Z"}, "before it started"),
    ({"by_seat": {str(n): [0, 0, 0] for n in range(8)}}, "in 8 of 7 seats"),
    ({"by_seat": {"france": [49, 1, 202]}}, "seats have loss 202 times"),
    ({"outcomes": {"win": 48, "draw": 0, "loss": 204}}, "have 48.999951 points, and its outcomes 48 "),
    ({"outcomes": {"win": 50, "draw": 9, "loss": 193}}, "points, and its outcomes 50 to 59 "),
]


@pytest.mark.parametrize(("fields", "problem"), PROBLEMS, ids=[row[1][:20] for row in PROBLEMS])
def test_what_does_not_add_up_is_said(fields: dict[str, Any], problem: str) -> None:
    assert any(problem in found for found in sum_problems(changed(**fields)))


@pytest.mark.parametrize(
    ("wins", "scoring", "fits"),
    [(40, "draw-size", False), (44, "draw-size", True), (40, "sum-of-squares", True), (40, None, True)],
)
def test_what_draws_are_worth_follows_from_the_scoring(wins: int, scoring: str | None, fits: bool) -> None:
    """49 points of 10 draws: at most half a point each where survivors share, up to one by squares of centres."""
    evaluation = changed(outcomes={"win": wins, "draw": 10, "loss": 242 - wins})
    found = [problem for problem in sum_problems(evaluation, scoring) if "points" in problem]
    assert (found == []) is fits


def test_left_over_games_have_their_points_to_spare() -> None:
    pairs = match(0, 0, 0, 0, 5)
    one_more = replace(pairs, games=11, left_over=1, outcomes=Outcomes(10, 0, 1))
    assert sum_problems(one_more) == []
    assert sum_problems(replace(one_more, outcomes=Outcomes(11, 0, 0))) == []
    assert sum_problems(replace(one_more, outcomes=Outcomes(9, 0, 2))) != []


def test_a_score_off_the_grid_of_two_seats_is_said() -> None:
    odd = match(0, 0, 1, scores=Scores(seats=2, unit=1, counts={333333: 1}))
    assert any("a score of two seats" in problem for problem in sum_problems(odd))


@pytest.mark.parametrize("drawn", [1, 3, 8])
def test_draws_must_fit_the_pairs(drawn: int) -> None:
    """Three middle pairs hold an even number of draws, at most 6."""
    lost_and_won = 8 - drawn
    evaluation = match(0, 0, 3, 0, 1, games=8, outcomes=Outcomes(lost_and_won - lost_and_won // 2, drawn, 0))
    assert any("draws do not fit" in problem for problem in sum_problems(evaluation))
    even = match(0, 0, 3, 0, 1, outcomes=Outcomes(3, 4, 1))
    assert sum_problems(even) == []


def test_single_games_have_the_outcomes_that_are_stated() -> None:
    assert sum_problems(match(3, 2, 5, by_seat=None)) != []  # the scores have two draws, the points may have one
    assert sum_problems(match(3, 2, 5, by_seat=None, outcomes=Outcomes(5, 2, 3))) == []
    found = sum_problems(match(3, 2, 5, by_seat=None, outcomes=Outcomes(6, 0, 4)))
    assert any("other outcomes" in problem for problem in found)


def test_a_sum_has_the_counts_of_an_earlier_one_from_either_side() -> None:
    part = match(1, 2, 3, 4, 5)
    grown = match(1, 2, 4, 4, 5)
    assert has_counts_of(part, part)
    assert has_counts_of(grown, part)
    assert not has_counts_of(part, grown)
    mirrored = match(5, 4, 3, 2, 1, model=OLD, opponent=NEW)
    assert has_counts_of(grown, mirrored)
    assert not has_counts_of(mirrored, grown)
    assert not has_counts_of(match(9, 0, 9, 9, 9), part)
