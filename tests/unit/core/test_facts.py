"""Facts about one file: gathered in one pass, remembered as JSON, and refused where the memory has another shape."""

from __future__ import annotations

import json

import pytest

from git_pbm.core.documents.lfs_pointer import POINTER_LIMIT
from git_pbm.core.documents.schema import SchemaProblem
from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.names import Role
from git_pbm.core.registry.facts import (
    TEXT_LIMIT,
    Facts,
    FactsReader,
    facts_from_json,
    facts_to_json,
    gather,
    validated,
)
from tests.support.tiny import tiny_policy

POLICY = tiny_policy(1)
POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'ab' * 32}\nsize 100\n".encode()
EACH = {
    "a network": gather(Role.NETWORK, [POLICY]),
    "no network": gather(Role.NETWORK, [b"hello"]),
    "a pointer": gather(Role.NETWORK, [POINTER]),
    "metadata": gather(Role.METADATA, [b'{"tag": 5}']),
    "metadata held to its schema": validated(gather(Role.METADATA, [b'{"tag": 5}']), Role.METADATA),
    "no document": gather(Role.METADATA, [b"{"]),
    "a text": gather(Role.TEXT, [b"caf\xe9"]),
    "another file": gather(Role.OTHER, [b"\0"]),
}


@pytest.mark.parametrize("kind", EACH)
def test_facts_survive_being_remembered(kind: str) -> None:
    facts = EACH[kind]
    assert facts_from_json(json.loads(json.dumps(facts_to_json(facts)))) == facts


def test_only_what_is_known_is_remembered() -> None:
    text = facts_to_json(gather(Role.TEXT, [b"x"]))
    assert text == {"sha256": EACH_SHA, "size": 1, "text": "x"}
    assert facts_to_json(EACH["a pointer"]) == {"sha256": "ab" * 32, "size": 100, "pointer": True}


EACH_SHA = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
"""The SHA-256 of ``x``."""

SOUND: dict[str, JsonValue] = {"sha256": "ab" * 32, "size": 1}


@pytest.mark.parametrize(
    "record",
    [
        {},
        {"sha256": 5, "size": 1},
        {"sha256": "ab" * 32, "size": "1"},
        {**SOUND, "schema": [5]},
        {**SOUND, "schema": [["place", "found"]]},
        {**SOUND, "onnx": {}},
    ],
    ids=str,
)
def test_a_record_of_another_shape_is_refused(record: dict[str, JsonValue]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        facts_from_json(record)


def test_fields_of_other_types_are_as_if_they_were_absent() -> None:
    odd: dict[str, JsonValue] = {"pointer": 1, "onnx": [], "onnx_problem": 5, "document_problem": 5, "text": 5}
    assert facts_from_json({**SOUND, **odd, "schema": "none"}) == Facts("ab" * 32, 1)
    problems: JsonValue = [["tag", "5", "`tag` must be text"]]
    assert facts_from_json({**SOUND, "schema": problems}).schema_problems == (
        SchemaProblem("tag", "5", "`tag` must be text"),
    )


def test_any_way_of_cutting_a_file_gives_the_same_facts() -> None:
    for role, data in ((Role.NETWORK, POLICY + bytes(2 * POINTER_LIMIT)), (Role.NETWORK, POINTER), (Role.TEXT, b"abc")):
        assert gather(role, (bytes([byte]) for byte in data)) == gather(role, [data])


def test_of_a_long_text_nothing_is_kept() -> None:
    assert gather(Role.TEXT, [b"x" * TEXT_LIMIT]).text is not None
    assert gather(Role.TEXT, [b"x" * TEXT_LIMIT, b"x"]).text is None


def test_a_reader_knows_early_that_a_file_is_no_network() -> None:
    reader = FactsReader(Role.NETWORK)
    reader.feed(POLICY[:10])
    assert not reader.is_hopeless
    reader.feed(b"\0" * 10)
    assert reader.is_hopeless
    text = FactsReader(Role.TEXT)
    text.feed(b"\0")
    assert not text.is_hopeless


@pytest.mark.parametrize(
    ("kind", "is_here"), [("a network", True), ("no network", True), ("a pointer", False), ("a text", True)]
)
def test_of_a_pointer_alone_the_content_is_not_here(kind: str, is_here: bool) -> None:
    assert EACH[kind].is_content_here is is_here
