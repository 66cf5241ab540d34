"""Git LFS, the real one, with a remote by ``file://``: pointers in the tree, content beside it, nothing downloaded."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from git_pbm import open_registry
from tests.conftest import Trainer
from tests.support.machine import Machine, need, state_of

ATTRIBUTES = "*.onnx filter=lfs diff=lfs merge=lfs -text\nregistry.json text eol=lf\n"
HOOKS = """\
repos:
  - repo: local
    hooks:
      - {id: pbm-verify, name: verify, entry: git-pbm-hook pbm-verify, language: system, always_run: true,
         pass_filenames: false, verbose: true}
"""


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
    assert "not inspected" not in weights.pbm("check", "--require-content").err
    for words in (("--rehash",), ("--rev", "HEAD", "--rehash"), ("--staged", "--rehash"), ("--range", "HEAD~1..")):
        assert "not inspected" not in weights.pbm("check", *words, "--require-content").err
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


def without(machine: Machine, program: str) -> Machine:
    """The same machine, on whose PATH ``program`` is not: every other one is there by a link."""
    folder = machine.folder.parent / f"no-{program}"
    if not folder.exists():
        folder.mkdir()
        for place in reversed(machine.environment["PATH"].split(os.pathsep)):
            for name in os.listdir(place) if os.path.isdir(place) else ():
                if name != program:
                    (folder / name).unlink(missing_ok=True)
                    (folder / name).symlink_to(os.path.join(place, name))
    return Machine(machine.folder, {**machine.environment, "PATH": str(folder)})


def test_pointers_are_checked_where_git_lfs_is_not_installed(weights: Machine, train: Trainer) -> None:
    weights.write(".pre-commit-config.yaml", HOOKS)
    weights.commit("hooks")
    weights.pbm("add", *train(1), "--tag", "supervised-v1")
    clone = without(clone_without_content(weights), "git-lfs")
    assert clone.run("git", "lfs", "version").status != 0
    done = clone.run("pre-commit", "run", "--all-files")
    assert done.status == 0, done.out
    assert "2 files are in Git LFS: identity proven by pointer, content not inspected" in done.out
    assert "2 files' contents" in clone.pbm("check").err
    pointer = next((clone.folder / "models").glob("*/policy_v2.onnx"))
    whole = pointer.read_bytes()
    for changed in (whole.replace(b"\n", b"\r\n"), whole + b"\n", whole.replace(b"size ", b"size 1")):
        pointer.write_bytes(changed)
        clone.git("add", "-A")
        done = clone.run("pre-commit", "run", "--all-files")
        assert done.status == 1, (changed, done.out)
    clone.git("reset", "-q", "--hard")
    assert not (clone.folder / ".git/lfs").exists()


def test_add_without_git_lfs_stages_nothing_and_says_what_to_install(weights: Machine, train: Trainer) -> None:
    weights.git("config", "--global", "filter.lfs.clean", "git-lfs clean -- %f")
    weights.git("config", "--global", "filter.lfs.process", "git-lfs filter-process")
    weights.git("config", "--global", "filter.lfs.required", "true")
    before = state_of(weights)
    done = without(weights, "git-lfs").pbm("add", *train(1), "--tag", "supervised-v1", status=4)
    assert "install git-lfs" in done.err
    assert state_of(weights) == before


def test_a_pointer_whose_content_was_not_kept_is_refused(weights: Machine, train: Trainer) -> None:
    weights.git("config", "filter.lfs.clean", "git-lfs clean -- %f && rm -rf .git/lfs/objects")
    weights.git("config", "--unset", "filter.lfs.process")
    before = state_of(weights)
    done = weights.pbm("add", *train(1), "--tag", "supervised-v1", status=4)
    assert "Git LFS has not kept its content" in done.err
    assert state_of(weights) == before


@pytest.mark.parametrize("storage", ["elsewhere", "/absolute"])
def test_content_may_be_kept_elsewhere(weights: Machine, train: Trainer, storage: str) -> None:
    place = f"{weights.folder.parent}{storage}" if storage.startswith("/") else storage
    weights.git("config", "lfs.storage", place)
    weights.git("worktree", "add", "-q", "-b", "work", "../work")
    weights.at(weights.folder.parent / "work").pbm("add", *train(1), "--tag", "supervised-v1")
    kept = weights.folder / ".git" / place / "objects"
    assert len([path for path in kept.rglob("*") if path.is_file()]) == 2


def test_raw_bytes_from_before_the_attributes_are_found(repository: Machine, train: Trainer) -> None:
    need("git-lfs")
    repository.pbm("add", *train(1), "--tag", "supervised-v1")
    repository.git("lfs", "install", "--local")
    repository.write(".gitattributes", ATTRIBUTES)
    repository.git("add", ".gitattributes")
    repository.git("commit", "-q", "-m", "attributes alone")
    done = repository.pbm("check", "--rev", "HEAD", status=1)
    assert done.out.count("lfs-is-pointer") == 2


def test_status_tells_of_hooks_that_keep_objects_from_being_pushed(weights: Machine) -> None:
    weights.write(".pre-commit-config.yaml", HOOKS)
    for name in ("pre-push", "post-checkout", "post-commit", "post-merge"):
        (weights.folder / ".git/hooks" / name).unlink()
    weights.git("commit", "-q", "--allow-empty", "-m", "no hook of git-lfs is left")
    assert weights.run("pre-commit", "install", "--hook-type", "pre-push").status == 0
    left = weights.pbm("status").out
    assert "git lfs install" in left
    for line in ("pre-commit uninstall -t pre-push", "git lfs install --local", "pre-commit install -t pre-push"):
        assert line in left
        assert weights.run(*line.split()).status == 0
    assert "let Git LFS push its objects" not in weights.pbm("status").out


def test_a_commit_is_inspected_where_the_local_store_has_its_content(weights: Machine, train: Trainer) -> None:
    weights.pbm("add", *train(1), "--tag", "supervised-v1")
    weights.pbm("check", "--rev", "HEAD", "--require-content")
    stored = next(path for path in (weights.folder / ".git/lfs/objects").rglob("*") if path.is_file())
    content = stored.read_bytes()
    stored.chmod(0o644)
    for damage in (content[:-1] + bytes([content[-1] ^ 1]), content + b"x", b""):
        stored.write_bytes(damage)
        done = weights.pbm("check", "--rev", "HEAD", "--require-content", status=3)
        assert "1 file's content is in Git LFS" in done.err
    stored.unlink()
    weights.pbm("check", "--staged", "--require-content", status=3)


HANDED_OUT = (("path",), ("path", "current"), ("path", "current", "--policy"), ("path", "supervised-v1", "--value"))


def test_no_path_of_a_pointer_is_handed_out(weights: Machine, train: Trainer) -> None:
    weights.pbm("add", *train(1), "--tag", "supervised-v1")
    clone = clone_without_content(weights)
    for words in (*HANDED_OUT, ("deploy", "--to", "../engine")):
        (clone.folder.parent / "engine").mkdir(exist_ok=True)
        refused = clone.pbm(*words, status=4)
        assert refused.out == ""
        assert (
            "its content is in Git LFS and not here -> fetch it: git lfs install --local --skip-repo && " in refused.err
        )
    assert [model.policy_path for model in open_registry(clone.folder)] == [None]
    assert clone.run("sh", "-c", refused.err.partition("fetch it: ")[2]).status == 0
    for words in HANDED_OUT:
        path = Path(clone.pbm(*words).out.rstrip("\n"))
        assert path.exists()
        assert path.is_dir() or path.stat().st_size > 10_000
    assert [model.value_path is not None for model in open_registry(clone.folder)] == [True]


def test_no_path_of_other_bytes_is_handed_out(registry: Machine) -> None:
    policy = next(registry.folder.glob("models/*/policy_v2.onnx"))
    model = policy.parent.name
    policy.write_bytes(policy.read_bytes()[:-1] + b"!")
    refused = registry.pbm("path", model, "--policy", status=4)
    assert f"git checkout HEAD -- models/{model}/policy_v2.onnx" in refused.err
    assert registry.pbm("path", model, status=4).err == refused.err
    assert registry.pbm("path", model, "--value").out.endswith("value_v2.onnx\n")
    registry.git(*refused.err.partition("restore it: git ")[2].split())
    registry.pbm("path", model, "--policy")
    policy.write_bytes(b"")
    assert registry.pbm("path", "current" if model in os.readlink(registry.folder / "current") else model, status=4)
    policy.unlink()
    assert "git checkout HEAD -- models/" in registry.pbm("path", model, "--policy", status=4).err
