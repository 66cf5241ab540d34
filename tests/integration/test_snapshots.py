"""One registry through every kind of snapshot: equal entries, equal facts, equal findings."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from git_pbm.core.findings import Verdict
from git_pbm.core.names import role_of
from git_pbm.core.registry.facts import Facts, Unavailable, gather, validated
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import (
    BINARY,
    Entry,
    FileEntry,
    LinkEntry,
    MemorySnapshot,
    OverlaySnapshot,
    Placed,
    Snapshot,
)
from git_pbm.core.rules.engine import run_rules
from git_pbm.gitio.repository import Repository
from git_pbm.snapshots.facts_loader import FactsLoader
from git_pbm.snapshots.tree import commit_tree, staged_tree
from git_pbm.snapshots.worktree import WorktreeSnapshot
from tests.support.machine import Machine
from tests.support.registries import Tree, good_tree
from tests.unit.core.test_rules import setting

GOOD = good_tree()
FIRST = GOOD.ids[0]
TREES: dict[str, Tree] = {
    "good": GOOD,
    "no date": GOOD.edit(f"models/{FIRST}/metadata.json", setting(created=None)),
    "a stray link": GOOD.with_link(f"models/{FIRST}/x", "elsewhere"),
    "current out of the repository": GOOD.with_link("current", "/etc"),
    "a renamed model": GOOD.moved(f"models/{FIRST}", "models/0badcafe"),
    "a torn registry": GOOD.with_file("registry.json", b"{"),
    "an empty network": GOOD.with_file(f"models/{FIRST}/policy_v2.onnx", b""),
}


def materialise(place: Machine, tree: Tree) -> Repository:
    place.git("init", "-q")
    for path, content in tree.files.items():
        place.write(path, content)
    for path, target in tree.links.items():
        (place.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (place.folder / path).symlink_to(target)
    place.write(".gitattributes", "*.onnx -text\n")
    place.commit("a registry")
    return Repository.discover(str(place.folder))


def overlaid(tree: Tree) -> OverlaySnapshot:
    """The whole tree as changes of an empty base."""
    changes: dict[str, Placed | None] = {}
    for path, content in tree.files.items():
        changes[path] = Placed(FileEntry(), validated(gather(role_of(path), [content]), role_of(path)))
    for path, target in tree.links.items():
        changes[path] = Placed(LinkEntry(target))
    return OverlaySnapshot(MemorySnapshot(), changes)


KINDS: dict[str, Callable[[Tree, Repository], Snapshot]] = {
    "memory": lambda tree, _: tree.snapshot(),
    "overlay": lambda tree, _: overlaid(tree),
    "commit": lambda _, repository: commit_tree(repository, "HEAD", FactsLoader(repository)),
    "staged": lambda _, repository: staged_tree(repository, FactsLoader(repository)),
    "working tree": lambda _, repository: WorktreeSnapshot(repository, FactsLoader(repository)),
    "working tree, every byte": lambda _, repository: WorktreeSnapshot(
        repository, FactsLoader(repository, rehash=True)
    ),
    "remembered": lambda _, repository: commit_tree(repository, "HEAD", FactsLoader(repository)),
}


def plain(entry: Entry, path: str) -> object:
    if isinstance(entry, FileEntry):
        return ("file", entry.executable)
    if isinstance(entry, LinkEntry):
        return ("link", entry.target if path == "current" else None)
    return ("other", entry.kind)


def view(snapshot: Snapshot) -> tuple[dict[str, object], dict[str, object], Verdict]:
    entries = {path: plain(entry, path) for path, entry in snapshot.entries.items()}
    facts = {
        path: snapshot.facts(path) for path, kind in entries.items() if isinstance(kind, tuple) and kind[0] == "file"
    }
    return dict(sorted(entries.items())), dict(sorted(facts.items())), run_rules(Registry(snapshot))


@pytest.mark.parametrize("name", TREES)
def test_every_snapshot_of_one_registry_says_the_same(machine: Machine, name: str) -> None:
    place = machine.at(machine.folder / "it")
    place.folder.mkdir()
    repository = materialise(place, TREES[name])
    views = {kind: view(make(TREES[name], repository)) for kind, make in KINDS.items()}
    for kind, seen in views.items():
        assert seen == views["memory"], kind


def test_a_missing_blob_is_unavailable_and_unverified(machine: Machine) -> None:
    place = machine.at(machine.folder / "it")
    place.folder.mkdir()
    repository = materialise(place, GOOD)
    path = f"models/{FIRST}/policy_v2.onnx"
    blob = place.git("rev-parse", f"HEAD:{path}").strip()
    (place.folder / ".git/objects" / blob[:2] / blob[2:]).unlink()
    snapshot = commit_tree(repository, "HEAD", FactsLoader(repository))
    assert snapshot.facts(path) == Unavailable(blob, path)
    done = place.pbm("check", "--rev", "HEAD", status=3)
    assert f"{path}: unverified" in done.out


def test_a_partial_clone_fetches_nothing_and_says_unverified(machine: Machine) -> None:
    place = machine.at(machine.folder / "it")
    place.folder.mkdir()
    materialise(place, GOOD)
    place.git("config", "uploadpack.allowFilter", "true")
    machine.git("clone", "-q", "--no-checkout", "--filter=blob:limit=4k", f"file://{place.folder}", "partial")
    clone = machine.at(machine.folder / "partial")
    missing = clone.git("rev-list", "--objects", "--missing=print", "HEAD").count("?")
    assert missing > 0
    done = clone.pbm("check", "--rev", "HEAD", status=3)
    assert done.out.count("unverified") == 5
    assert clone.git("rev-list", "--objects", "--missing=print", "HEAD").count("?") == missing
    trace = machine.folder / "trace"
    clone.pbm("check", "--rev", "HEAD", "--fetch", GIT_TRACE=str(trace))
    assert trace.read_text().count("trace: built-in: git fetch ") == 1
    clone.pbm("check", "--rev", "HEAD")


def test_a_pointer_gives_its_own_digest(machine: Machine) -> None:
    from git_pbm.core.documents.lfs_pointer import pointer_text

    known = Registry(GOOD.snapshot()).models[FIRST].facts("policy_v2.onnx")
    assert isinstance(known, Facts)
    place = machine.at(machine.folder / "it")
    place.folder.mkdir()
    pointer = pointer_text(known.sha256, known.size)
    repository = materialise(place, GOOD.with_file(f"models/{FIRST}/policy_v2.onnx", pointer))
    facts = staged_tree(repository, FactsLoader(repository)).facts(f"models/{FIRST}/policy_v2.onnx")
    assert isinstance(facts, Facts)
    assert (facts.sha256, facts.size, facts.is_pointer) == (known.sha256, known.size, True)
    assert "not inspected" in place.pbm("check").err
    place.pbm("check", "--require-content", status=3)


def test_attributes_are_those_of_the_tree_that_is_looked_at(machine: Machine) -> None:
    place = machine.at(machine.folder / "it")
    place.folder.mkdir()
    repository = materialise(place, GOOD)
    path = f"models/{FIRST}/policy_v2.onnx"
    place.write(".gitattributes", "")
    assert WorktreeSnapshot(repository, FactsLoader(repository)).attributes([path]) == {path: {}}
    assert staged_tree(repository, FactsLoader(repository)).attributes([path]) == {path: BINARY}
    place.git("rm", "-q", "--cached", ".gitattributes")
    assert staged_tree(repository, FactsLoader(repository)).attributes([path]) == {path: {}}
    assert commit_tree(repository, "HEAD", FactsLoader(repository)).attributes([path]) == {path: BINARY}


def remembered(place: Machine) -> Path:
    return place.folder / ".git/pbm/facts"


def test_what_is_remembered_is_not_believed_once_it_is_damaged(registry: Machine) -> None:
    registry.pbm("check")
    path = remembered(registry)
    lines = path.read_bytes().split(b"\n")
    policies = [number for number, line in enumerate(lines) if b" network " in line]
    for number in policies:
        lines[number] = lines[number].replace(b'"parameters":3000', b'"parameters":9999')
    path.write_bytes(b"\n".join(lines))
    sound = path.with_name("sound")
    sound.unlink()
    registry.pbm("check")
    sound.unlink()
    assert "params-agree" not in registry.pbm("check").out
    crc = [
        f"{zlib.crc32(line.partition(b' ')[2]):08x}".encode() + b" " + line.partition(b" ")[2] for line in lines[1:-1]
    ]
    path.write_bytes(b"\n".join([lines[0], *crc, b""]))
    sound.unlink()
    assert "params-agree" in registry.pbm("check").out
    assert "params-agree" not in registry.pbm("check", "--rehash").out
    path.unlink()
    assert "params-agree" not in registry.pbm("check").out


def test_a_flipped_bit_in_the_work_tree_is_found_by_rehash(registry: Machine) -> None:
    policy = next((registry.folder / "models").glob("*/policy_v2.onnx"))
    status, data = policy.stat(), bytearray(policy.read_bytes())
    data[len(data) // 2] ^= 4
    with open(policy, "r+b") as file:
        file.write(data)
    os.utime(policy, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert "dir-name-is-policy-hash" in registry.pbm("check", "--rehash", status=1).out
