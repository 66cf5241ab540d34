"""Every command in every kind of clone: it works, or says clearly why not, and never fetches one by one.

``make test`` runs in each kind what is asked of every one (check, list, add) and whatever is different there;
``make test-clones`` runs every command in each.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.integration.clones.kinds import (
    Maker,
    below_another,
    cloned,
    linked_worktree,
    named_by_variables,
    submodule,
    then,
)
from tests.support.machine import Done, Machine, sealed_environment
from tests.support.tiny import tiny_policy, tiny_value

COMMANDS: Mapping[str, tuple[tuple[str, ...], int, str]] = {
    "check": (("check",), 0, "3 models: ok"),
    "check --staged": (("check", "--staged"), 0, "3 models: ok"),
    "check --rev": (("check", "--rev", "HEAD"), 0, "3 models: ok"),
    "list": (("list",), 0, "supervised-v1"),
    "history": (("history",), 0, "supervised-v1"),
    "status": (("status",), 0, "3 models"),
    "which": (("which", "../runs/1/policy_v2.onnx"), 0, "supervised-v1"),
    "path": (("path", "current"), 0, "models/"),
    "deploy": (("deploy", "--to", "../engine"), 0, "deployed"),
    "promote": (("promote", "supervised-v1"), 0, "chore: promote supervised-v1 model"),
    "rollback": (("rollback",), 0, "chore: roll back to rl-r1-i2 model"),
    "add": (("add", "../runs/4/policy_v2.onnx", "--tag", "rl-r1-i3"), 0, "feat: add rl-r1-i3 model"),
    "check after": (("check", "--rev", "HEAD"), 0, "4 models: ok"),
}
"""By name: the words, and the exit status and a piece of the output in an ordinary clone; run in this order."""

ALWAYS = frozenset(("check", "list", "add"))
WHOLE = os.environ.get("PBM_WHOLE_SWEEPS") == "true"

Outcome = tuple[int, str]


@dataclass(frozen=True)
class Kind:
    """How a clone is made, what differs in it from an ordinary one, and how often a command fetches (else never)."""

    make: Maker
    differs: Mapping[str, Outcome] = field(default_factory=dict)
    fetches: Mapping[str, int] = field(default_factory=dict)


NOT_CHECKED_OUT = (4, "git sparse-checkout add models/")
SPARSE = {"path": NOT_CHECKED_OUT, "deploy": NOT_CHECKED_OUT}
NO_WORK_TREE = (128, "is a bare repository: it has no work tree to change -> clone it")
BARE = {
    "check --staged": (4, "git pbm check --rev HEAD"),
    "path": (4, "a bare repository has no files to name"),
    "deploy": (4, "this repository is bare: clone it"),
    **dict.fromkeys(("promote", "rollback", "add"), NO_WORK_TREE),
    "check after": (0, "3 models: ok"),
}
LACKING = (3, "unverified: this clone lacks the object")
CHANGED_BY_CHECKOUT = (4, "current differs from HEAD")
UNCHECKED = (4, "HEAD does: it is not checked out -> look at it: git pbm check --rev HEAD")

KINDS: Mapping[str, Kind] = {
    "an ordinary one": Kind(cloned()),
    "partial, no blobs": Kind(cloned("--filter=blob:none"), fetches={"history": 1}),
    "partial, no large blobs": Kind(cloned("--filter=blob:limit=200")),
    "partial, nothing checked out": Kind(
        cloned("--filter=blob:none", "--no-checkout"),
        {
            **dict.fromkeys(("check", "check --staged", "list", "history", "status", "path"), UNCHECKED),
            **dict.fromkeys(("check --rev", "check after"), LACKING),
            "which": (3, "this clone lacks networks of the registry"),
            "deploy": (4, "is not in a work tree here -> check them out: git checkout HEAD -- models/"),
            **dict.fromkeys(("promote", "rollback", "add"), CHANGED_BY_CHECKOUT),
        },
        {"list": 1},
    ),
    "partial and sparse": Kind(
        then(
            ("sparse-checkout", "set", "--cone", "docs"),
            ("checkout", "-q", "main"),
            make=cloned("--filter=blob:none", "--no-checkout"),
        ),
        {
            **SPARSE,
            **dict.fromkeys(("check", "check --staged", "check --rev", "check after"), LACKING),
            "which": (3, "this clone lacks networks of the registry"),
        },
        {"list": 1, "history": 1},
    ),
    "partial and bare": Kind(
        cloned("--bare", "--filter=blob:none"),
        {
            **BARE,
            **dict.fromkeys(("check", "check --rev", "check after"), LACKING),
            "which": (3, "this clone lacks networks of the registry"),
            "deploy": (4, "this repository is bare: clone it, and work there"),
        },
        {"list": 1, "history": 1},
    ),
    "shallow": Kind(cloned("--depth=1"), {"history": (3, "git fetch --unshallow")}),
    "sparse, by folders": Kind(then(("sparse-checkout", "set", "--cone", "docs")), SPARSE),
    "sparse, by patterns": Kind(then(("sparse-checkout", "set", "--no-cone", "/*", "!/models/")), SPARSE),
    "sparse, nothing of ours": Kind(then(("sparse-checkout", "set", "--no-cone", "/docs/")), SPARSE),
    "a sparse index": Kind(then(("sparse-checkout", "set", "--cone", "--sparse-index", "docs")), SPARSE),
    "a linked worktree": Kind(linked_worktree),
    "a submodule": Kind(submodule),
    "bare": Kind(cloned("--bare"), BARE),
    "no symbolic links": Kind(cloned("-c", "core.symlinks=false")),
    "line ends converted": Kind(cloned("-c", "core.autocrlf=true")),
    "index version 4": Kind(then(("update-index", "--index-version", "4"))),
    "a split index": Kind(then(("config", "core.splitIndex", "true"), ("update-index", "--split-index"))),
    "a separate git folder": Kind(cloned("--separate-git-dir=elsewhere")),
    "a strange folder": Kind(cloned(folder="mödel repo's $(copy) ünd\ttab")),
    "below another repository": Kind(below_another),
    "named by GIT_DIR and GIT_WORK_TREE": Kind(named_by_variables),
}


@pytest.fixture(scope="module", params=["sha1"])
def server(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A models repository with three models, and the files of a fourth, as partial clones may be made from it."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "home").mkdir()
    return origin_at(Machine(folder, sealed_environment(folder / "home")), request.param)


def origin_at(machine: Machine, object_format: str) -> Path:
    """The server's repository, with trained networks beside it in ``runs``."""
    for key, value in (("user.name", "A Trainer"), ("user.email", "t@example.com"), ("init.defaultBranch", "main")):
        machine.git("config", "--global", key, value)
    for seed in range(1, 5):
        machine.write(f"runs/{seed}/policy_v2.onnx", tiny_policy(seed))
        machine.write(f"runs/{seed}/value_v2.onnx", tiny_value(seed))
    place = machine.at(machine.folder / "origin")
    place.folder.mkdir()
    place.git("init", "-q", f"--object-format={object_format}")
    place.pbm("init", "--no-hooks")
    place.write("docs/notes.txt", "notes\n")
    place.commit("notes")
    for seed, tag in enumerate(("supervised-v1", "rl-r1-i1", "rl-r1-i2"), 1):
        place.pbm("add", f"../runs/{seed}/policy_v2.onnx", f"../runs/{seed}/value_v2.onnx", "--tag", tag)
    place.git("config", "uploadpack.allowFilter", "true")
    place.git("config", "uploadpack.allowAnySHA1InWant", "true")
    return place.folder


def clone_of(machine: Machine, server: Path, make: Maker) -> Machine:
    """The clone, with a hook that holds every commit to the rules."""
    place = make(machine, f"file://{server}")
    hook = place.folder / place.git("rev-parse", "--git-path", "hooks/pre-commit").strip()
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\nexec git-pbm-hook pbm-verify\n")
    hook.chmod(0o755)
    for name, target in (("runs", server.parent / "runs"), ("engine", machine.folder / "engine")):
        target.mkdir(exist_ok=True)
        beside = place.folder.parent / name
        if not beside.exists():
            beside.symlink_to(target)
    return place


def counted(place: Machine, *argv: str, **environment: str) -> tuple[Done, int]:
    """What git pbm said, and how many times any git below it fetched."""
    trace = place.folder.parent / "trace"
    trace.unlink(missing_ok=True)
    done = place.run("git", "pbm", *argv, GIT_TRACE=str(trace), **environment)
    assert "Traceback" not in done.err, done.err
    return done, trace.read_text(errors="replace").count("trace: built-in: git fetch ")


def missing_of(place: Machine) -> int:
    """How many objects of HEAD's tree the clone lacks."""
    argv = ("rev-list", "--objects", "--no-walk", "--missing=print", "HEAD")
    return sum(line.startswith("?") for line in place.git(*argv).splitlines())


@pytest.mark.parametrize("name", KINDS)
def test_every_command_works_in_every_kind_of_clone_or_says_why_not(machine: Machine, server: Path, name: str) -> None:
    kind = KINDS[name]
    place = clone_of(machine, server, kind.make)
    for command, (argv, status, words) in COMMANDS.items():
        if not (WHOLE or command in ALWAYS or command in kind.differs or command in kind.fetches):
            continue
        status, words = kind.differs.get(command, (status, words))
        done, fetched = counted(place, *argv)
        said = done.out + done.err
        assert (command, done.status) == (command, status), said
        assert words in said, (command, said)
        assert (command, fetched) == (command, kind.fetches.get(command, 0)), said
    if "add" not in kind.differs:
        assert_added_well(place, server)


def assert_added_well(place: Machine, server: Path) -> None:
    """The last commit holds exactly the model that was added, byte for byte, and nothing is left over."""
    assert place.git("status", "--porcelain") == ""
    source = (server.parent / "runs/4/policy_v2.onnx").read_bytes()
    model = f"models/{hashlib.sha256(source).hexdigest()[:8]}"
    rows = dict(row.split("\t")[::-1] for row in place.git("ls-tree", "-r", "HEAD").splitlines())
    assert rows["current"].startswith("120000 ")
    assert rows[f"{model}/policy_v2.onnx"].startswith("100644 ")
    assert place.git("cat-file", "blob", "HEAD:current") == model
    assert int(place.git("cat-file", "-s", f"HEAD:{model}/policy_v2.onnx")) == len(source)
    changed = place.git("diff-tree", "-r", "--name-only", "--no-commit-id", "HEAD").splitlines()
    assert sorted(changed) == sorted(
        ["README.md", "current", "registry.json", f"{model}/metadata.json", f"{model}/policy_v2.onnx"]
    )


PARTIAL = ("partial, no blobs", "partial, nothing checked out", "partial and sparse", "partial and bare")


@pytest.mark.parametrize("name", PARTIAL)
def test_check_fetch_gets_all_that_is_missing_in_one_request(machine: Machine, server: Path, name: str) -> None:
    place = clone_of(machine, server, KINDS[name].make)
    missing = missing_of(place)
    done, fetched = counted(place, "check", "--rev", "HEAD", "--fetch")
    assert (done.status, fetched) == (0, 1 if missing else 0), done.out
    assert counted(place, "check", "--rev", "HEAD")[1] == 0
    done, fetched = counted(place, "check", "--range", "HEAD~2..HEAD", "--fetch")
    assert done.status == 0, done.out
    assert fetched <= 1
    assert counted(place, "check", "--range", "HEAD~2..HEAD")[0].status == 0


def test_a_partial_clone_without_its_server_says_what_it_lacks(machine: Machine, server: Path) -> None:
    place = clone_of(machine, server, KINDS["partial and sparse"].make)
    place.git("remote", "rename", "origin", "Up.Stream")
    place.git("remote", "set-url", "Up.Stream", f"file://{machine.folder}/gone")
    assert "unverified" in place.pbm("check", status=3).out
    before = place.git("rev-parse", "HEAD")
    for argv in (("list",), ("promote", "supervised-v1"), ("add", "../runs/4/policy_v2.onnx", "--tag", "rl-r1-i3")):
        assert "git fetch Up.Stream:" in place.pbm(*argv, status=4).err
        assert "GIT_NO_LAZY_FETCH" in place.pbm(*argv, status=3, GIT_NO_LAZY_FETCH="1").err
    assert place.git("rev-parse", "HEAD") == before
    assert place.git("status", "--porcelain") == ""
    place.git("remote", "set-url", "Up.Stream", f"file://{server}")
    place.pbm("promote", "supervised-v1")
    place.pbm("check", "--fetch")


def test_a_model_of_a_sparse_checkout_is_deployed_once_it_is_checked_out(machine: Machine, server: Path) -> None:
    place = clone_of(machine, server, KINDS["partial and sparse"].make)
    hint = place.pbm("deploy", "--to", "../engine", status=4).err.rpartition("check them out: ")[2].split()
    place.git(*hint[1:])
    place.pbm("deploy", "--to", "../engine")
    assert sorted(os.listdir(machine.folder / "engine")) == [".pbm-deploy.json", "policy_v2.onnx", "value_v2.onnx"]


@pytest.mark.parametrize("server", ["sha256"], indirect=True)
@pytest.mark.parametrize("name", ["an ordinary one", *(["partial, no blobs", "bare", "a submodule"] if WHOLE else [])])
def test_a_repository_of_sha256_objects_is_like_any_other(machine: Machine, server: Path, name: str) -> None:
    test_every_command_works_in_every_kind_of_clone_or_says_why_not(machine, server, name)


@pytest.mark.parametrize("name", ["partial, nothing checked out", "partial and sparse"])
def test_the_hint_of_deploy_fetches_one_model_alone(machine: Machine, server: Path, name: str) -> None:
    place = clone_of(machine, server, KINDS[name].make)
    before = missing_of(place)
    refused = place.pbm("deploy", "supervised-v1", "--to", "../engine", status=4).err
    place.git(*refused.rstrip("\n").rpartition("check them out: git ")[2].split())
    place.pbm("deploy", "supervised-v1", "--to", "../engine")
    assert before - missing_of(place) <= 2 + len(("registry.json", "README.md", "current", "metadata.json")) + 3
    assert missing_of(place) >= 2, "the networks of two models stay where they are"


def test_deploy_fetches_what_its_model_lacks(machine: Machine, server: Path) -> None:
    """The files lie in the work tree, and git's objects of them went away (``git repack --filter`` does that)."""
    place = clone_of(machine, server, KINDS["partial, nothing checked out"].make)
    place.git("checkout", "HEAD", "--", "README.md", "registry.json", "current", ".gitattributes")
    listed = place.git("ls-tree", "-r", "HEAD", "--", "models").splitlines()
    networks = {row.split("\t")[1]: server / row.split("\t")[1] for row in listed if row.endswith(".onnx")}
    for path, source in networks.items():
        place.write(path, source.read_bytes())
    before = missing_of(place)
    done, fetched = counted(place, "deploy", "supervised-v1", "--to", "../engine")
    assert (done.status, fetched) == (0, 2), done.err  # once for the small files of the registry
    assert before - missing_of(place) == 2 + 3, "the metadata of three models"
    refused = place.pbm("deploy", "rl-r1-i1", "--to", "../engine", status=3, GIT_NO_LAZY_FETCH="1").err
    assert "allow it: unset GIT_NO_LAZY_FETCH" in refused
