"""Metadata that somebody kept by hand, completed from what is known; what says something stays."""

from __future__ import annotations

import pytest

from git_pbm.core.documents.registry_document import RegistryEntry
from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.onnx import OnnxSummary
from git_pbm.core.plans.metadata_completion import Evidence, completed
from git_pbm.core.registry.facts import Facts

HASH = "ab" * 32
GRAPH = OnnxSummary(15_358_121, (), (), 8, (("", 17),), "", "", ())
POLICY = Facts(HASH, 100, onnx=GRAPH)
NOTHING = Evidence(None, None, None, None)
WHOLE: dict[str, JsonValue] = {
    "hash": HASH,
    "created": "2026-02-01",
    "training": "supervised",
    "tag": "supervised-v1",
    "params": "9.00M",
    "files": {},
}


def listed(tag: str = "", date: str = "", training: str = "", parent: str | None = None) -> Evidence:
    return Evidence(None, None, RegistryEntry(tag, date, training, parent), None)


def gained(
    old: dict[str, JsonValue], known: Evidence, *, says_params: bool = True
) -> tuple[dict[str, JsonValue], list[str]]:
    """The fields that differ from the old ones, and the words about them."""
    new, words = completed(old, known, says_params=says_params)
    return {name: value for name, value in new.items() if name not in old or value != old[name]}, words


def test_a_whole_document_stays_as_it_is_whatever_else_is_known() -> None:
    known = Evidence(POLICY, {"policy_v2.onnx": POLICY}, RegistryEntry("t", "2020-01-01", "x"), "2020-01-01")
    assert completed(WHOLE, known, says_params=True) == (WHOLE, [])


def test_an_empty_document_is_made_from_the_evidence() -> None:
    entry = RegistryEntry("rl-r2-i1", "2026-02-20", "rl_selfplay", "0c77d1e4")
    networks = {"policy_v2.onnx": POLICY}
    new, words = completed({}, Evidence(POLICY, networks, entry, "2026-03-01"), says_params=False)
    assert list(new.items()) == [
        ("hash", HASH),
        ("created", "2026-02-20"),
        ("training", "rl_selfplay"),
        ("tag", "rl-r2-i1"),
        ("params", "15.36M"),
        ("parent", "0c77d1e4"),
        ("round", 2),
        ("iteration", 1),
        ("files", {"policy_v2.onnx": {"sha256": HASH, "size": 100}}),
    ]
    assert words == [
        "hash from the policy's bytes",
        "tag rl-r2-i1 from registry.json",
        "training rl_selfplay from the tag",
        "created 2026-02-20 from registry.json",
        "params 15.36M from the policy's graph",
        "parent 0c77d1e4 from registry.json",
        "round 2 from the tag",
        "iteration 1 from the tag",
        "files from the files' bytes",
    ]


def test_without_evidence_nothing_is_made_up() -> None:
    assert completed({}, NOTHING, says_params=False) == ({}, [])


def test_null_says_nothing_and_a_field_of_a_persons_own_may_be_null() -> None:
    new, words = completed({**WHOLE, "notes": None, "mine": None}, NOTHING, says_params=True)
    assert new == {**WHOLE, "mine": None}
    assert words == ["notes left out, it was null"]


@pytest.mark.parametrize("odd", ["abc", 5])
def test_a_hash_out_of_its_grammar_gives_way_to_the_bytes(odd: JsonValue) -> None:
    assert gained({**WHOLE, "hash": odd}, Evidence(POLICY, None, None, None))[0] == {"hash": HASH}
    assert gained({**WHOLE, "hash": odd}, NOTHING)[0] == {}


def test_a_hash_that_contradicts_the_bytes_is_left_for_a_person() -> None:
    assert gained({**WHOLE, "hash": "cd" * 32}, Evidence(POLICY, None, None, None))[0] == {}


@pytest.mark.parametrize(
    ("odd", "entry", "tag"),
    [
        ("RL best", "rl-r1-i1", "rl-r1-i1"),
        (5, "t1", "t1"),
        ("RL best", "no tag", None),
        ("t2", "t1", None),
    ],
)
def test_a_tag_out_of_its_grammar_gives_way_to_a_listed_one(odd: JsonValue, entry: str, tag: str | None) -> None:
    fields, _ = gained({**WHOLE, "tag": odd}, listed(entry))
    assert fields == ({} if tag is None else {"tag": tag})


@pytest.mark.parametrize(
    ("tag", "known", "training"),
    [
        ("rl-r1-i1", NOTHING, "rl_selfplay"),
        ("rl-r1-i1", listed(training="supervised"), "rl_selfplay"),
        ("mine", listed(training="supervised"), "supervised"),
        ("mine", listed(training="magic"), None),
        ("mine", NOTHING, None),
        (5, listed(training="supervised"), "supervised"),
    ],
)
def test_training_follows_the_tag_then_the_registry(tag: JsonValue, known: Evidence, training: str | None) -> None:
    fields, _ = gained({**WHOLE, "tag": tag, "training": "unknown"}, known)
    assert fields.get("training") == training


@pytest.mark.parametrize(
    ("created", "date", "born", "day", "source"),
    [
        ("2026-02-01T10:00:00Z", "2020-01-01", "2020-01-02", "2026-02-01", "its own time stamp"),
        ("2026-02-01 10:00", "2020-01-01", "2020-01-02", "2026-02-01", "its own time stamp"),
        ("unknown", "2026-01-04T08:00", "2020-01-02", "2026-01-04", "registry.json"),
        ("2026-02-30", "2026-01-04", "2020-01-02", "2026-01-04", "registry.json"),
        (5, "?", "2020-01-02", "2020-01-02", "the commit that brought the policy"),
        ("unknown", "?", None, None, ""),
    ],
)
def test_the_day_comes_from_what_is_nearest_to_the_model(
    created: JsonValue, date: str, born: str | None, day: str | None, source: str
) -> None:
    entry = RegistryEntry("supervised-v1", date, "supervised")
    fields, words = gained({**WHOLE, "created": created}, Evidence(None, None, entry, born))
    assert fields == ({} if day is None else {"created": day})
    assert words == ([] if day is None else [f"created {day} from {source}"])


@pytest.mark.parametrize("old", [{}, {"created": "unknown"}, {"created": "2026-02-01T10:00:00Z", "parent": None}])
def test_what_a_person_gives_goes_before_what_can_be_derived(old: dict[str, JsonValue]) -> None:
    entry = RegistryEntry("supervised-v1", "2026-01-04", "supervised", "0c77d1e4")
    given = {"created": "2025-12-24", "parent": "ab12cd34"}
    start = {name: value for name, value in WHOLE.items() if name != "created"} | old
    new, words = completed(start, Evidence(None, None, entry, "2026-03-01", given=given), says_params=True)
    assert (new["created"], new["parent"]) == ("2025-12-24", "ab12cd34")
    assert words[-2:] == ["created 2025-12-24 from --created", "parent ab12cd34 from --parent"]
    assert completed(new, Evidence(None, None, entry, None, given=given), says_params=True) == (new, [])


def test_parameters_are_counted_where_the_graph_is_here_and_the_old_count_is_malformed() -> None:
    odd = {**WHOLE, "params": "unknown"}
    assert gained(odd, Evidence(POLICY, None, None, None), says_params=False)[0] == {"params": "15.36M"}
    pointer = Facts(HASH, 100, is_pointer=True)
    assert gained(odd, Evidence(pointer, None, None, None), says_params=False)[0] == {}


@pytest.mark.parametrize(
    ("old", "entry", "parent"),
    [
        ({}, "0c77d1e4", "0c77d1e4"),
        ({}, "somebody", None),
        ({}, None, None),
        ({"parent": "00000000"}, "0c77d1e4", None),
    ],
)
def test_a_parent_is_taken_over_where_it_is_an_id(
    old: dict[str, JsonValue], entry: str | None, parent: str | None
) -> None:
    assert gained({**WHOLE, **old}, listed(parent=entry))[0].get("parent") == parent


def test_numbers_of_the_tag_are_written_down_for_rl_models_alone() -> None:
    rl = {**WHOLE, "tag": "rl-r2-i3", "training": "rl_selfplay"}
    assert gained(rl, NOTHING)[0] == {"round": 2, "iteration": 3}
    assert gained({**rl, "round": 5}, NOTHING)[0] == {"iteration": 3}
    assert gained({**rl, "training": "supervised"}, NOTHING)[0] == {}
