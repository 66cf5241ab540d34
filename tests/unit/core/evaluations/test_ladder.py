"""The ladder: who is rated, by how much, and what surprises."""

from __future__ import annotations

import math
import random

import pytest

from git_pbm.core.evaluations.ladder import Entrant, Ladder, Match, default_anchor, effective_games, ladder
from git_pbm.core.evaluations.scores import Scores
from git_pbm.core.evaluations.statistics.elo import score_of_elo
from tests.unit.core.evaluations.histograms import rounds_of_seven, two_seats


def match(player: str, opponent: str, scores: Scores, evaluation: str = "") -> Match:
    return Match(evaluation=evaluation or f"{player}-{opponent}", player=player, opponent=opponent, scores=scores)


def elo_of(found: Ladder) -> dict[str, float]:
    return {rating.key: rating.elo for rating in found.ratings}


@pytest.mark.parametrize(("lost", "won", "elo"), [(180, 220, 34.7726), (0, 10, 528.8879)])
def test_a_pair_of_two_seats_has_half_a_win_and_half_a_loss_more(lost: int, won: int, elo: float) -> None:
    """In closed form: 400 log10((won + 1/2) / (lost + 1/2))."""
    found = ladder([], [match("new", "old", two_seats(lost, 0, won))], "old")
    assert elo_of(found)["new"] == pytest.approx(elo, abs=5e-4)
    assert elo_of(found)["new"] == pytest.approx(400 * math.log10((won + 0.5) / (lost + 0.5)), abs=1e-6)


def test_a_pair_of_seven_seats_has_a_seventh_of_a_win_more() -> None:
    found = ladder([], [match("new", "old", rounds_of_seven(0, 0, 0, 0, 0, 0, 0, 10))], "old")
    assert elo_of(found)["new"] == pytest.approx(400 * math.log10((70 + 1 / 7) / (6 / 7) * 6), abs=1e-6)


def test_both_directions_share_the_game_that_keeps_ratings_finite() -> None:
    one = match("new", "old", two_seats(3, 0, 7))
    other = match("old", "new", two_seats(2, 0, 4))
    assert elo_of(ladder([], [one, other], "old"))["new"] == pytest.approx(400 * math.log10(9.5 / 7.5), abs=1e-6)
    assert ladder([], [one, other], "old") == ladder([], [other, one], "old")


def test_the_anchor_is_at_zero_and_ratings_fall() -> None:
    found = ladder([], [match("b", "a", two_seats(20, 0, 40)), match("c", "b", two_seats(10, 0, 50))], "a")
    assert [rating.key for rating in found.ratings] == ["c", "b", "a"]
    anchor = found.ratings[-1]
    assert (anchor.elo, anchor.low, anchor.high, anchor.games, anchor.opponents) == (0, 0, 0, 60, 1)
    assert (found.ratings[1].games, found.ratings[1].opponents) == (120, 2)
    assert found.ratings[0].low < found.ratings[0].elo < found.ratings[0].high


def test_who_is_not_connected_is_unrated() -> None:
    matches = [match("b", "a", two_seats(1, 0, 2)), match("d", "c", two_seats(1, 0, 2)), match("e", "a", two_seats(0))]
    found = ladder(["f", "a"], matches, "a")
    assert [rating.key for rating in found.ratings] == ["b", "a"]
    assert [(one.key, one.against) for one in found.unrated] == [("f", "a"), ("d", "a"), ("c", "a")]


def test_an_anchor_that_never_played_is_rated_alone() -> None:
    found = ladder(["a"], [], "a")
    assert [(rating.key, rating.games, rating.opponents) for rating in found.ratings] == [("a", 0, 0)]


def test_draws_make_a_game_say_more() -> None:
    assert effective_games(two_seats(20, 60, 20)) == pytest.approx(100 * 0.25 / 0.1)
    assert effective_games(two_seats(20, 0, 20)) == pytest.approx(40)
    assert effective_games(two_seats(10, 9, 10)) == 29
    assert effective_games(two_seats(0, 50, 0)) == 50


def test_a_cycle_surprises() -> None:
    strong = two_seats(20, 0, 80)
    found = ladder([], [match("b", "a", strong), match("c", "b", strong), match("a", "c", strong)], "a")
    assert {one.evaluation for one in found.surprises} == {"b-a", "c-b", "a-c"}
    assert all(one.z == pytest.approx(6.0, abs=0.01) for one in found.surprises)
    assert ladder([], [match("b", "a", strong), match("c", "b", strong)], "a").surprises == ()


def test_the_interval_covers_the_truth_as_often_as_it_says_with_many_draws() -> None:
    """With 60 percent draws the games alone would say 99.8 percent; 600 matches of 400 games."""
    chance, inside = random.Random(7), 0
    for _ in range(600):
        drawn = _binomial(chance, 400, 0.6)
        won = _binomial(chance, 400 - drawn, (score_of_elo(30, 2) - 0.3) / 0.4)
        rating = ladder([], [match("b", "a", two_seats(400 - drawn - won, drawn, won))], "a").ratings
        new = next(one for one in rating if one.key == "b")
        inside += new.low < 30 < new.high
    assert 0.93 < inside / 600 < 0.975


def _binomial(chance: random.Random, count: int, share: float) -> int:
    return sum(chance.random() < share for _ in range(count))


def test_the_anchor_is_the_oldest_model_that_games_connect_with_the_current_one() -> None:
    entrants = [Entrant("b", "v2", "2026-02-01"), Entrant("a", "v1", "2026-01-01"), Entrant("c", "v0", "2026-01-01")]
    connected = [match("b", "a", two_seats(1, 0, 1)), match("a", "bot@1", two_seats(1, 0, 1))]
    assert default_anchor(entrants, connected, "b") == "a"
    assert default_anchor(entrants, [*connected, match("c", "bot@1", two_seats(1, 0, 1))], "b") == "c"
    assert default_anchor(entrants, [], "b") == "b"
    assert default_anchor([], [], "b") == "b"
