"""The snapshot of the work tree: git's one answer about what differs, and the disk's about what that is."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from git_pbm.core.registry.snapshot import Entry, EntryKind, FileEntry, LinkEntry, OtherEntry
from git_pbm.snapshots.facts_loader import FactsLoader
from git_pbm.snapshots.worktree import WorktreeSnapshot
from tests.integration.test_snapshots import FIRST, GOOD, materialise
from tests.support.machine import Machine

MODEL = f"models/{FIRST}"
POLICY, METADATA = f"{MODEL}/policy_v2.onnx", f"{MODEL}/metadata.json"
UNKNOWN = FileEntry()


def replaced(path: str, make: Callable[[Path], object]) -> Callable[[Machine], None]:
    def change(place: Machine) -> None:
        target = place.folder / path
        if target.is_dir() and not target.is_symlink():
            shutil.rmtree(target)
        else:
            target.unlink(missing_ok=True)
        make(target)

    return change


def written(path: str, content: str = "x") -> Callable[[Machine], None]:
    def change(place: Machine) -> None:
        place.write(path, content)

    return change


def ignored(path: str) -> Callable[[Machine], None]:
    def change(place: Machine) -> None:
        place.write(".git/info/exclude", "*.onnx\n*.log\n.cache/\n")
        place.write(path, "x")

    return change


def nested(place: Machine) -> None:
    (place.folder / MODEL / "nested").mkdir()
    inner = place.at(place.folder / MODEL / "nested")
    inner.git("init", "-q")
    inner.write("weights", "x")
    shutil.rmtree(inner.folder / ".git/hooks", ignore_errors=True)


def folder_with_a_file(path: Path) -> None:
    path.mkdir()
    (path / "x").touch()


def submodule(place: Machine) -> None:
    place.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},{MODEL}/sub")
    (place.folder / MODEL / "sub").mkdir()


def deleted_on_one_side(place: Machine) -> None:
    blob = place.git("rev-parse", f"HEAD:{METADATA}").strip()
    rows = f"0 {'0' * 40}\t{METADATA}\n" + "".join(f"100644 {blob} {stage}\t{METADATA}\n" for stage in (1, 2))
    place.git("update-index", "--index-info", stdin=rows)


def below(entries: set[str], folder: str) -> set[str]:
    return {path for path in entries if path.startswith(f"{folder}/")}


CASES: dict[str, tuple[Callable[[Machine], None], dict[str, Entry | None]]] = {
    "nothing": (lambda _: None, {}),
    "a file edited": (written(METADATA), {METADATA: UNKNOWN}),
    "a file deleted": (replaced(POLICY, lambda _: None), {POLICY: None}),
    "a file added": (written(f"{MODEL}/notes.txt"), {f"{MODEL}/notes.txt": UNKNOWN}),
    "litter that is ignored": (ignored(f"{MODEL}/train.log"), {}),
    "a folder of litter that is ignored": (ignored(f"{MODEL}/.cache/x"), {}),
    "a network that is ignored": (ignored(f"{MODEL}/value_v3.onnx"), {f"{MODEL}/value_v3.onnx": UNKNOWN}),
    "an empty folder": (replaced(f"{MODEL}/empty", os.mkdir), {}),
    "a mode": (lambda place: (place.folder / POLICY).chmod(0o755), {POLICY: FileEntry(executable=True)}),
    "a link for a file": (replaced(POLICY, lambda path: path.symlink_to("x")), {POLICY: LinkEntry("x")}),
    "a pipe for a file": (replaced(METADATA, os.mkfifo), {METADATA: OtherEntry(EntryKind.FIFO)}),
    "a folder for a file": (
        replaced(METADATA, folder_with_a_file),
        {METADATA: None, f"{METADATA}/x": UNKNOWN},
    ),
    "a submodule": (submodule, {f"{MODEL}/sub": OtherEntry(EntryKind.SUBMODULE, "1" * 40)}),
    "a conflict that one side deleted": (deleted_on_one_side, {METADATA: UNKNOWN}),
}


@pytest.mark.parametrize("name", CASES)
def test_the_work_tree_is_the_index_but_for_what_differs(machine: Machine, name: str) -> None:
    change, expected = CASES[name]
    place = machine.at(machine.folder / "it")
    place.folder.mkdir()
    repository = materialise(place, GOOD)
    before = dict(WorktreeSnapshot(repository, FactsLoader(repository)).entries)
    assert set(before) == {*GOOD.files, *GOOD.links}
    change(place)
    after = dict(WorktreeSnapshot(repository, FactsLoader(repository)).entries)
    for path, entry in expected.items():
        assert after.pop(path, None) == entry
        before.pop(path, None)
    assert after == before
    assert list(after) == sorted(after)


@pytest.mark.parametrize("kind", ["a FIFO", "a link", "a file"])
def test_what_lies_in_the_place_of_a_model_is_seen(machine: Machine, kind: str) -> None:
    place = machine.at(machine.folder / "it")
    place.folder.mkdir()
    repository = materialise(place, GOOD)
    made: dict[str, tuple[Callable[[Path], object], Entry]] = {
        "a FIFO": (os.mkfifo, OtherEntry(EntryKind.FIFO)),
        "a link": (lambda path: path.symlink_to("elsewhere"), LinkEntry("elsewhere")),
        "a file": (Path.touch, UNKNOWN),
    }
    make, entry = made[kind]
    replaced(MODEL, make)(place)
    entries = WorktreeSnapshot(repository, FactsLoader(repository)).entries
    assert entries[MODEL] == entry
    assert not below(set(entries), MODEL)


def test_a_repository_inside_a_model_is_seen_to_its_last_file(machine: Machine) -> None:
    place = machine.at(machine.folder / "it")
    place.folder.mkdir()
    repository = materialise(place, GOOD)
    nested(place)
    found = below(set(WorktreeSnapshot(repository, FactsLoader(repository)).entries), f"{MODEL}/nested")
    assert {f"{MODEL}/nested/weights", f"{MODEL}/nested/.git/HEAD"} <= found
