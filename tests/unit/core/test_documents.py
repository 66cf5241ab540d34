"""Metadata and the registry as values: read tolerantly, written canonically, nothing of a person's lost."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_pbm.core.documents.metadata import METADATA_FIELDS, METADATA_LIMIT, FileRecord, Metadata
from git_pbm.core.documents.registry_document import RegistryDocument, RegistryEntry, registry_entry_of
from git_pbm.core.documents.schema import load, problems
from git_pbm.core.documents.strict_json import JsonValue, read_json
from git_pbm.core.names import is_id

RECORD: JsonValue = {"sha256": "ab" * 32, "size": 1}
WHOLE: dict[str, JsonValue] = {
    "hash": "ab" * 32,
    "created": "2026-02-20",
    "training": "rl_selfplay",
    "tag": "rl-r2-i1",
    "params": "15.36M",
    "parent": "0c77d1e4",
    "round": 2,
    "iteration": 1,
    "best_epoch": 0,
    "best_loss": -0.5,
    "entropy": 1,
    "kl": 0.0,
    "supervised_mix": 0.25,
    "notes": "ä\nb",
    "files": {"policy_v2.onnx": RECORD, "value_v2.onnx": {"sha256": "cd" * 32, "size": 2}},
}
ANYTHING: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


def metadata_of(document: JsonValue) -> Metadata:
    metadata = Metadata.from_json(document)
    assert metadata is not None
    return metadata


def registry_of(document: JsonValue) -> RegistryDocument:
    registry = RegistryDocument.from_json(document)
    assert registry is not None
    return registry


def test_metadata_is_written_in_the_order_of_its_fields_whatever_the_order_it_was_read_in() -> None:
    assert tuple(WHOLE) == METADATA_FIELDS
    metadata = metadata_of(dict(reversed(WHOLE.items())))
    assert list(metadata.to_json()) == list(METADATA_FIELDS)
    assert metadata.files is not None
    assert metadata.files["value_v2.onnx"] == FileRecord("cd" * 32, 2)


def test_a_digest_that_is_not_an_object_is_passed_over() -> None:
    metadata = Metadata.from_json({"files": {"policy_v2.onnx": RECORD, "value_v2.onnx": "none"}})
    assert metadata is not None
    assert metadata.files is not None
    assert metadata.files.keys() == {"policy_v2.onnx"}


def test_metadata_reads_back_as_it_was_written_and_integers_stay_integers() -> None:
    metadata = metadata_of(WHOLE)
    again = read_json(metadata.text().encode(), METADATA_LIMIT)
    assert metadata_of(again) == metadata
    assert repr(again) == repr(WHOLE)


def test_unknown_fields_keep_their_order_after_the_known_ones() -> None:
    document: dict[str, JsonValue] = {"zeta": None, **WHOLE, "alpha": {"b": 1, "a": 2}}
    assert metadata_of(document).text().startswith('{\n  "hash": "abab')
    assert list(json.loads(metadata_of(document).text())) == [*METADATA_FIELDS, "zeta", "alpha"]
    assert list(json.loads(metadata_of(document).text())["alpha"]) == ["b", "a"]


def test_absent_fields_are_left_out() -> None:
    short = {name: WHOLE[name] for name in METADATA_FIELDS[:5]}
    assert metadata_of(short).to_json() == short


@pytest.mark.parametrize("value", [None, True, 1, 1.5, "text", []])
def test_what_is_no_object_is_no_document(value: JsonValue) -> None:
    assert Metadata.from_json(value) is None
    assert RegistryDocument.from_json(value) is None


@given(st.dictionaries(st.sampled_from(METADATA_FIELDS), ANYTHING))
def test_fields_of_wrong_types_are_as_if_they_were_absent(document: dict[str, JsonValue]) -> None:
    metadata = metadata_of(document)
    required = (metadata.hash, metadata.created, metadata.training, metadata.tag, metadata.params)
    assert all(isinstance(value, str) for value in required)
    for number in (metadata.round, metadata.iteration, metadata.best_epoch):
        assert number is None or type(number) is int
    for measure in (metadata.best_loss, metadata.entropy, metadata.kl, metadata.supervised_mix):
        assert measure is None or type(measure) in (int, float)
    assert metadata_of(metadata.to_json()) == metadata


def test_booleans_are_no_numbers() -> None:
    metadata = metadata_of({**WHOLE, "round": True, "kl": False})
    assert (metadata.round, metadata.kl) == (None, None)


def test_the_registry_is_written_sorted_with_current_first() -> None:
    entry: JsonValue = {"training": "supervised", "date": "2026-01-01", "tag": "t", "mine": 1}
    found = registry_of({"more": [], "models": {"ffffffff": entry, "00000000": entry}, "current": "ffffffff"})
    assert list(found.to_json()) == ["current", "models", "more"]
    written = json.loads(found.text())
    assert list(written["models"]) == ["00000000", "ffffffff"]
    assert list(written["models"]["00000000"]) == ["tag", "date", "training", "mine"]
    assert registry_of(written) == found


def test_an_empty_registry_has_one_text() -> None:
    assert RegistryDocument(None, {}).text() == '{\n  "current": null,\n  "models": {}\n}\n'


@pytest.mark.parametrize("key", ["../../etc", "ABCDEF01", "abcdef01\n", "abcdef0", "abcdef012", "", "models/abcdef01"])
def test_keys_and_currents_that_are_no_ids_never_come_in(key: str) -> None:
    found = registry_of({"current": key, "models": {key: {"tag": "t"}, "00000000": 5}})
    assert found == RegistryDocument(None, {})


@given(ANYTHING, st.dictionaries(st.from_regex(r"[0-9a-f]{7,9}", fullmatch=True), ANYTHING, max_size=3) | ANYTHING)
def test_any_registry_is_read_and_settles_at_once(current: JsonValue, models: JsonValue) -> None:
    found = registry_of({"current": current, "models": models})
    assert found.current is None or is_id(found.current)
    assert all(is_id(key) for key in found.models)
    assert registry_of(found.to_json()) == found


def test_a_models_entry_repeats_its_metadata_and_keeps_the_schema() -> None:
    entry = registry_entry_of(metadata_of(WHOLE))
    assert entry == RegistryEntry("rl-r2-i1", "2026-02-20", "rl_selfplay", "0c77d1e4")
    registry = RegistryDocument("abababab", {"abababab": entry})
    assert problems(registry.to_json(), load("registry.schema.json")) == ()
