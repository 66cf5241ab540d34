"""Which models a step of history touches, few or many, with and without blob ids."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from git_pbm.core.registry.change import Change
from git_pbm.core.registry.changed_models import ChangedModels
from git_pbm.core.registry.facts import Facts, Unavailable
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import Entry, FileEntry, MemorySnapshot


def touched(before: MemorySnapshot, after: MemorySnapshot) -> ChangedModels:
    return ChangedModels.by(Change(Registry(before), Registry(after), "chore: try"))


def models(count: int, content: bytes = b"{}") -> dict[str, bytes]:
    return {f"models/{number:08x}/metadata.json": content for number in range(count)}


@pytest.mark.parametrize("count", [2, 40], ids=["few", "many"])
def test_models_that_come_go_and_stay_are_told_apart(count: int) -> None:
    old = {**models(count), "models/aaaaaaaa/metadata.json": b"{}", "models/dddddddd/notes.txt": b""}
    new = {**models(count, b"[]"), "models/bbbbbbbb/policy_v2.onnx": b"", "models/odd": b"", "README.md": b""}
    found = touched(MemorySnapshot(old), MemorySnapshot(new))
    assert found.added == ("bbbbbbbb",)
    assert found.removed == ("aaaaaaaa",)
    assert found.kept == tuple(f"{number:08x}" for number in range(count))
    assert found.paths["bbbbbbbb"] == ("policy_v2.onnx",)
    assert found.paths["dddddddd"] == ("notes.txt",)
    assert "dddddddd" not in found.before


def test_nothing_differs_from_itself() -> None:
    snapshot = MemorySnapshot(models(2))
    assert touched(snapshot, snapshot).paths == {}
    assert touched(snapshot, MemorySnapshot(models(2))).paths == {}


def test_bytes_that_are_not_here_may_differ() -> None:
    path = "models/0000000a/metadata.json"
    partial = MemorySnapshot(missing=frozenset((path,)))
    assert list(touched(partial, MemorySnapshot({path: b"{}"})).paths) == ["0000000a"]


@dataclass(frozen=True)
class Listed:
    """A snapshot of entries alone: it must not be asked for bytes."""

    entries: dict[str, Entry]
    label: str = "listed"

    def facts(self, path: str) -> Facts | Unavailable:
        raise AssertionError(f"the bytes of {path} were asked for")

    def attributes(self, paths: object) -> Unavailable:
        return Unavailable("")


def test_entries_with_blob_ids_are_compared_without_their_bytes() -> None:
    shared = FileEntry(object_id="1")
    old: dict[str, Entry] = {
        "models/0000000a/metadata.json": shared,
        "models/0000000b/metadata.json": FileEntry(object_id="2"),
        "models/0000000c/metadata.json": FileEntry(object_id="3"),
    }
    new: dict[str, Entry] = {
        "models/0000000a/metadata.json": shared,
        "models/0000000b/metadata.json": FileEntry(object_id="2"),
        "models/0000000c/metadata.json": FileEntry(object_id="4"),
    }
    found = ChangedModels.by(Change(Registry(Listed(old)), Registry(Listed(new)), "chore: try"))
    assert found.kept == ("0000000c",)
