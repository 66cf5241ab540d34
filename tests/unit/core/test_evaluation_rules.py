"""The rules about evaluations over ledgers in memory: each has mutations that trip it, and only it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from git_pbm.core.evaluations.evaluation import (
    EvaluatedModel,
    Evaluation,
    NamedOpponent,
    Outcomes,
    Retraction,
    name_of,
    path_of,
)
from git_pbm.core.findings import Finding, Unverified
from git_pbm.core.registry.change import NO_EVALUATIONS, Change, LedgerChange
from git_pbm.core.registry.facts import Unavailable
from git_pbm.core.registry.ledger import (
    LEDGER_FILE_LIMIT,
    NO_LEDGER,
    GrownLedger,
    LedgerFile,
    MemoryLedger,
    is_of_ledger,
)
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import FileEntry, LinkEntry
from git_pbm.core.rules.engine import judge_change, run_rules
from git_pbm.core.rules.rule import EachEvaluation
from git_pbm.core.rules.table import ABOUT_EVALUATIONS, rules_of
from tests.support.registries import good_tree
from tests.unit.core.evaluations.documents import match

GOOD = good_tree()
SUPERVISED, RL, ALONE = GOOD.ids
SNAPSHOT = GOOD.snapshot()


def player(model_id: str) -> EvaluatedModel:
    model = Registry(SNAPSHOT).models[model_id]
    assert model.metadata is not None
    assert isinstance(model.networks_digest, str)
    return EvaluatedModel(model_id, model.metadata.tag, model.networks_digest)


def played(log: str = "d" * 64, **fields: Any) -> Evaluation:
    own = {"model": player(RL), "opponent": player(SUPERVISED), "by_seat": None, "outcomes": Outcomes(3, 2, 1)}
    return match(1, 2, 3, log=log, **{**own, **fields})


EVALUATION = played()
PATH = path_of(EVALUATION)
TEXT = EVALUATION.text()


def placed(document: Evaluation | Retraction) -> dict[str, bytes | Unavailable]:
    return {path_of(document): document.text().encode()}


def edited(change: Callable[[dict[str, Any]], object]) -> dict[str, bytes | Unavailable]:
    """The evaluation with another field, named by its new hash."""
    document = json.loads(TEXT)
    change(document)
    data = (json.dumps(document, indent=2) + "\n").encode()
    return {f"evals/{RL}/{name_of(data)}.json": data}


def setting(**fields: object) -> Callable[[dict[str, Any]], object]:
    return lambda document: document.update(fields)


def found(files: Mapping[str, bytes | Unavailable], toml: bytes | None = None) -> list[Finding]:
    snapshot = SNAPSHOT if toml is None else GOOD.with_file(".pbm.toml", toml).snapshot()
    return list(run_rules(Registry(snapshot, ledger=MemoryLedger(files))).findings)


MUTATIONS: list[tuple[str, str, Mapping[str, bytes | Unavailable]]] = [
    ("evals-are-strict-json", "another name", {"evals/notes.md": b"x"}),
    ("evals-are-strict-json", "no JSON", {PATH: b"{]"}),
    ("evals-are-strict-json", "a key twice", {PATH: b'{"version": 1, "version": 1}'}),
    ("evals-are-strict-json", "too large", {PATH: b" " * (LEDGER_FILE_LIMIT + 1)}),
    ("evals-match-schema", "an unknown field", edited(setting(elo=1900))),
    ("evals-match-schema", "a fraction", edited(setting(games=6.5))),
    ("evals-match-schema", "neither kind", edited(setting(kind="opinion"))),
    ("evals-are-named-by-hash", "another name", {f"evals/{RL}/{'0' * 16}.json": TEXT.encode()}),
    ("evals-are-named-by-hash", "another model", {PATH.replace(RL, ALONE): TEXT.encode()}),
    (
        "evals-are-named-by-hash",
        "another text",
        {f"evals/{RL}/{name_of(TEXT.replace('  ', ' ').encode())}.json": TEXT.replace("  ", " ").encode()},
    ),
    ("evals-add-up", "an end before its beginning", edited(setting(started="2027-01-01T00:00:00Z"))),
]


@pytest.mark.parametrize(
    ("slug", "files"), [(m[0], m[2]) for m in MUTATIONS], ids=[f"{m[0]}: {m[1]}" for m in MUTATIONS]
)
def test_a_mutation_trips_its_rule_and_only_it(slug: str, files: Mapping[str, bytes | Unavailable]) -> None:
    findings = found(files)
    assert [finding.rule for finding in findings] == [slug]
    assert findings[0].remedy


def test_every_rule_about_evaluations_has_a_mutation() -> None:
    slugs = {rule.slug for rule in rules_of("pbm-evals") if isinstance(rule.scope, EachEvaluation)}
    assert slugs == {mutation[0] for mutation in MUTATIONS} | {"logs-count-once"}


def test_right_evaluations_have_no_finding() -> None:
    retraction = Retraction(model=player(RL), retracts=(EVALUATION.name,), reason="x", date="2026-11-25")
    assert found({**placed(EVALUATION), **placed(retraction), **placed(played("e" * 64))}) == []


@pytest.mark.parametrize("opponent", [player(SUPERVISED), NamedOpponent("medium", "1.2")], ids=["model", "name"])
def test_a_log_counts_once_in_a_pair_in_either_direction(opponent: EvaluatedModel | NamedOpponent) -> None:
    first, second = played(opponent=opponent), played(opponent=opponent, notes="again")
    findings = found({**placed(first), **placed(second)})
    assert {(finding.rule, finding.path) for finding in findings} == {
        ("logs-count-once", path_of(first)),
        ("logs-count-once", path_of(second)),
    }
    if isinstance(opponent, EvaluatedModel):
        mirrored = played(model=opponent, opponent=player(RL))
        assert {one.rule for one in found({**placed(first), **placed(mirrored)})} == {"logs-count-once"}


def test_a_retracted_evaluation_counts_no_log() -> None:
    first, second = played(), played(notes="again")
    retraction = Retraction(model=player(RL), retracts=(first.name,), reason="x", date="2026-11-25")
    assert found({**placed(first), **placed(second), **placed(retraction)}) == []


def test_what_an_allowance_names_is_judged_although_it_is_known() -> None:
    bad = edited(setting(started="2027-01-01T00:00:00Z"))
    known = GrownLedger(MemoryLedger(bad), {})
    (finding,) = found(bad)
    lines = [f'{name} = "{value}"' for name, value in zip(("rule", "path", "found"), finding.identity, strict=True)]
    allowance = "\n".join(["[[allow]]", *lines, 'reason = "it is old"', ""]).encode()
    allowed = GOOD.with_file(".pbm.toml", allowance).snapshot()
    assert run_rules(Registry(SNAPSHOT, ledger=known)).findings == ()
    assert run_rules(Registry(allowed, ledger=known)).findings == ()
    assert [one.rule for one in run_rules(Registry(allowed, ledger=NO_LEDGER)).findings] == ["allowances-are-used"]


def test_a_log_of_a_tournament_counts_for_each_pair() -> None:
    assert found({**placed(EVALUATION), **placed(played(opponent=player(ALONE)))}) == []


def test_the_arena_says_what_games_are_worth() -> None:
    assert found(placed(EVALUATION), b"[arena.default]\n") == []
    assert found(placed(EVALUATION), b'[arena.other]\nseats = 7\nscoring = "solo"\n') == []
    assert {one.rule for one in found(placed(EVALUATION), b"[arena.default]\nseats = 1\n")} == {"policy-is-well-formed"}
    assert {one.rule for one in found(placed(EVALUATION), b"[arena")} == {"allowances-are-used"}
    assert found(placed(EVALUATION), b"[gate]\n") == []
    assert {one.rule for one in found(placed(EVALUATION), b"[gate]\nelo = 5\n")} == {"policy-is-well-formed"}
    assert {one.rule for one in found(placed(EVALUATION), b"[gates]\n")} == {"allowances-are-used"}


def test_what_this_clone_lacks_is_unverified() -> None:
    lacking = Unavailable("0" * 40, PATH)
    ledger = MemoryLedger({PATH: lacking, **placed(played("e" * 64))})
    verdict = run_rules(Registry(SNAPSHOT, ledger=ledger))
    assert (verdict.findings, verdict.unverified) == ((), (Unverified(PATH, "0" * 40),))


def test_what_is_no_regular_file_is_named() -> None:
    class Linked(MemoryLedger):
        @property
        def changed(self) -> Mapping[str, LedgerFile]:
            return {PATH: LedgerFile(PATH, LinkEntry("x"), None)}

    (finding,) = run_rules(Registry(SNAPSHOT, ledger=Linked())).findings
    assert (finding.rule, finding.found) == ("evals-are-strict-json", "not a file")


# -- ledgers


def test_a_grown_ledger_has_both_and_only_what_is_new_is_judged() -> None:
    later = played("e" * 64)
    ledger = GrownLedger(MemoryLedger(placed(EVALUATION)), {path_of(later): later.text().encode()})
    assert list(ledger.changed) == [path_of(later)]
    assert set(ledger.folder(RL)) == {PATH, path_of(later)}
    assert ledger.folder(ALONE) == {}
    assert NO_LEDGER.folder(RL) == {}
    assert (is_of_ledger(PATH), is_of_ledger("evalsuite/x")) == (True, False)


def test_a_model_s_digest_is_of_all_its_networks() -> None:
    changed = Registry(GOOD.with_file(f"models/{RL}/value_v2.onnx", b"x").snapshot()).models[RL]
    assert changed.networks_digest != player(RL).networks
    missing = Registry(GOOD.snapshot(missing=frozenset({f"models/{RL}/policy_v2.onnx"}))).models[RL]
    assert isinstance(missing.networks_digest, Unavailable)


# -- steps of history


def step(
    *added: Evaluation | Retraction | Unavailable,
    there: Mapping[str, bytes | Unavailable] | None = None,
    spoilt: LedgerChange = NO_EVALUATIONS,
    **fields: Any,
) -> list[str]:
    """What the rules about a step say of one that adds evaluations."""
    files: dict[str, bytes | Unavailable] = {}
    for one in added:
        files.update({one.path: one} if isinstance(one, Unavailable) else placed(one))
    ledger = MemoryLedger({**(there or {}), **files})
    new = tuple(LedgerFile(path, FileEntry(), files[path]) for path in files)
    registry = Registry(fields.pop("snapshot", SNAPSHOT), ledger=ledger)
    change = Change(registry, registry, "test: x", evaluations=replace(spoilt, added=new), **fields)
    outcomes = judge_change(change, ABOUT_EVALUATIONS)
    return [f"{o.rule}: {o.message} -> {o.remedy}" if isinstance(o, Finding) else f"lacks {o.path}" for o in outcomes]


def test_an_evaluation_of_models_that_are_there_is_right() -> None:
    assert step(EVALUATION, latest="2026-12-01T00:00:00Z") == []
    assert step(played(opponent=NamedOpponent("medium", "1.2"))) == []


def was(content: bytes | Unavailable | None, path: str = PATH) -> tuple[LedgerFile, ...]:
    return (LedgerFile(path, FileEntry(), content),)


def test_no_evaluation_changes_or_goes() -> None:
    (said,) = step(spoilt=LedgerChange(removed=was(TEXT.encode())))
    assert said.startswith("evals-are-append-only: an evaluation was removed -> put it back: git checkout HEAD -- ")
    (said,) = step(spoilt=LedgerChange(changed=was(TEXT.encode())), base="0123456789")
    assert f"git rebase -i 0123456789, and in that commit: git checkout 0123456789 -- {PATH}; git commit" in said
    assert said.endswith("git pbm eval retract EVAL --why TEXT")
    assert len(step(spoilt=LedgerChange(removed=was(Unavailable("0" * 40, PATH))))) == 1


def test_what_never_was_an_evaluation_may_go() -> None:
    misnamed = f"evals/{RL}/{'0' * 16}.json"
    for before in (was(b"{]"), was(b"x", "evals/notes.md"), was(TEXT.encode(), misnamed), was(None)):
        assert step(spoilt=LedgerChange(removed=before)) == []


def test_unknown_models_other_networks_and_later_ends_are_named() -> None:
    (said,) = step(played(opponent=EvaluatedModel("0badcafe", "rl-r9-i9", "a" * 64)))
    assert "it is of the model rl-r9-i9 (0badcafe), which is not in this registry" in said
    (said,) = step(played(model=EvaluatedModel(RL, "rl-r1-i1", "a" * 64)))
    assert f"{RL} had other networks when it played" in said
    (said,) = step(EVALUATION, latest="2020-01-01T00:00:00Z")
    assert "more than a day after its commit" in said
    assert step(Unavailable("0" * 40, PATH)) == [f"lacks {PATH}"]
    missing = GOOD.snapshot(missing=frozenset({f"models/{RL}/policy_v2.onnx"}))
    assert step(EVALUATION, snapshot=missing) == [f"lacks models/{RL}/policy_v2.onnx"]


def test_a_file_that_cannot_be_read_is_another_rule_s_affair() -> None:
    file = LedgerFile(PATH, FileEntry(), b"{]")
    registry = Registry(SNAPSHOT)
    assert judge_change(Change(registry, registry, "", evaluations=LedgerChange((file,))), ABOUT_EVALUATIONS) == ()


def test_a_retraction_names_evaluations_of_its_folder() -> None:
    retraction = Retraction(model=player(RL), retracts=(EVALUATION.name,), reason="x", date="2026-11-25")
    assert step(retraction, there=placed(EVALUATION)) == []
    assert step(retraction, there={PATH: Unavailable("0" * 40, PATH)}) == []
    (said,) = step(retraction)
    assert f"it retracts {EVALUATION.name}, and evals/{RL} has no such evaluation" in said
    again = Retraction(model=player(RL), retracts=(retraction.name,), reason="x", date="2026-11-25")
    (said,) = step(again, there=placed(retraction))
    assert f"it retracts {retraction.name}" in said
