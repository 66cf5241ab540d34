"""Git LFS, the real one, with a remote by ``file://``: pointers in the tree, content beside it, nothing downloaded."""

from __future__ import annotations

import pytest

from tests.conftest import Trainer
from tests.support.machine import Machine, need, state_of

ATTRIBUTES = "*.onnx filter=lfs diff=lfs merge=lfs -text\nregistry.json text eol=lf\n"


@pytest.fixture
def weights(repository: Machine) -> Machine:
    """A models repository whose networks go to Git LFS."""
    need("git-lfs")
    repository.git("lfs", "install", "--local")
    repository.write(".gitattributes", ATTRIBUTES)
    repository.commit("weights in LFS")
    return repository


def clone_without_content(place: Machine) -> Machine:
    """Push everything to a server, clone it and download nothing."""
    place.git("init", "-q", "--bare", "../server.git")
    server = f"file://{place.folder.parent}/server.git"
    place.git("remote", "add", "origin", server)
    place.git("push", "-q", "origin", "main")
    place.git("clone", "-q", server, "../clone", GIT_LFS_SKIP_SMUDGE="1")
    return place.at(place.folder.parent / "clone")


def test_a_model_is_added_as_pointers_and_its_content_reaches_the_server(weights: Machine, train: Trainer) -> None:
    weights.pbm("add", *train(1), "--tag", "supervised-v1")
    assert weights.git("status", "--porcelain") == ""
    assert len(weights.git("lfs", "ls-files").splitlines()) == 2
    assert "not inspected" in weights.pbm("check").err
    assert "not inspected" not in weights.pbm("check", "--rehash", "--require-content").err
    clone = clone_without_content(weights)
    done = clone.pbm("check")
    assert "2 files' contents" in done.err
    clone.pbm("check", "--require-content", status=3)
    assert not (clone.folder / ".git/lfs/objects").exists()
    assert "supervised-v1" in clone.pbm("which", f"models/{clone.pbm('list').out.split()[7]}").out
    (clone.folder.parent / "engine").mkdir()
    assert "git lfs pull" in clone.pbm("deploy", "--to", "../engine", status=4).err
    pointer = next((clone.folder / "models").glob("*/policy_v2.onnx"))
    assert "git lfs pull" in clone.pbm("add", pointer, "--tag", "supervised-v2", status=4).err
    clone.git("lfs", "install", "--local")
    clone.git("lfs", "pull")
    clone.pbm("deploy", "--to", "../engine")


def test_a_pointer_to_other_content_is_refused(weights: Machine, train: Trainer) -> None:
    weights.pbm("add", *train(1), "--tag", "supervised-v1")
    clone = clone_without_content(weights)
    pointer = next((clone.folder / "models").glob("*/policy_v2.onnx"))
    text = pointer.read_text()
    oid = text.split("sha256:")[1][:64]
    pointer.write_text(text.replace(oid, oid[::-1]))
    clone.git("add", "-A")
    assert clone.run("git-pbm-hook", "pbm-verify").status == 1
    assert "dir-name-is-policy-hash" in clone.run("git-pbm-hook", "pbm-model-hash").out


def test_raw_bytes_where_a_pointer_belongs_are_found(repository: Machine, train: Trainer) -> None:
    repository.write(".gitattributes", ATTRIBUTES)
    repository.git("config", "filter.lfs.clean", "cat")
    repository.commit("attributes, and no git lfs install")
    before = state_of(repository)
    assert "git lfs install" in repository.pbm("add", *train(1), "--tag", "supervised-v1", status=4).err
    assert state_of(repository) == before
    policy, _ = train(1)
    repository.write("models/0badcafe/policy_v2.onnx", policy.read_bytes())
    repository.git("add", "-A")
    assert "lfs-is-pointer" in repository.run("git-pbm-hook", "pbm-model-hash").out
