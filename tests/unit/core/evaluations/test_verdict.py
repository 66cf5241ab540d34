"""The gate's verdict on a candidate."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from git_pbm.core.evaluations.eligibility import Recorded
from git_pbm.core.evaluations.evaluation import Engine, Evaluation, Outcomes
from git_pbm.core.evaluations.evaluation_reader import document_of
from git_pbm.core.evaluations.policy import DEFAULT_ARENA, Arena, Fixed, Gate, Sprt
from git_pbm.core.evaluations.verdict import Decision, Step, Verdict, judge
from tests.unit.core.evaluations.documents import COMMIT, NEW, OLD, example, match

SPRT = Gate(arena=DEFAULT_ARENA, test=Sprt())
FIXED = Gate(arena=DEFAULT_ARENA, test=Fixed(400, 0.55))
SEVEN = Arena(name="diplomacy", seats=7, scoring="draw-size", config={"max_year": 1930, "movetime_ms": 5000})


def verdict_on(*evaluations: Evaluation, gate: Gate = SPRT, retracted: dict[str, str] | None = None) -> Verdict:
    recorded = [Recorded(f"e{number}", evaluation) for number, evaluation in enumerate(evaluations)]
    return judge(recorded, retracted or {}, gate, NEW, OLD)


def test_the_example_is_accepted_with_its_figures() -> None:
    read = document_of(example())
    assert isinstance(read, Evaluation)
    needs = ("loaded-in-memory", "log", "clean-engine", "one-engine")
    found = verdict_on(read, gate=Gate(arena=SEVEN, test=Sprt(elo1=70), needs=needs))
    assert found.decision is Decision.ACCEPTED
    assert found.llr == 3.162967
    assert found.bounds == (-2.944439, 2.944439)
    assert (found.units, found.games, found.outcomes) == (36, 252, Outcomes(49, 0, 203))
    assert found.score == pytest.approx(0.194444, abs=1e-6)
    assert found.interval == pytest.approx((0.155, 0.234), abs=5e-4)
    assert found.elo == pytest.approx(64.3, abs=0.05)
    assert found.elo_interval == pytest.approx((16.1, 105.6), abs=0.05)
    assert (found.path, found.counted) == ((Step("e0", 3.162967),), ("e0",))
    assert (found.left_out, found.missing, found.reason, found.games_left) == ((), (), "", None)


def test_without_games_the_gate_is_undecided() -> None:
    found = verdict_on()
    assert (found.decision, found.llr, found.games_left) == (Decision.UNDECIDED, 0.0, None)
    assert (found.score, found.interval, found.elo, found.elo_interval) == (None, None, None, None)


def test_an_undecided_candidate_that_is_ahead_is_told_how_many_games_are_left() -> None:
    found = verdict_on(match(180, 0, 220))
    assert (found.decision, found.llr) == (Decision.UNDECIDED, 2.003315)
    assert found.games_left == 188  # (2.944439 - 2.003315) / (2.003315 / 400), rounded up


def test_an_undecided_candidate_that_is_behind_is_told_none() -> None:
    assert verdict_on(match(21, 0, 20)).games_left is None


def test_wins_alone_are_too_few_until_there_are_twenty_units() -> None:
    found = verdict_on(match(0, 0, 0, 0, 19, by_seat=None))
    assert (found.decision, found.games_left) == (Decision.UNDECIDED, 24)  # 12 pairs at .0956 each
    few = replace(SPRT, test=Sprt(elo1=200))
    found = verdict_on(match(0, 0, 19), gate=few)
    assert found.llr is not None
    assert found.llr > 2.944439
    assert (found.decision, found.games_left) == (Decision.UNDECIDED, 1)
    assert verdict_on(match(0, 0, 20), gate=few).decision is Decision.ACCEPTED


def test_a_lower_crossing_is_final() -> None:
    lost, won = match(250, 0, 200, day=1), match(100, 0, 400, day=2)
    found = verdict_on(lost, won)
    assert found.decision is Decision.REJECTED
    assert found.llr is not None
    assert found.llr > 2.944439
    assert [step.name for step in found.path] == ["e0", "e1"]
    assert verdict_on(replace(lost, ended="2026-11-03T00:00:00Z"), won).decision is Decision.ACCEPTED


def test_a_lower_crossing_with_too_few_units_is_not_final() -> None:
    gate = replace(SPRT, test=Sprt(elo1=200))
    assert verdict_on(match(19, 0, 0), gate=gate).decision is Decision.UNDECIDED
    assert verdict_on(match(20, 0, 0), gate=gate).decision is Decision.REJECTED


def test_a_pass_that_later_games_take_back_is_not_a_pass() -> None:
    won = match(180, 0, 240, day=1)
    assert verdict_on(won).decision is Decision.ACCEPTED
    assert verdict_on(won, match(60, 0, 40, day=2)).decision is Decision.UNDECIDED


def test_every_order_of_the_files_gives_the_same_verdict() -> None:
    evaluations = [match(20, 0, 30, day=1), match(30, 0, 40, day=2, model=OLD, opponent=NEW), match(1, 2, 3, day=3)]
    recorded = [Recorded(f"e{number}", evaluation) for number, evaluation in enumerate(evaluations)]
    verdicts = [judge(order, {}, SPRT, NEW, OLD) for order in itertools.permutations(recorded)]
    assert all(verdict == verdicts[0] for verdict in verdicts)


def test_ratios_of_games_and_pairs_are_added_up_and_games_weigh_the_score() -> None:
    found = verdict_on(match(10, 0, 20, day=1), match(0, 0, 10, 0, 10, day=2, by_seat=None))
    alone = [verdict_on(match(10, 0, 20)), verdict_on(match(0, 0, 10, 0, 10, by_seat=None))]
    assert found.llr == pytest.approx(sum(one.llr or 0 for one in alone), abs=2e-6)
    assert (found.units, found.games, found.score) == (50, 70, round(50 / 70, 6))


@pytest.mark.parametrize(
    ("engines", "decision"), [([COMMIT, COMMIT], Decision.UNDECIDED), ([COMMIT, "e" * 40], Decision.INVALID)]
)
def test_two_engines_are_invalid_where_one_is_needed(engines: list[str], decision: Decision) -> None:
    evaluations = [match(10, 0, 20, day=n + 1, engine=Engine("e", commit, True)) for n, commit in enumerate(engines)]
    found = verdict_on(*evaluations, gate=replace(SPRT, needs=("one-engine",)))
    assert found.decision is decision
    assert (COMMIT in found.reason, found.games_left is None) == ((decision is Decision.INVALID),) * 2
    assert verdict_on(*evaluations).decision is Decision.UNDECIDED


def test_a_log_that_counts_twice_is_invalid_unless_one_is_retracted() -> None:
    evaluations = [match(10, 0, 20, day=1, log="a"), match(10, 0, 21, day=2, log="a")]
    found = verdict_on(*evaluations)
    assert found.decision is Decision.INVALID
    assert "is used in e0 and e1" in found.reason
    assert verdict_on(*evaluations, retracted={"e0": "half of it"}).decision is Decision.UNDECIDED


def test_what_is_missing_is_said() -> None:
    found = verdict_on(match(10, 0, 20), gate=replace(SPRT, needs=("loaded", "clean-engine")))
    assert found.missing == ("loaded", "clean-engine")
    assert found.left_out[0].why == "it does not meet loaded, clean-engine"
    assert found.counted == ()


@pytest.mark.parametrize(
    ("matches", "decision", "left"),
    [
        ([(180, 0, 220)], Decision.ACCEPTED, None),
        ([(181, 0, 219)], Decision.REJECTED, None),
        ([(100, 0, 150)], Decision.UNDECIDED, 150),
        ([(100, 0, 150), (90, 0, 100)], Decision.ACCEPTED, None),
        ([(181, 0, 219), (0, 0, 400)], Decision.REJECTED, None),
        ([], Decision.UNDECIDED, 400),
    ],
)
def test_a_fixed_number_of_games_decides_once(
    matches: list[tuple[int, ...]], decision: Decision, left: int | None
) -> None:
    found = verdict_on(*(match(*counts, day=day) for day, counts in enumerate(matches, 1)), gate=FIXED)
    assert (found.decision, found.games_left) == (decision, left)
    assert (found.llr, found.bounds, found.path) == (None, None, ())


def test_an_even_result_is_zero_elo_without_a_sign() -> None:
    found: Any = verdict_on(match(50, 0, 50))
    assert str(found.elo) == "0.0"
