"""The rule about the gate over steps of history in memory, and over whole ranges."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import pytest

from git_pbm.core.documents.commit_message import promoted, rolled_back
from git_pbm.core.evaluations.evaluation import EvaluatedModel, Evaluation, Retraction, path_of
from git_pbm.core.evaluations.gate import (
    estimate_texts,
    evidence_text,
    gate_of,
    gate_text,
    player_of,
    says_the_same,
    verdict_of,
)
from git_pbm.core.evaluations.policy import Fixed, Gate, policy_in
from git_pbm.core.evaluations.verdict import Verdict
from git_pbm.core.findings import Finding, Outcome, Severity, Unverified
from git_pbm.core.registry.change import Change, Origin, Turn
from git_pbm.core.registry.facts import Unavailable
from git_pbm.core.registry.ledger import MemoryLedger
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.change.gate import range_meets_gate
from git_pbm.core.rules.engine import judge_change, outcome_of
from git_pbm.core.rules.table import ABOUT_GATE
from tests.support.registries import Tree, good_tree
from tests.unit.core.evaluations.documents import match
from tests.unit.core.test_change_rules import promoting, without

GATE = b"[gate]\nelo = [0, 100]\nunits = 5\n"
STRICT = GATE + b"override = false\n"
OTHER = b"[gate]\nelo = [0, 200]\nunits = 5\n"
PLAIN = good_tree()
GOOD = PLAIN.with_file(".pbm.toml", GATE)
OLD, CURRENT, NEW = GOOD.ids  # supervised-v1, rl-r1-i1 (current), supervised-v2
ADDED = f"feat: add supervised-v2 model ({NEW})"

WINS = (0, 1, 2, 5, 22)
"""Pairs, from lost ones to won ones: enough for the gate."""
LOSSES = (22, 5, 2, 1, 0)
FEW = (0, 0, 1, 0, 2)


def player(model_id: str) -> EvaluatedModel:
    found = player_of(Registry(GOOD.snapshot()), model_id)
    assert isinstance(found, EvaluatedModel)
    return found


def played(*counts: int, model: str = NEW, against: str = CURRENT, **fields: Any) -> Evaluation:
    return match(*counts, by_seat=None, model=player(model), opponent=player(against), **fields)


def ledger(*documents: Evaluation | Retraction) -> MemoryLedger:
    return MemoryLedger({path_of(one): one.text().encode() for one in documents})


def retraction(one: Evaluation) -> Retraction:
    return Retraction(model=one.model, retracts=(one.name,), reason="another engine", date="2026-11-25")


def registry(tree: Tree, *documents: Evaluation | Retraction) -> Registry:
    return Registry(tree.snapshot(), ledger=ledger(*documents))


def origin(of: Registry, *past: str) -> Origin:
    models = [*past, *([of.current_id] if of.current_id else [])]
    return Origin(of, lambda name: name in models, lambda: models[-1] if models else None)


def judged(before: Registry, after: Registry, message: str, start: Origin | None) -> tuple[Outcome, ...]:
    return judge_change(Change(before, after, message, origin=start), [ABOUT_GATE])


def promotion(
    *documents: Evaluation | Retraction,
    message: str | None = None,
    tree: Tree = GOOD,
    earlier: Sequence[Evaluation | Retraction] | None = None,
    past: Iterable[str] = (),
    model: str = NEW,
) -> tuple[Outcome, ...]:
    """What is said of a promotion, whose message is the command's unless it is given."""
    before = registry(tree, *(documents if earlier is None else earlier))
    after = registry(promoting(model, tree), *documents)
    return judged(before, after, written(before, after) if message is None else message, origin(before, *past))


def written(before: Registry, after: Registry) -> str:
    """The message that the command writes."""
    gate, one, other = gate_of(before), player(str(after.current_id)), player(str(before.current_id))
    assert isinstance(gate, Gate)
    verdict = verdict_of(after.ledger, before.ledger, gate, one, other)
    assert isinstance(verdict, Verdict)
    trailers = (
        ("Gate", gate_text(gate)),
        ("Evidence", evidence_text(verdict)),
        ("Evals", " ".join(verdict.counted) or "none"),
        ("Replaced", other.id),
    )
    return promoted(one.tag, one.id, "", trailers).text()


def errors(outcomes: Iterable[Outcome]) -> list[str]:
    return [one.message for one in outcomes if isinstance(one, Finding) and one.is_error]


def warnings(outcomes: Iterable[Outcome]) -> list[str]:
    return [one.message for one in outcomes if isinstance(one, Finding) and one.severity is Severity.WARNING]


def test_a_candidate_that_passed_is_promoted_by_the_command_s_message() -> None:
    assert promotion(played(*WINS)) == ()


def test_evidence_may_be_of_the_other_direction() -> None:
    assert promotion(played(*LOSSES, model=CURRENT, against=NEW)) == ()


@pytest.mark.parametrize(
    ("documents", "said"),
    [
        ((), "undecided"),
        ((played(*FEW),), "undecided"),
        ((played(*LOSSES),), "rejected"),
        ((played(*LOSSES, day=1), played(*WINS, day=2)), "rejected"),
        ((played(*WINS, against=OLD),), "undecided"),
        ((played(*WINS, arena="elsewhere"),), "undecided"),
        ((played(*WINS, cut_short=True),), "undecided"),
        ((played(*WINS, day=1, log="e"), played(*WINS, day=2, log="e")), "invalid"),
    ],
    ids=["none", "few", "lost", "lost-first", "old-baseline", "other-arena", "cut-short", "log-twice"],
)
def test_what_has_not_passed_is_refused(documents: tuple[Evaluation, ...], said: str) -> None:
    (found,) = promotion(*documents)
    assert isinstance(found, Finding)
    assert found.rule == "gate-is-met"
    assert found.is_error
    assert found.found == f"{said}: {NEW} against {CURRENT}"
    assert f"git pbm gate {NEW} --against {CURRENT}" in found.remedy


def test_a_retraction_counts_once_it_lies_where_the_range_begins() -> None:
    lost, won = played(*LOSSES, day=1), played(*WINS, day=2)
    withdrawn = retraction(lost)
    assert errors(promotion(lost, won, withdrawn, earlier=(lost, won)))
    assert promotion(lost, won, withdrawn) == ()


def test_without_a_gate_or_a_start_nothing_is_asked() -> None:
    assert promotion(tree=PLAIN, message="chore: promote") == ()
    before, after = registry(GOOD), registry(promoting(NEW, GOOD))
    assert judged(before, after, "work", None) == ()
    assert judged(before, before, "work", origin(before)) == ()
    words = PLAIN.with_file(".pbm.toml", b'[[allow]]\nrule = "a"\npath = "gate"\nfound = "b"\nreason = "c"\n')
    assert promotion(tree=words, message="chore: promote") == ()


def test_a_malformed_gate_is_another_rule_s_affair() -> None:
    assert promotion(tree=PLAIN.with_file(".pbm.toml", b"[gate]\nelo = 1\n"), message="chore: promote") == ()


def test_the_gate_of_the_start_binds_whatever_the_commit_says() -> None:
    start = registry(GOOD)
    before = registry(PLAIN)
    assert errors(judged(before, registry(promoting(NEW, PLAIN)), "work", origin(start)))


def test_trailers_may_speak_of_the_gate_of_the_parent() -> None:
    won = played(*WINS)
    start, loosened = registry(GOOD, won), GOOD.with_file(".pbm.toml", OTHER)
    before, after = registry(loosened, won), registry(promoting(NEW, loosened), won)
    assert judged(before, after, written(before, after), origin(start)) == ()
    assert judged(before, after, written(start, registry(promoting(NEW, GOOD), won)), origin(start)) == ()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("elo 0..100", "elo 0..50"),
        ("accepted", "undecided"),
        ("LLR ", "LLR 9"),
        ("60 games", "61 games"),
        ("Evals: ", "Evals: 0123456789abcdef "),
        (f"Replaced: {CURRENT}", f"Replaced: {OLD}"),
        (f"Replaced: {CURRENT}", f"Replaced: {CURRENT}\nReplaced: {OLD}"),
        ("LLR ", "LLR " + "9" * 5000),
    ],
)
def test_trailers_that_lie_are_named(old: str, new: str) -> None:
    won = played(*WINS)
    before, after = registry(GOOD, won), registry(promoting(NEW, GOOD), won)
    message = written(before, after)
    assert old in message
    (found,) = judged(before, after, message.replace(old, new, 1), origin(before))
    assert isinstance(found, Finding)
    assert found.is_error
    assert found.remedy.startswith("git commit --amend, with: ")


def test_the_last_digit_may_differ_and_no_more() -> None:
    text = "accepted, LLR 3.16 of [-2.94, 2.94], 252 games, score 0.194 (0.155 .. 0.234), Elo +64 (+16 .. +106)"
    assert says_the_same(text, text)
    assert says_the_same(text.replace("3.16", "3.17"), text)
    assert not says_the_same(text.replace("3.16", "3.18"), text)
    assert not says_the_same(text.replace("3.16", "3.160"), text)
    assert not says_the_same(text.replace("+64", "+65"), text)
    assert not says_the_same(text.replace("score", "points"), text)
    assert not says_the_same("accepted", text)


def test_a_promotion_by_hand_that_passed_is_a_warning() -> None:
    found = promotion(played(*WINS), message=ADDED)
    assert (errors(found), len(warnings(found))) == ([], 1)
    assert "does not say by what" in warnings(found)[0]


def overriding(model: str = NEW, replaced: str = CURRENT) -> str:
    return promoted("x", model, "the engine broke", (("Gate", "overridden"), ("Replaced", replaced))).text()


def test_an_override_is_a_warning_where_it_is_allowed() -> None:
    found = promotion(message=overriding())
    assert (errors(found), len(warnings(found))) == ([], 1)
    assert errors(promotion(message=overriding(replaced=OLD)))
    assert errors(promotion(message=overriding(), tree=PLAIN.with_file(".pbm.toml", STRICT)))
    assert errors(promotion(message=f"{ADDED}\n\nGate: overridden\n"))  # of a promotion alone


def test_roll_backs_are_free_to_what_was_current() -> None:
    back = rolled_back("supervised-v1", OLD, CURRENT).text()
    assert promotion(model=OLD, message=back, past=[OLD]) == ()
    assert errors(promotion(model=OLD, message=back))
    revert = f'Revert "chore: promote rl-r1-i1 model ({CURRENT})"\n'
    assert promotion(model=OLD, message=revert, past=[OLD]) == ()
    again = f'Revert "chore: roll back to rl-r1-i1 model ({CURRENT})"\n'
    assert errors(promotion(model=OLD, message=again, past=[OLD]))


def cleared(tree: Tree) -> Tree:
    return tree.edit("registry.json", lambda document: document.update(current=None)).with_link("current", None)


def test_current_is_not_cleared_and_clearing_it_opens_nothing() -> None:
    before, none = registry(GOOD), registry(cleared(GOOD))
    assert "is cleared" in errors(judged(before, none, "work", origin(before)))[0]
    found = judged(none, registry(promoting(NEW, GOOD)), "work", origin(none, CURRENT))
    assert f"against rl-r1-i1 ({CURRENT})" in errors(found)[0]
    assert judged(none, before, "work", origin(none, CURRENT)) == ()


def test_the_first_model_of_all_needs_no_evidence() -> None:
    none = registry(cleared(GOOD))
    assert judged(none, registry(GOOD), "work", origin(none)) == ()
    assert list(range_meets_gate(origin(none), registry(GOOD), ())) == []


def test_what_cannot_be_judged_says_so() -> None:
    won = played(*WINS)
    gone = without(CURRENT, GOOD).with_file(f"models/{NEW}/metadata.json", None)
    after = registry(promoting(NEW, without(NEW, gone)), won)
    assert (
        "is not a model of this tree" in errors(judged(registry(GOOD, won), after, "work", origin(registry(GOOD))))[0]
    )


def test_what_was_replaced_may_go_in_the_same_commit() -> None:
    won = played(*WINS)
    before, after = registry(GOOD, won), registry(promoting(NEW, without(CURRENT, GOOD)), won)
    assert judged(before, after, "work", origin(before)) != ()
    assert errors(judged(before, after, "work", origin(before))) == []


@pytest.mark.parametrize("path", [".pbm.toml", f"models/{NEW}/policy_v2.onnx", f"models/{CURRENT}/policy_v2.onnx"])
def test_what_a_clone_lacks_is_unverified(path: str) -> None:
    won = played(*WINS)
    missing = {path: "f" * 40}
    before = Registry(GOOD.snapshot(missing=missing), ledger=ledger(won))
    after = Registry(promoting(NEW, GOOD).snapshot(missing=missing), ledger=ledger(won))
    assert {type(one) for one in judged(before, after, "work", origin(before))} == {Unverified}
    found = [outcome_of(ABOUT_GATE, one) for one in range_meets_gate(origin(before), after, ())]
    assert {type(one) for one in found} == {Unverified}


def test_an_evaluation_that_a_clone_lacks_is_unverified() -> None:
    won = played(*WINS)
    before = Registry(GOOD.snapshot(), ledger=MemoryLedger({path_of(won): Unavailable("f" * 40, path_of(won))}))
    after = Registry(promoting(NEW, GOOD).snapshot(), ledger=before.ledger)
    assert judged(before, after, "work", origin(before)) == (Unverified(path_of(won), "f" * 40),)


def turn(before: str | None, after: str | None, *, met: bool = True, back: bool = False) -> Turn:
    return Turn("c" * 40, before, after, met, back)


def of_range(tip: Registry, *turns: Turn, past: Iterable[str] = ()) -> list[str]:
    start = registry(GOOD)
    return errors(outcome_of(ABOUT_GATE, one) for one in range_meets_gate(origin(start, *past), tip, turns))


def test_a_range_is_a_chain_of_promotions() -> None:
    tip = registry(promoting(NEW, GOOD))
    assert of_range(tip, turn(CURRENT, NEW)) == []
    assert of_range(tip, turn(OLD, NEW), turn(CURRENT, OLD)) == []
    assert of_range(tip, turn(CURRENT, NEW, met=False))
    assert of_range(tip, turn(OLD, NEW))
    assert of_range(tip)
    assert of_range(tip, turn(None, NEW), turn(CURRENT, None))


def test_a_range_may_show_it_directly_or_roll_back() -> None:
    assert of_range(registry(promoting(NEW, GOOD), played(*WINS))) == []
    old = registry(promoting(OLD, GOOD))
    assert of_range(old, turn(NEW, OLD, met=False, back=True), past=[OLD]) == []
    assert of_range(old, turn(CURRENT, OLD, met=False, back=True))
    assert of_range(old, past=[OLD])


def test_a_range_that_ends_as_it_began_or_with_nothing() -> None:
    assert of_range(registry(GOOD)) == []
    assert "is cleared" in of_range(registry(cleared(GOOD)))[0]
    start = registry(PLAIN.with_file(".pbm.toml", b"[gate]\nelo = 1\n"))
    assert list(range_meets_gate(origin(start), registry(promoting(NEW, GOOD)), ())) == []
    assert list(range_meets_gate(origin(registry(PLAIN)), registry(promoting(NEW, GOOD)), ())) == []


def test_the_wording_of_a_fixed_gate_and_of_no_games() -> None:
    gate = policy_in('[gate]\ntest = "fixed"\ngames = 400\nscore = 0.55\n').gate
    assert gate is not None
    assert isinstance(gate.test, Fixed)
    assert gate_text(gate) == "fixed score 0.55 of 400 games, arena default"
    verdict = verdict_of(ledger(), ledger(), gate, player(NEW), player(CURRENT))
    assert isinstance(verdict, Verdict)
    assert evidence_text(verdict) == "undecided, 0 games"
    assert estimate_texts(verdict) == []


def test_a_perfect_score_has_no_upper_end() -> None:
    gate = policy_in("[gate]\n").gate
    assert gate is not None
    one = played(0, 0, 1, 0, 24)
    verdict = verdict_of(ledger(one), ledger(), gate, player(NEW), player(CURRENT))
    assert isinstance(verdict, Verdict)
    assert estimate_texts(verdict)[1].endswith(" .. ?)")


def test_a_model_without_a_tag_is_called_by_its_id_and_an_unknown_one_is_none() -> None:
    bare = Registry(GOOD.with_file(f"models/{NEW}/metadata.json", None).snapshot())
    found = player_of(bare, NEW)
    assert isinstance(found, EvaluatedModel)
    assert found.tag == NEW
    assert player_of(bare, "0" * 8) is None


def test_the_command_s_message_has_one_paragraph_of_trailers() -> None:
    won = played(*WINS)
    text = written(registry(GOOD, won), registry(promoting(NEW, GOOD), won))
    assert [line.partition(":")[0] for line in text.splitlines()[2:]] == ["Gate", "Evidence", "Evals", "Replaced"]
