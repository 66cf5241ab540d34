"""Weights on a real LFS server (giftless), over HTTP: ``make test-server``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import Trainer
from tests.e2e.server.giftless import Server, bucket_at, install, serving
from tests.support.machine import Machine, need

pytestmark = pytest.mark.server
ATTRIBUTES = "*.onnx filter=lfs diff=lfs merge=lfs -text\n"
ENVIRONMENT = Path(__file__).parents[3] / ".venv-giftless"


@pytest.fixture(scope="session")
def giftless() -> Path:
    """Before any test is sealed off: pip may use its own cache."""
    return install(ENVIRONMENT)


@pytest.fixture
def server(giftless: Path, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Server]:
    """With its objects on a disk, or where a test says so in a bucket."""
    need("git-lfs")
    with ExitStack() as ends:
        is_bucket = getattr(request, "param", "a disk") == "a bucket"
        bucket = ends.enter_context(bucket_at(giftless, tmp_path / "bucket")) if is_bucket else ""
        yield ends.enter_context(serving(giftless, tmp_path / "lfs-server", bucket))


@pytest.fixture
def pushed(machine: Machine, server: Server, train: Trainer) -> Machine:
    """A models repository with its weights on the server, pushed; ``origin.git`` holds the git part."""
    machine.git("init", "-q", "--bare", "origin.git")
    place = machine.at(machine.folder / "models-repo")
    place.folder.mkdir()
    place.git("init", "-q")
    place.git("lfs", "install", "--local")
    place.write(".gitattributes", ATTRIBUTES)
    place.git("config", "-f", ".lfsconfig", "lfs.url", server.url)
    place.git("config", "-f", ".lfsconfig", "lfs.locksverify", "false")
    place.commit("weights in Git LFS")
    place.pbm("init")
    for seed, tag in ((1, "supervised-v1"), (2, "rl-r1-i1")):
        place.pbm("add", *train(seed), "--tag", tag)
    place.git("remote", "add", "origin", f"file://{machine.folder}/origin.git")
    place.git("push", "-q", "origin", "main")
    return place


def clone_without_content(pushed: Machine) -> Machine:
    pushed.git("clone", "-q", f"file://{pushed.folder.parent}/origin.git", "../clone", GIT_LFS_SKIP_SMUDGE="1")
    return pushed.at(pushed.folder.parent / "clone")


@pytest.mark.parametrize("server", ["a disk", "a bucket"], indirect=True)
def test_a_push_brings_every_network_to_the_server_and_git_keeps_pointers(pushed: Machine, server: Server) -> None:
    pointers = pushed.git("lfs", "ls-files", "--long").splitlines()
    assert len(pointers) == 4
    assert server.objects() == {line[:64] for line in pointers}
    size = int(pushed.git("-C", "../origin.git", "cat-file", "-s", f"HEAD:{pointers[0].split(maxsplit=2)[2]}"))
    assert size < 200


def test_a_clone_without_content_is_checked_without_one_request(pushed: Machine, server: Server) -> None:
    before = server.requests()
    clone = clone_without_content(pushed)
    done = clone.run("pre-commit", "run", "--all-files")
    assert done.status == 0, done.out
    assert "4 files are in Git LFS: identity proven by pointer, content not inspected" in done.out
    clone.pbm("check")
    assert "rl-r1-i1" in clone.pbm("list").out
    assert server.requests() == before
    pointer = next((clone.folder / "models").glob("*/policy_v2.onnx"))
    oid = pointer.read_text().split("sha256:")[1][:64]
    pointer.write_text(pointer.read_text().replace(oid, oid[::-1]))
    clone.git("add", "-A")
    done = clone.run("pre-commit", "run", "--all-files")
    assert done.status == 1
    assert "dir-name-is-policy-hash" in done.out
    assert server.requests() == before


@pytest.mark.parametrize("server", ["a disk", "a bucket"], indirect=True)
def test_one_model_is_fetched_and_deployed_without_the_others(pushed: Machine, server: Server) -> None:
    clone = clone_without_content(pushed)
    engine = clone.folder.parent / "engine"
    engine.mkdir()
    clone.git("lfs", "install", "--local", "--skip-smudge")
    refused = clone.pbm("deploy", "--to", "../engine", status=4).err
    assert clone.pbm("path", "current", status=4).err == refused
    model = json.loads((clone.folder / "registry.json").read_text())["current"]
    assert f"git lfs pull --include models/{model}" in refused
    clone.git("lfs", "pull", "--include", f"models/{model}")
    kept = {path.name for path in (clone.folder / ".git/lfs/objects").rglob("*") if path.is_file()}
    wanted = clone.git("lfs", "ls-files", "--long", "--include", f"models/{model}").splitlines()
    assert kept == {line[:64] for line in wanted}
    assert len(kept) == 2
    passed = [path for method, path in server.requests() if method in ("GET", "PUT")]
    assert bool(passed) is not bool(server.bucket), "weights in a bucket do not pass through the server"
    clone.pbm("deploy", "--to", "../engine")
    assert clone.pbm("deploy", "--check", "--to", "../engine").out
    assert "2 files' contents" in clone.pbm("check", "--rehash").err


def test_without_the_server_work_goes_on_and_what_needs_it_says_so(
    pushed: Machine, server: Server, train: Trainer
) -> None:
    clone = clone_without_content(pushed)
    clone.git("lfs", "install", "--local")
    server.stop()
    clone.pbm("check")
    (clone.folder.parent / "engine").mkdir()
    assert "git lfs pull" in clone.pbm("deploy", "--to", "../engine", status=4).err
    pointer = next((clone.folder / "models").glob("*/policy_v2.onnx"))
    assert "git lfs pull" in clone.pbm("add", pointer, "--tag", "rl-r1-i2", status=4).err
    assert clone.run("git", "lfs", "pull").status != 0
    clone.pbm("add", *train(3), "--tag", "rl-r1-i2")
    clone.pbm("deploy", "--to", "../engine")
    # git-lfs keeps commits back whose objects it cannot bring
    assert clone.run("git", "push", "origin", "main").status != 0
    assert clone.git("rev-parse", "origin/main") != clone.git("rev-parse", "main")
