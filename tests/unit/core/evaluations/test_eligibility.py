"""Which evaluations count, and why the others do not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from git_pbm.core.evaluations.eligibility import (
    Recorded,
    candidates_tried,
    is_balanced,
    matches_of,
    repeated_logs,
    select,
)
from git_pbm.core.evaluations.evaluation import (
    Engine,
    EvaluatedModel,
    Evaluation,
    Loaded,
    NamedOpponent,
    Outcomes,
)
from git_pbm.core.evaluations.evaluation_reader import document_of
from git_pbm.core.evaluations.policy import DEFAULT_ARENA, Arena, Gate, Sprt
from git_pbm.core.evaluations.scores import Scores
from tests.unit.core.evaluations.documents import COMMIT, NEW, OLD, example, match

BOT = NamedOpponent("medium", "1")
GATE = Gate(arena=DEFAULT_ARENA, test=Sprt())
SEVEN = Arena(name="diplomacy", seats=7, scoring="draw-size", config={"max_year": 1930, "movetime_ms": 5000})


def recorded(*evaluations: Evaluation) -> list[Recorded]:
    return [Recorded(f"e{number}", evaluation) for number, evaluation in enumerate(evaluations)]


def why_left_out(evaluation: Evaluation, gate: Gate = GATE) -> str:
    counted, left_out = select(recorded(evaluation), {}, gate, NEW, OLD)
    assert len(counted) + len(left_out) == 1
    return left_out[0].why if left_out else ""


def test_a_match_of_the_two_models_counts() -> None:
    counted, left_out = select(recorded(match(3, 0, 4)), {}, GATE, NEW, OLD)
    assert [one.scores for one in counted] == [match(3, 0, 4).scores]
    assert left_out == []


def test_a_match_of_two_seats_counts_mirrored_in_the_other_direction() -> None:
    other = match(3, 0, 4, model=OLD, opponent=NEW)
    (one,), _ = select(recorded(other), {}, GATE, NEW, OLD)
    assert (one.scores, one.outcomes) == (match(4, 0, 3).scores, Outcomes(3, 0, 4))


def test_other_pairs_and_named_opponents_are_not_looked_at() -> None:
    third = replace(NEW, id="0badcafe")
    assert select(recorded(match(1, 0, 1, opponent=BOT), match(1, 0, 1, model=third)), {}, GATE, NEW, OLD) == ([], [])


def test_the_order_is_that_of_their_ends_and_then_their_names() -> None:
    counted, _ = select(
        recorded(match(1, 0, 1, day=2), match(1, 0, 1, day=1), match(1, 0, 1, day=1)), {}, GATE, NEW, OLD
    )
    assert [one.recorded.name for one in counted] == ["e1", "e2", "e0"]


LEFT_OUT: list[tuple[dict[str, Any], str]] = [
    ({"model": replace(NEW, networks="f" * 64)}, "af031d72 had other networks then"),
    ({"opponent": replace(OLD, networks="f" * 64)}, "04df89cf had other networks then"),
    ({"arena": "blitz"}, "it is of the arena blitz"),
    ({"scores": Scores(seats=3, unit=3, counts={0: 1})}, "it has 3 seats, and the arena 2"),
    ({"config": {"nodes": 1}}, "its configuration is not that of the arena"),
    ({"cut_short": True}, "it was cut short"),
    ({"scores": Scores(seats=2, unit=2, counts={})}, "it has no whole unit"),
    ({"by_seat": None}, "its seats are not balanced"),
]


@pytest.mark.parametrize(("fields", "why"), LEFT_OUT, ids=[row[1] for row in LEFT_OUT])
def test_why_an_evaluation_does_not_count_is_said(fields: dict[str, Any], why: str) -> None:
    assert why_left_out(match(1, 0, 1, **fields)) == why


def test_a_retracted_evaluation_does_not_count() -> None:
    counted, left_out = select(recorded(match(1, 0, 1)), {"e0": "the wrong net"}, GATE, NEW, OLD)
    assert (counted, left_out[0].why) == ([], "retracted: the wrong net")


def test_with_more_than_two_seats_only_the_candidate_in_one_seat_counts() -> None:
    seven = document_of(example())
    assert isinstance(seven, Evaluation)
    gate = Gate(arena=SEVEN, test=Sprt())
    assert why_left_out(seven, gate) == ""
    assert why_left_out(replace(seven, model=OLD, opponent=NEW), gate) == "the candidate had all seats but one"


@pytest.mark.parametrize(
    ("by_seat", "balanced"),
    [({"black": 5, "white": 6}, True), ({"black": 5, "white": 7}, False), ({"white": 9}, False)],
)
def test_single_games_are_balanced_where_seats_differ_by_one_game(by_seat: dict[str, int], balanced: bool) -> None:
    seats = {seat: Outcomes(games, 0, 0) for seat, games in by_seat.items()}
    assert is_balanced(match(1, 0, 1, by_seat=seats)) is balanced
    assert is_balanced(match(0, 0, 1, 0, 0, by_seat=seats))


PROOF = Loaded(NEW.id + "0" * 56, None, "log")
ENGINE = Engine("e", COMMIT, True)
NEEDS: list[tuple[str, dict[str, Any], bool]] = [
    ("loaded", {"loaded": PROOF}, True),
    ("loaded", {"loaded": replace(PROOF, how="label")}, False),
    ("loaded", {"loaded": replace(PROOF, policy="0" * 64)}, False),
    ("loaded", {}, False),
    ("loaded-in-memory", {"loaded": PROOF}, False),
    ("loaded-in-memory", {"loaded": replace(PROOF, how="in-memory")}, True),
    ("log", {}, True),
    ("log", {"logs": ()}, False),
    ("clean-engine", {"engine": ENGINE}, True),
    ("clean-engine", {"engine": replace(ENGINE, clean=False)}, False),
    ("clean-engine", {}, False),
    ("one-engine", {"engine": ENGINE}, True),
    ("one-engine", {}, False),
]


@pytest.mark.parametrize(("need", "fields", "met"), NEEDS, ids=[f"{n}-{row[0]}" for n, row in enumerate(NEEDS)])
def test_what_the_gate_needs_is_looked_for(need: str, fields: dict[str, Any], met: bool) -> None:
    gate = replace(GATE, needs=(need,))
    _, left_out = select(recorded(match(1, 0, 1, **fields)), {}, gate, NEW, OLD)
    assert [one.needs for one in left_out] == ([] if met else [(need,)])


def test_a_log_that_is_used_twice_is_found() -> None:
    twice = recorded(match(1, 0, 1, log="a"), match(1, 0, 1, log="b"), match(2, 0, 1, log="a"))
    assert repeated_logs(twice) == {"a".rjust(64, "0"): ["e0", "e2"]}


def test_the_ladder_counts_what_is_whole_and_of_the_arena() -> None:
    found = matches_of(
        recorded(
            match(1, 0, 1, opponent=BOT),
            match(1, 0, 2),
            match(1, 0, 3, cut_short=True),
            match(1, 0, 4),
            match(1, 0, 5, opponent=replace(OLD, networks="f" * 64)),
            match(1, 0, 6, model=EvaluatedModel("0badcafe", "gone", "e" * 64)),
        ),
        {"e3": "a reason"},
        DEFAULT_ARENA,
        {NEW.id: NEW.networks, OLD.id: OLD.networks},
    )
    assert [(one.evaluation, one.player, one.opponent) for one in found] == [
        ("e0", NEW.id, "medium@1"),
        ("e1", NEW.id, OLD.id),
        ("e5", "0badcafe", OLD.id),
    ]


def test_candidates_are_those_that_met_the_baseline() -> None:
    third = EvaluatedModel("0badcafe", "rl-r1-i2", "e" * 64)
    evaluations = [
        match(1, 0, 1),
        match(1, 0, 2),
        match(1, 0, 1, model=OLD, opponent=third),
        match(1, 0, 1, model=third, opponent=NEW),
        match(1, 0, 1, opponent=BOT),
        match(1, 0, 1, arena="blitz", model=third),
    ]
    assert candidates_tried(evaluations, OLD, DEFAULT_ARENA) == {NEW.id, third.id}
    seven = replace(SEVEN, name="default")
    assert candidates_tried(evaluations, OLD, seven) == {NEW.id}
