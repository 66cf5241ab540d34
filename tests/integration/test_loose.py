"""git's objects that were written in the pass that copies a file: git takes them as its own, or does without."""

from __future__ import annotations

import zlib
from hashlib import sha1, sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_pbm.errors import RefusedError
from git_pbm.gitio.loose_objects import BlobWriter, takes_loose_blobs
from git_pbm.gitio.repository import Repository
from git_pbm.transaction.intake import Source, intake
from tests.conftest import Trainer
from tests.support.machine import Machine

BLOCK = 0xFFFF
SIZES = [0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, (1 << 18) + 3]


def written(path: Path, pieces: list[bytes], object_format: str = "sha1") -> str:
    with BlobWriter(str(path), sum(map(len, pieces)), object_format) as blob:
        for piece in pieces:
            blob.feed(memoryview(piece))
        return blob.finish()


@pytest.mark.parametrize("object_format", ["sha1", "sha256"])
@pytest.mark.parametrize("size", SIZES)
def test_git_reads_the_object_as_one_of_its_own(machine: Machine, size: int, object_format: str) -> None:
    place = machine.at(machine.folder / "plain")
    place.folder.mkdir()
    place.git("init", "-q", f"--object-format={object_format}")
    data = bytes(i * 7 % 251 for i in range(size))
    object_id = written(place.folder / "object", [data], object_format)
    place.write("data", data)
    assert place.git("hash-object", "data").strip() == object_id
    target = place.folder / ".git/objects" / object_id[:2] / object_id[2:]
    target.parent.mkdir()
    (place.folder / "object").rename(target)
    assert place.git("cat-file", "-s", object_id).strip() == str(size)
    place.git("cat-file", "blob", object_id)
    assert place.run("git", "fsck", "--strict", "--full").status == 0


@given(st.lists(st.binary(max_size=300), max_size=6))
def test_the_object_is_the_bytes_however_they_come(
    tmp_path_factory: pytest.TempPathFactory, pieces: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("object") / "object"
    object_id = written(path, pieces)
    whole = b"blob %d\0" % sum(map(len, pieces)) + b"".join(pieces)
    assert zlib.decompress(path.read_bytes()) == whole
    assert object_id == sha1(whole).hexdigest()


@pytest.mark.parametrize("said", [4, 6])
def test_another_number_of_bytes_than_was_said_gives_no_object(tmp_path: Path, said: int) -> None:
    with BlobWriter(str(tmp_path / "object"), said, "sha1") as blob:
        blob.feed(memoryview(b"12345"))
        assert blob.finish() == ""
    assert not (tmp_path / "object").exists()


def test_a_source_that_grows_while_it_is_read_is_refused(tmp_path: Path, train: Trainer) -> None:
    source = train(1)[0]
    grown: list[int] = []

    def grow(size: int) -> None:
        if not grown:
            grown.append(size)
            with source.open("ab") as file:
                file.write(source.read_bytes())

    folder = tmp_path / "staging"
    folder.mkdir()
    with pytest.raises(RefusedError, match=r"changed while it was read|not a usable ONNX model"):
        intake([Source(str(source), "policy_v2.onnx")], str(folder), "sha1", grow, with_objects=True)
    assert [path.name for path in folder.iterdir()] == ["policy_v2.onnx"]


def test_what_add_writes_is_ours_and_sound(repository: Machine, train: Trainer) -> None:
    policy, value = train(1)
    repository.pbm("add", policy, value, "--tag", "supervised-v1")
    assert repository.run("git", "fsck", "--strict", "--full").status == 0
    for path in (policy, value):
        object_id = repository.git("hash-object", path).strip()
        stored = repository.folder / ".git/objects" / object_id[:2] / object_id[2:]
        header = b"blob %d\0" % path.stat().st_size
        assert stored.read_bytes()[7:].startswith(header), "the first block is the header alone: git's own is longer"
        assert stored.read_bytes()[3] == len(header)
        assert stored.stat().st_mode & 0o777 == 0o444
    repository.git("gc", "-q", "--prune=now")
    assert repository.run("git", "fsck", "--strict", "--full").status == 0
    repository.pbm("check", "--rehash")


def test_a_plan_and_a_refusal_leave_no_object(repository: Machine, train: Trainer) -> None:
    repository.pbm("add", *train(1), "--tag", "supervised-v1")
    before = repository.git("count-objects", "-v")
    repository.pbm("add", *train(5), "--tag", "supervised-v5", "--dry-run")
    repository.pbm("add", *train(5), "--tag", "supervised-v1", status=4)
    assert repository.git("count-objects", "-v") == before


def test_objects_lie_in_the_common_folder_of_a_linked_work_tree(repository: Machine, train: Trainer) -> None:
    repository.git("worktree", "add", "-q", "-b", "side", "../side")
    side = repository.at(repository.folder.parent / "side")
    side.pbm("add", *train(5), "--tag", "supervised-v5")
    assert side.run("git", "fsck", "--strict", "--full").status == 0
    side.pbm("check")


UNUSUAL: dict[str, dict[str, Any]] = {
    "permissions that people share": {"config": ("core.sharedRepository", "group")},
    "an extension that is not known here": {"config": ("extensions.somethingNew", "true")},
    "an object store elsewhere": {"environment": {"GIT_OBJECT_DIRECTORY": "/nowhere"}},
    "a filter": {"config": ("filter.other.clean", "cat"), "attributes": "*.onnx filter=other\n"},
}


@pytest.mark.parametrize("name", UNUSUAL)
def test_where_something_is_unusual_git_does_it_all(
    repository: Machine, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    found = Repository.discover(str(repository.folder))
    assert takes_loose_blobs(found, "policy_v2.onnx")
    about = UNUSUAL[name]
    if "config" in about:
        repository.git("config", *about["config"])
    for key, value in about.get("environment", {}).items():
        monkeypatch.setenv(key, value)
    with (repository.folder / ".gitattributes").open("a") as file:
        file.write(about.get("attributes", ""))
    assert not takes_loose_blobs(Repository(found.root, found.git_dir, found.common_dir), "policy_v2.onnx")


def test_a_shared_repository_gets_its_permissions_from_git(repository: Machine, train: Trainer) -> None:
    repository.git("config", "core.sharedRepository", "0660")
    policy, _ = train(5)
    repository.pbm("add", policy, "--tag", "supervised-v5")
    object_id = repository.git("hash-object", policy).strip()
    stored = repository.folder / ".git/objects" / object_id[:2] / object_id[2:]
    assert stored.stat().st_mode & 0o777 == 0o440


def test_an_object_that_git_has_packed_already_is_no_trouble(repository: Machine, train: Trainer) -> None:
    policy, value = train(5)
    repository.git("hash-object", "-w", policy, value)
    repository.git("repack", "-a", "-d", "-q", "--keep-unreachable")
    repository.pbm("add", policy, value, "--tag", "supervised-v5")
    assert repository.run("git", "fsck", "--strict", "--full").status == 0
    assert (
        sha256((repository.folder / "current/policy_v2.onnx").read_bytes()).hexdigest()
        == sha256(policy.read_bytes()).hexdigest()
    )
