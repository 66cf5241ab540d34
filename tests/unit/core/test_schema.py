"""The two schemas: every bad field is refused once, at its place, in words; what is good passes."""

from __future__ import annotations

import re
from collections.abc import Mapping

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st
from referencing.exceptions import Unresolvable

from git_pbm.core.documents.dates import is_calendar_day
from git_pbm.core.documents.fast_schema import UnknownKeywordError, quick
from git_pbm.core.documents.schema import SchemaProblem, load, problems
from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.names import count_as_text, is_hash, is_id, network_kind, tag_problem

METADATA = load("metadata.schema.json")
REGISTRY = load("registry.schema.json")
GOOD: dict[str, JsonValue] = {
    "hash": "ab" * 32,
    "created": "2026-02-20",
    "training": "rl_selfplay",
    "tag": "rl-r2-i1",
    "params": "15.36M",
}
RECORD: dict[str, JsonValue] = {"sha256": "ab" * 32, "size": 1}
NAME = "policy_v2.onnx"

BAD_FIELDS: list[tuple[str, JsonValue, str]] = [
    ("hash", "AB" * 32, "hash"),
    ("hash", "ab" * 32 + "\n", "hash"),
    ("hash", None, "hash"),
    ("created", "unknown", "created"),
    ("created", "2026-02-30", "created"),
    ("created", "2026-2-3", "created"),
    ("created", "2026-02-20T00:00", "created"),
    ("created", "2026-02-20\n", "created"),
    ("created", "0000-01-01", "created"),
    ("created", "20260220", "created"),
    ("created", "2026-W08-5", "created"),
    ("created", "٢٠٢٦-٠٢-٢٠", "created"),
    ("created", 20260220, "created"),
    ("training", "magic", "training"),
    ("training", None, "training"),
    ("tag", "a..b", "tag"),
    ("tag", "x.lock", "tag"),
    ("tag", "current", "tag"),
    ("tag", "cafe", "tag"),
    ("tag", "a\n", "tag"),
    ("params", "15.4M", "params"),
    ("params", "1234", "params"),
    ("params", "15.36M\n", "params"),
    ("params", "15,36M", "params"),
    ("params", 15, "params"),
    ("parent", "short", "parent"),
    ("parent", "abcdef01\n", "parent"),
    ("parent", None, "parent"),
    ("round", 0, "round"),
    ("round", -1.5, "round"),
    ("round", 1.0, "round"),
    ("round", True, "round"),
    ("iteration", "1", "iteration"),
    ("best_epoch", -1, "best_epoch"),
    ("best_epoch", 2.0, "best_epoch"),
    ("best_loss", "low", "best_loss"),
    ("best_loss", float("nan"), "best_loss"),
    ("entropy", float("inf"), "entropy"),
    ("kl", -0.1, "kl"),
    ("kl", True, "kl"),
    ("supervised_mix", 1.5, "supervised_mix"),
    ("notes", 5, "notes"),
    ("files", [], "files"),
    ("files", {"policy.onnx": RECORD}, "files"),
    ("files", {NAME + "\n": RECORD}, "files"),
    ("files", {NAME: {"sha256": "ab" * 32}}, f"files/{NAME}/size"),
    ("files", {NAME: {**RECORD, "size": 1.0}}, f"files/{NAME}/size"),
    ("files", {NAME: {**RECORD, "size": 0}}, f"files/{NAME}/size"),
    ("files", {NAME: {**RECORD, "sha256": "AB" * 32}}, f"files/{NAME}/sha256"),
    ("files", {NAME: {**RECORD, "mode": 7}}, f"files/{NAME}/mode"),
    ("files", {NAME: None}, f"files/{NAME}"),
]


@pytest.mark.parametrize(("field", "value", "place"), BAD_FIELDS, ids=[f"{f}={v!r}"[:50] for f, v, _ in BAD_FIELDS])
def test_one_bad_field_is_one_problem_at_its_place_in_words(field: str, value: JsonValue, place: str) -> None:
    (problem,) = problems({**GOOD, field: value}, METADATA)
    assert problem.place == place
    assert re.search(r"must |is missing|is not a field here", problem.message)
    assert problem.message.startswith(f"`{place.rpartition('/')[2]}` ")


def test_a_message_reads_as_people_say_it() -> None:
    (problem,) = problems({**GOOD, "round": 2.0}, METADATA)
    assert problem == SchemaProblem("round", "2.0", "`round` must be a positive integer, not 2.0")


def test_every_missing_field_is_named() -> None:
    assert [(problem.place, problem.message) for problem in problems({}, METADATA)] == [
        (name, f"`{name}` is missing") for name in ("created", "hash", "params", "tag", "training")
    ]


@pytest.mark.parametrize("field", ["round", "iteration", "supervised_mix"])
def test_rl_fields_are_for_rl_models_only(field: str) -> None:
    assert problems({**GOOD, field: 1}, METADATA) == ()
    (problem,) = problems({**GOOD, "training": "supervised", field: 1}, METADATA)
    assert (problem.place, problem.found) == (field, "1")
    assert "is for RL models only" in problem.message


@pytest.mark.parametrize("value", [None, 1, "text", []])
def test_what_is_no_object_is_a_problem_of_the_whole_document(value: JsonValue) -> None:
    for schema in (METADATA, REGISTRY):
        (problem,) = problems(value, schema)
        assert (problem.place, problem.message.split(",")[0]) == ("", "the document must be an object")


def test_huge_values_are_shown_shortened_and_still_told_apart() -> None:
    one, other = (problems({**GOOD, "notes": ["x" * 100_000 + end]}, METADATA)[0] for end in "ab")
    assert len(one.found) == len(other.found) == 80
    assert one.found != other.found
    assert len(one.message) < 200
    (named,) = problems({**GOOD, "files": {NAME: {**RECORD, "k" * 100_000: "v" * 100_000}}}, METADATA)
    assert max(len(named.place), len(named.message)) < 200


GOOD_FIELDS: list[tuple[str, JsonValue]] = [
    ("created", "2024-02-29"),
    ("training", "supervised"),
    ("params", "999"),
    ("params", "812.4K"),
    ("params", "1.25B"),
    ("best_loss", -0.5),
    ("best_loss", 10**31),
    ("kl", 0),
    ("supervised_mix", 1),
    ("best_epoch", 0),
    ("files", {}),
    ("files", {NAME: {**RECORD, "size": 5 << 30}, "value_v2.onnx": RECORD}),
    ("mine", [{"anything": None}]),
]


@pytest.mark.parametrize(("field", "value"), GOOD_FIELDS, ids=[f"{f}={v!r}"[:50] for f, v in GOOD_FIELDS])
def test_the_schema_takes_what_it_should(field: str, value: JsonValue) -> None:
    assert problems({**GOOD, field: value}, METADATA) == ()


ENTRY: dict[str, JsonValue] = {"tag": "t", "date": "2026-02-20", "training": "supervised"}
BAD_REGISTRIES: list[tuple[JsonValue, str]] = [
    ({"models": {}}, "current"),
    ({"current": None}, "models"),
    ({"current": "models/abcdef01", "models": {}}, "current"),
    ({"current": "abcdef01\n", "models": {}}, "current"),
    ({"current": 5, "models": {}}, "current"),
    ({"current": None, "models": []}, "models"),
    ({"current": None, "models": {"../../etc": ENTRY}}, "models"),
    ({"current": None, "models": {"ABCDEF01": ENTRY}}, "models"),
    ({"current": None, "models": {"abcdef01": []}}, "models/abcdef01"),
    ({"current": None, "models": {"abcdef01": {**ENTRY, "date": "2026-13-01"}}}, "models/abcdef01/date"),
    ({"current": None, "models": {"abcdef01": {**ENTRY, "parent": None}}}, "models/abcdef01/parent"),
    ({"current": None, "models": {"abcdef01": {"tag": "t", "date": "2026-02-20"}}}, "models/abcdef01/training"),
]


@pytest.mark.parametrize(
    ("document", "place"), BAD_REGISTRIES, ids=[f"{i}-{b[1]}" for i, b in enumerate(BAD_REGISTRIES)]
)
def test_a_bad_registry_is_one_problem_at_its_place(document: JsonValue, place: str) -> None:
    assert [problem.place for problem in problems(document, REGISTRY)] == [place]


def test_a_good_registry_may_hold_further_fields() -> None:
    entry: JsonValue = {**ENTRY, "parent": "00000000", "params": "999"}
    assert problems({"current": "abcdef01", "models": {"abcdef01": entry}, "mine": 1}, REGISTRY) == ()


@pytest.mark.parametrize("name", ["metadata.schema.json", "registry.schema.json"])
def test_the_schemas_are_valid_and_so_are_their_examples(name: str) -> None:
    schema = load(name)
    jsonschema.Draft202012Validator.check_schema(schema)
    examples, fields = schema["examples"], schema["properties"]
    assert isinstance(examples, list)
    assert isinstance(fields, dict)
    assert examples
    for example in examples:
        assert problems(example, schema) == ()
    for field, about in fields.items():
        assert isinstance(about, dict)
        assert {"title", "description"} <= about.keys(), field
        values = about.get("examples", [])
        assert isinstance(values, list)
        base = {**GOOD, "current": None, "models": {}}
        for value in values:
            assert [problem for problem in problems({**base, field: value}, schema) if problem.place == field] == []


def test_a_reference_to_elsewhere_is_never_followed() -> None:
    with pytest.raises(Unresolvable):
        problems({}, {"$id": "urn:a", "$ref": "https://git-pbm.dev/schemas/metadata.schema.json"})


def test_schemas_with_one_name_are_not_taken_for_each_other() -> None:
    assert problems(1, {"$id": "urn:a", "type": "string"})
    assert problems(1, {"$id": "urn:a", "type": "integer"}) == ()


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.floats() | st.sampled_from(["supervised", "t", "ab" * 4, NAME]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from([NAME, "sha256", "size"]), inner),
    max_leaves=4,
)
GOOD_VALUES = [*GOOD.items(), *GOOD_FIELDS, ("parent", "ab" * 4), ("round", 1), ("iteration", 2), ("notes", "")]
FIELDS = st.sampled_from([*GOOD_VALUES, *[(field, value) for field, value, _ in BAD_FIELDS]])
ENTRIES = st.dictionaries(
    st.sampled_from(["tag", "date", "training", "parent", "mine"]),
    st.sampled_from(["t", "2026-02-20", "2026-02-30", "supervised", "abcdef01", None, 1]),
)


def by_jsonschema(document: JsonValue, schema: Mapping[str, JsonValue]) -> bool:
    """The verdict of the library alone, without the quick yes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("git_pbm.core.documents.schema._keeps", lambda _: lambda _: False)
        return not problems(document, schema)


@given(st.lists(FIELDS, max_size=3), st.tuples(st.sampled_from([*GOOD, "kl", "files", "round"]), ANYTHING) | st.none())
def test_the_quick_yes_about_metadata_is_the_library_s(
    fields: list[tuple[str, JsonValue]], other: tuple[str, JsonValue] | None
) -> None:
    document: JsonValue = {**GOOD, **dict(fields), **dict([other] if other else [])}
    assert quick(METADATA)(document) == by_jsonschema(document, METADATA)


@given(
    st.sampled_from([None, "abcdef01", "abcdef0", 5]),
    st.dictionaries(st.sampled_from(["abcdef01", "00000000", "ABCDEF01"]), st.just(ENTRY) | ENTRIES | ANYTHING),
)
def test_the_quick_yes_about_a_registry_is_the_library_s(current: JsonValue, models: dict[str, JsonValue]) -> None:
    document: JsonValue = {"current": current, "models": models}
    assert quick(REGISTRY)(document) == by_jsonschema(document, REGISTRY)


@given(ANYTHING)
def test_the_quick_yes_about_anything_is_the_library_s(document: JsonValue) -> None:
    for schema in (METADATA, REGISTRY):
        assert quick(schema)(document) == by_jsonschema(document, schema)


@pytest.mark.parametrize(
    "schema", [{"$ref": "#"}, {"oneOf": []}, {"format": "email"}, {"enum": [1]}, {"properties": {"a": True}}], ids=str
)
def test_a_keyword_that_the_quick_yes_does_not_know_is_the_library_s_affair(schema: dict[str, JsonValue]) -> None:
    with pytest.raises(UnknownKeywordError):
        quick(schema)


def test_a_good_document_never_needs_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> object:
        raise AssertionError("jsonschema was asked")

    monkeypatch.setattr("git_pbm.core.documents.schema._validator", refuse)
    assert problems(GOOD, METADATA) == ()
    with pytest.raises(AssertionError):
        problems({}, METADATA)


@given(st.text(max_size=70) | st.from_regex(r"[a-z0-9._-]{1,66}\n?", fullmatch=True) | st.from_regex(r"[0-9a-f]{3,5}"))
def test_the_schema_and_the_grammar_agree_about_tags(tag: str) -> None:
    assert bool(problems({**GOOD, "tag": tag}, METADATA)) == (tag_problem(tag) is not None)


@given(st.from_regex(r"[0-9a-fA-F]{7,9}\n?", fullmatch=True) | st.from_regex(r"[0-9a-f]{63,65}\n?", fullmatch=True))
def test_the_schema_and_the_grammar_agree_about_ids_and_hashes(text: str) -> None:
    assert bool(problems({**GOOD, "parent": text}, METADATA)) != is_id(text)
    assert bool(problems({**GOOD, "hash": text}, METADATA)) != is_hash(text)


@given(st.from_regex(r"(policy|value|x)_v[0-9]{0,10}\.onnx\n?", fullmatch=True))
def test_the_schema_and_the_grammar_agree_about_network_names(name: str) -> None:
    assert bool(problems({**GOOD, "files": {name: RECORD}}, METADATA)) != (network_kind(name) is not None)


@given(st.integers(0, 10**13))
def test_every_count_keeps_the_schema(count: int) -> None:
    assert problems({**GOOD, "params": count_as_text(count)}, METADATA) == ()


@given(st.dates())
def test_every_calendar_day_is_one(day: object) -> None:
    assert is_calendar_day(str(day))
    assert not is_calendar_day(f"{day}\n")


def test_a_demand_that_a_schema_has_no_words_for_is_named_by_its_keyword() -> None:
    (problem,) = problems(5, {"minimum": 6})
    assert problem == SchemaProblem("", "5", "the document breaks the schema (minimum), not 5")


@pytest.mark.parametrize(
    ("schema", "demand"),
    [
        ({"type": ["string", "null"]}, "must be text or null"),
        ({"enum": ["a", "b"]}, "must be one of a, b"),
        ({"minimum": 6, "$comment": "must be 6 or more"}, "must be 6 or more"),
    ],
)
def test_a_demand_is_said_in_words(schema: dict[str, JsonValue], demand: str) -> None:
    assert [problem.message for problem in problems(5, schema)] == [f"the document {demand}, not 5"]
