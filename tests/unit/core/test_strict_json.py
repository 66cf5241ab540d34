"""The strict JSON reader: what two parsers could read differently is refused, with its place."""

from __future__ import annotations

import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_pbm.core.documents.json_places import first_deeper_than, first_lone_surrogate, first_repeat_of, first_word
from git_pbm.core.documents.strict_json import DocumentProblem, JsonValue, read_json, text_of

LIMIT = 1 << 20
NOWHERE = None

HOSTILE = [
    (b'{"a": 1,\n "a": 2}', (2, 2), "repeated"),
    (b'{"a": {"b": 1, "b": 1}}', (1, 16), '"b" is repeated'),
    (b'{"a": 0, "a": {"b": 1, "b": 1}}', (1, 24), '"b" is repeated'),
    (b'{"b": {"a": 1}, "c": ["a"], "a": "a",\n"\\u0061": 1}', (2, 1), '"a" is repeated'),
    (b"NaN", (1, 1), "NaN"),
    (b'["NaN",\n  NaN]', (2, 3), "NaN"),
    (b"[-Infinity]", (1, 2), "Infinity"),
    (b'{"Infinity": Infinity}', (1, 14), "Infinity"),
    (b"[1e99, 1e999]", (1, 8), "finite"),
    (b"-1e999", (1, 1), "finite"),
    (b"1e999x", (1, 1), "finite"),
    (b"\xef\xbb\xbf{}", (1, 1), "byte-order"),
    ('{"a": 1}'.encode("utf-16"), (1, 1), "byte-order"),
    ('{"a": 1}'.encode("utf-16-le"), NOWHERE, "NUL at byte 1"),
    (b'{\n "\xc3\xa4\xff"}', (2, 4), r"UTF-8 \(byte 6\)"),
    (b'"\xed\xa0\x80"', (1, 2), "UTF-8"),
    (b'["\\ud83d\\ude00",\n"\\ud800"]', (2, 1), "surrogate"),
    (b'{"\\udfff": 1}', (1, 2), "surrogate"),
    (b'"\\ude00\\ud83d"', (1, 1), "surrogate"),
    (b"[" * 100_000, (1, 65), "deeper"),
    (b"[" * 65 + b"]" * 65, (1, 65), "deeper"),
    (b'["[[", ' + b'{"":' * 64 + b"1" + b"}" * 64 + b"]", (1, 8 + 63 * 4), "deeper"),
    (b"[" * 100_000 + b"]" * 100_000, (1, 65), "deeper"),
    (b"1" * 33, (1, 1), "33 digits"),
    (b"[1, -" + b"1" * 5000 + b"]", (1, 5), "5000 digits"),
    (b"{}{}", (1, 3), "JSON"),
    (b"{}\nx", (2, 1), "JSON"),
    (b"", (1, 1), "JSON"),
    (b"{'a': 1}", (1, 2), "JSON"),
    (b'{"a": 1,}', (1, 9), "JSON"),
    (b'"a\nb"', (1, 3), "JSON"),
    (b"\0", NOWHERE, "NUL at byte 0"),
    (b"01", (1, 2), "JSON"),
    (b" " * (LIMIT + 1), NOWHERE, "longer"),
]


@pytest.mark.parametrize(("data", "place", "words"), HOSTILE, ids=[f"{i}-{case[2]}" for i, case in enumerate(HOSTILE)])
def test_what_parsers_differ_on_is_refused_with_its_place(
    data: bytes, place: tuple[int, int] | None, words: str
) -> None:
    with pytest.raises(DocumentProblem, match=words) as caught:
        read_json(data, LIMIT)
    assert (caught.value.line, caught.value.column) == (place or (None, None))
    assert str(caught.value).startswith(f"line {place[0]}, column {place[1]}: " if place else caught.value.message)


BOMBS = [
    b"[" + b"{}," * 2_000_000 + b"{}]",
    b"[" + b"[]," * 2_000_000 + b"[]]",
    b"[" + b"0," * 2_000_000 + b"0]",
    b"{" + b",".join(b'"%x":0' % number for number in range(1_000_002)) + b"}",
    b'"' + "\U0001f600".encode() + b"x" * (40 << 20) + b'"',
]


@pytest.mark.parametrize("data", BOMBS, ids=["objects", "lists", "items", "keys", "wide-text"])
def test_a_bomb_is_refused_before_anything_is_built(data: bytes) -> None:
    tracemalloc.start()
    try:
        with pytest.raises(DocumentProblem, match="more than"):
            read_json(data, 64 << 20)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_a_registry_of_100000_models_is_no_bomb() -> None:
    entry: JsonValue = {"tag": "t", "date": "2026-01-01", "training": "supervised", "parent": "00000000"}
    data = text_of({"current": None, "models": {f"{number:08x}": entry for number in range(100_000)}}).encode()
    document = read_json(data, 64 << 20)
    assert isinstance(document, dict)
    assert isinstance(document["models"], dict)
    assert len(document["models"]) == 100_000


def test_the_limits_themselves_are_allowed() -> None:
    assert read_json(b" " * (LIMIT - 2) + b"{}", LIMIT) == {}
    assert read_json(b"-" + b"9" * 32, LIMIT) == -(10**32 - 1)
    assert read_json(b"[" * 64 + b"]" * 64, LIMIT)
    assert read_json(b'"\\ud83d\\ude00"', LIMIT) == "\U0001f600"


def test_integers_and_floats_stay_apart() -> None:
    document = read_json(b"[2, 2.0, 2e0, -0]", LIMIT)
    assert isinstance(document, list)
    assert [type(item) for item in document] == [int, float, float, int]


def test_the_canonical_text_is_indented_by_two_and_keeps_order_and_letters() -> None:
    assert text_of({"b": [1, 2.0], "a": "ä"}) == '{\n  "b": [\n    1,\n    2.0\n  ],\n  "a": "ä"\n}\n'


def test_what_is_no_json_is_not_written() -> None:
    with pytest.raises(ValueError, match="float"):
        text_of({"kl": float("nan")})


TEXT = st.text(st.characters(exclude_categories=["Cs"]))
JSON: st.SearchStrategy[JsonValue] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_what_is_written_is_read_back_with_the_same_types(value: JsonValue) -> None:
    assert repr(read_json(text_of(value).encode(), LIMIT)) == repr(value)


@given(JSON, st.booleans(), st.sampled_from([None, 1, "\t"]))
def test_every_spelling_that_json_writes_reads_the_same(
    value: JsonValue, plain: bool, indent: int | str | None
) -> None:
    data = json.dumps(value, ensure_ascii=plain, indent=indent).encode()
    assert repr(read_json(data, LIMIT)) == repr(json.loads(data))


PIECES = [
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    '"b"',
    '"\\ud800"',
    "1",
    "-2.5e3",
    "1e999",
    "NaN",
    "null",
    "\n",
    "\\",
    '"',
]


@given(
    st.binary(max_size=200) | st.lists(st.sampled_from(PIECES), max_size=30).map(lambda words: "".join(words).encode())
)
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    try:
        value = read_json(data, LIMIT)
    except DocumentProblem as caught:
        problem = caught
    else:
        assert value == json.loads(data)
        return
    assert problem.line is None or 1 <= problem.line <= data.count(b"\n") + 1


@given(st.dictionaries(TEXT, JSON, min_size=1, max_size=4), st.data())
def test_a_repeated_key_is_found_wherever_it_is(value: dict[str, JsonValue], data: st.DataObject) -> None:
    key = data.draw(st.sampled_from(sorted(value)))
    text = json.dumps(value, ensure_ascii=False)[:-1] + ",\n" + json.dumps(key) + ": null}"
    with pytest.raises(DocumentProblem, match="is repeated") as caught:
        read_json(text.encode(), LIMIT)
    assert (caught.value.line, caught.value.column) == (2, 1)


def test_a_place_that_is_not_there_is_not_found() -> None:
    """A parser that gives up early, deep in a stack, may refuse what no place in the text explains."""
    assert first_deeper_than('{"a": [1], "b": [2]}', 2) is None
    assert first_repeat_of('{"a": {"b": 1}, "b": {"a": 1}}', "b") is None
    assert first_word("[1, 2]", "NaN") is None
    assert first_lone_surrogate('["\\ud83d\\ude00", "a"]') is None


@pytest.mark.parametrize(("text", "key"), [(b'{"a": 1, "b": 1, "b": 2, "a": 2}', "b"), (b'{"a": 1, "a": 2}', "a")])
def test_the_key_that_is_repeated_first_is_named(text: bytes, key: str) -> None:
    with pytest.raises(DocumentProblem, match=f'the key "{key}" is repeated'):
        read_json(text, LIMIT)
