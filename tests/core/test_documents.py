"""Strict JSON, schemas, LFS pointers and names: grammar against hostile text."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_pbm.core import names
from git_pbm.core.documents import Metadata, RegistryFile
from git_pbm.core.lfs import LfsPointer, looks_like_pointer, parse_pointer, pointer_text
from git_pbm.core.names import count_as_text, current_target_id, is_hash, is_id, network_kind, tag_problem
from git_pbm.core.schema import load, problems
from git_pbm.core.strict_json import DocumentProblem, JsonValue, read_json, text_of

LIMIT = 1 << 20
SCHEMA = load("metadata.schema.json")
GOOD: dict[str, JsonValue] = {
    "hash": "ab" * 32,
    "created": "2026-02-20",
    "training": "rl_selfplay",
    "tag": "rl-r2-i1",
    "params": "15.36M",
}

HOSTILE = [
    (b'{"a": 1, "a": 2}', "repeated"),
    (b'{"a": {"b": 1, "b": 1}}', "repeated"),
    (b"NaN", "NaN"),
    (b"[-Infinity]", "Infinity"),
    (b"1e999", "finite"),
    (b"\xef\xbb\xbf{}", "byte-order"),
    ('{"a": 1}'.encode("utf-16"), "byte-order"),
    ('{"a": 1}'.encode("utf-16-le"), "JSON"),
    (b'"\xff"', "UTF-8"),
    (b'"\\ud800"', "surrogate"),
    (b'{"\\udfff": 1}', "surrogate"),
    (b"[" * 100_000, "JSON|deeper"),
    (b"[" * 65 + b"]" * 65, "deeper"),
    (b"[" * 100_000 + b"]" * 100_000, "deeper"),
    (b"1" * 5000, "digits"),
    (b"{}{}", "JSON"),
    (b"", "JSON"),
    (b"{'a': 1}", "JSON"),
    (b'{"a": 1,}', "JSON"),
    (b"\0", "JSON"),
    (b" " * (LIMIT + 1), "longer"),
]


@pytest.mark.parametrize(("data", "words"), HOSTILE, ids=[f"{i}" for i in range(len(HOSTILE))])
def test_what_parsers_differ_on_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(DocumentProblem, match=words):
        read_json(data, LIMIT)


def test_a_bomb_of_empty_objects_is_refused_before_it_is_built() -> None:
    with pytest.raises(DocumentProblem, match="lists and objects"):
        read_json(b"[" + b"{}," * 2_000_000 + b"{}]", 64 << 20)


def test_the_place_of_a_problem_is_named() -> None:
    with pytest.raises(DocumentProblem) as caught:
        read_json(b'{\n  "a": 1,\n  "b": ?\n}', LIMIT)
    assert (caught.value.line, caught.value.column) == (3, 8)


def test_integers_and_floats_stay_apart() -> None:
    assert [type(item) for item in read_json(b"[2, 2.0]", LIMIT) or []] == [int, float]  # type: ignore[union-attr]


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_what_is_written_is_read_back(value: JsonValue) -> None:
    try:
        data = text_of(value).encode()
    except UnicodeEncodeError:
        return
    assert read_json(data, LIMIT) == value


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    try:
        value = read_json(data, LIMIT)
    except DocumentProblem:
        return
    assert value == json.loads(data)


BAD_FIELDS: list[tuple[str, JsonValue]] = [
    ("hash", "AB" * 32),
    ("hash", "ab" * 32 + "\n"),
    ("created", "unknown"),
    ("created", "2026-02-30"),
    ("created", "2026-2-3"),
    ("created", "2026-02-20T00:00"),
    ("created", "٢٠٢٦-٠٢-٢٠"),
    ("training", "magic"),
    ("tag", "a..b"),
    ("tag", "x.lock"),
    ("tag", "current"),
    ("tag", "cafe"),
    ("tag", "a\n"),
    ("params", "15.4M"),
    ("params", 15),
    ("parent", "short"),
    ("round", 0),
    ("round", 1.0),
    ("round", True),
    ("best_epoch", -1),
    ("best_loss", "low"),
    ("kl", -0.1),
    ("supervised_mix", 1.5),
    ("notes", 5),
    ("files", {"policy.onnx": {"sha256": "ab" * 32, "size": 1}}),
    ("files", {"policy_v2.onnx": {"sha256": "ab" * 32}}),
    ("files", {"policy_v2.onnx": {"sha256": "ab" * 32, "size": 1.0}}),
]


@pytest.mark.parametrize(("field", "value"), BAD_FIELDS, ids=[f"{f}={v!r}"[:40] for f, v in BAD_FIELDS])
def test_the_schema_refuses_each_bad_field_and_says_where(field: str, value: JsonValue) -> None:
    found = problems({**GOOD, field: value}, SCHEMA)
    assert found
    assert all(problem.place.split("/")[0] == field for problem in found)
    assert all("must" in p.message or "is for" in p.message or "missing" in p.message for p in found)


def test_the_schema_takes_what_it_should() -> None:
    assert problems(GOOD, SCHEMA) == ()
    more: dict[str, JsonValue] = {"best_loss": -0.5, "round": 2, "kl": 0, "mine": [1], "params": "999"}
    assert problems({**GOOD, **more}, SCHEMA) == ()
    for example in SCHEMA["examples"]:  # type: ignore[union-attr]
        assert problems(example, SCHEMA) == ()
    registry = load("registry.schema.json")
    for example in registry["examples"]:  # type: ignore[union-attr]
        assert problems(example, registry) == ()


@given(st.text(max_size=70) | st.from_regex(r"[a-z0-9._-]{1,66}", fullmatch=True))
def test_the_schema_and_the_grammar_agree_about_tags(tag: str) -> None:
    assert bool(problems({**GOOD, "tag": tag}, SCHEMA)) == (tag_problem(tag) is not None)


def test_unknown_fields_keep_their_place_and_order() -> None:
    document: dict[str, JsonValue] = {"zeta": 1, **GOOD, "alpha": {"b": 1, "a": 2}}
    metadata = Metadata.from_json(document)
    assert metadata is not None
    assert list(json.loads(metadata.text())) == [*GOOD, "zeta", "alpha"]
    assert Metadata.from_json(metadata.to_json()) == replace(metadata)


def test_the_registry_is_written_sorted_and_reads_back() -> None:
    entry: JsonValue = {"tag": "t", "date": "2026-01-01", "training": "supervised", "mine": 1}
    found = RegistryFile.from_json({"models": {"ffffffff": entry, "00000000": entry, "x": entry}, "current": None})
    assert found is not None
    assert list(json.loads(found.text())["models"]) == ["00000000", "ffffffff"]
    assert found.text().startswith('{\n  "current": null,\n  "models": {\n')


@given(st.from_regex(r"[0-9a-f]{64}", fullmatch=True), st.integers(0, 10**15))
def test_pointers_are_read_as_they_are_written(sha256: str, size: int) -> None:
    text = pointer_text(sha256, size)
    assert parse_pointer(text) == LfsPointer(sha256, size)
    for broken in (text + b"\n", text.replace(b"\n", b"\r\n"), text[:-1], b"\n" + text, text.upper()):
        assert parse_pointer(broken) is None
    assert looks_like_pointer(text)


@given(st.binary(max_size=200))
def test_no_bytes_that_are_no_pointer_are_taken_for_one(data: bytes) -> None:
    assert parse_pointer(data) is None


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.0K"),
        (812_400, "812.4K"),
        (999_949, "999.9K"),
        (999_950, "1.00M"),
        (15_358_121, "15.36M"),
        (999_994_999, "999.99M"),
        (999_995_000, "1.00B"),
        (1_250_000_000, "1.25B"),
        (10**12, "1000.00B"),
    ],
)
def test_counts_are_written_as_people_write_them(count: int, text: str) -> None:
    assert count_as_text(count) == text


@given(st.integers(0, 10**13))
def test_every_count_keeps_the_schema(count: int) -> None:
    assert problems({**GOOD, "params": count_as_text(count)}, SCHEMA) == ()


@pytest.mark.parametrize(
    "text", ["", "abc", "ABCDEF01", "abcdef01\n", " abcdef01", "abcdef012", "../../..", "abcdefg1"]
)
def test_only_ids_are_ids(text: str) -> None:
    assert not is_id(text)
    assert not is_hash(text)
    with pytest.raises(ValueError, match="not a model id"):
        names.model_path(text)


@pytest.mark.parametrize(
    "target",
    [
        "models/ABCDEF01",
        "models/abcdef01/",
        "./models/abcdef01",
        "/models/abcdef01",
        "models/abcdef01\n",
        "models/../x",
    ],
)
def test_only_our_targets_are_targets(target: str) -> None:
    assert current_target_id(target) is None


def test_network_names_are_whole_names() -> None:
    assert network_kind("policy_v2.onnx") == ("policy", 2)
    assert network_kind("value_v10.onnx") == ("value", 10)
    for name in (
        "policy.onnx",
        "policy_v2.onnx\n",
        "Policy_v2.onnx",
        "policy_v.onnx",
        "policy_v2.onnx.data",
        "x_v2.onnx",
    ):
        assert network_kind(name) is None
