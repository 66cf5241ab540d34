"""Real commits under real pre-commit: refused with the right slug, and passed once they are fixed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import copy_of, person
from tests.support.machine import Machine, sealed_environment
from tests.support.networks import policy_bytes, write_pair


@pytest.fixture(scope="session")
def _hooked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hooked")
    (folder / "home").mkdir()
    place = person(Machine(folder, sealed_environment(folder / "home"))).at(folder / "models-repo")
    place.folder.mkdir()
    place.git("init", "-q")
    assert "hooks are installed" in place.pbm("init").out
    for seed, tag in ((1, "supervised-v1"), (2, "rl-r1-i1")):
        policy, value = write_pair(folder / "runs" / str(seed), 3000, seed)
        assert value is not None
        place.pbm("add", policy, value, "--tag", tag)
    place.write("notes.txt", "some\n")
    place.commit("notes", verify=True)
    return place.folder


@pytest.fixture
def hooked(machine: Machine, _hooked: Path) -> Machine:
    """A models repository with two models and the installed hooks of this version."""
    return copy_of(machine.at(_hooked), machine.folder / "models-repo")


def current_of(place: Machine) -> Path:
    return (place.folder / "current").resolve()


def other_of(place: Machine) -> Path:
    return next(p for p in sorted((place.folder / "models").iterdir()) if p != current_of(place))


def edit(path: Path, change: Callable[[dict[str, object]], object]) -> None:
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document, indent=2) + "\n")


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))


def entries(document: dict[str, object]) -> dict[str, dict[str, object]]:
    models = document["models"]
    assert isinstance(models, dict)
    return models


def relink(place: Machine, target: str) -> None:
    (place.folder / "current").unlink()
    (place.folder / "current").symlink_to(target)


def as_file(place: Machine) -> None:
    (place.folder / "current").unlink()
    place.write("current", current_of(place).name)


BREAKAGES: dict[str, tuple[str, Callable[[Machine], object]]] = {
    "a wrong directory name": ("dir-name-is-policy-hash", lambda p: other_of(p).rename(p.folder / "models/0badcafe")),
    "one flipped bit in the policy": ("dir-name-is-policy-hash", lambda p: flip(current_of(p) / "policy_v2.onnx")),
    "one flipped bit in the value net": ("files-match-digests", lambda p: flip(current_of(p) / "value_v2.onnx")),
    "created missing": (
        "metadata-matches-schema",
        lambda p: edit(other_of(p) / "metadata.json", lambda d: d.pop("created")),
    ),
    "a registry entry missing": (
        "registry-lists-every-model",
        lambda p: edit(p.folder / "registry.json", lambda d: entries(d).pop(other_of(p).name)),
    ),
    "a registry entry too many": (
        "registry-lists-every-model",
        lambda p: edit(
            p.folder / "registry.json",
            lambda d: entries(d).update({"0badcafe": {"tag": "x", "date": "2026-01-01", "training": "supervised"}}),
        ),
    ),
    "a registry entry that disagrees": (
        "registry-agrees-with-metadata",
        lambda p: edit(p.folder / "registry.json", lambda d: entries(d)[other_of(p).name].update(date="2020-01-01")),
    ),
    "current dangling": ("current-resolves", lambda p: relink(p, "models/0badcafe")),
    "current absolute": ("current-is-a-link", lambda p: relink(p, str(current_of(p)))),
    "current a file": ("current-is-a-link", as_file),
    "current elsewhere than the registry says": (
        "registry-current-agrees",
        lambda p: relink(p, f"models/{other_of(p).name}"),
    ),
    "only a deletion": ("registry-lists-every-model", lambda p: shutil.rmtree(other_of(p))),
}


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_a_broken_commit_is_refused_and_the_mended_one_passes(hooked: Machine, breakage: str) -> None:
    slug, break_it = BREAKAGES[breakage]
    break_it(hooked)
    hooked.git("add", "-A")
    done = hooked.run("git", "commit", "-m", "broken")
    assert done.status != 0
    assert slug in done.out + done.err
    hooked.git("reset", "-q", "--hard")
    hooked.git("clean", "-fdq")
    hooked.write("notes.txt", "fixed\n")
    assert hooked.commit("fixed", verify=True)


def test_what_is_staged_counts_and_what_lies_beside_it_does_not(hooked: Machine) -> None:
    hooked.write("models/0badcafe/policy_v2.onnx", policy_bytes(2000, 8))
    hooked.write("notes.txt", "more\n")
    hooked.git("commit", "-q", "-m", "an untracked model is not an affair of this commit", "--", "notes.txt")
    shutil.rmtree(hooked.folder / "models/0badcafe")
    text = (hooked.folder / "registry.json").read_text()
    hooked.write("registry.json", "{")
    hooked.write("notes.txt", "even more\n")
    hooked.git("add", "notes.txt")
    hooked.git("commit", "-q", "-m", "an unstaged breakage neither")
    hooked.git("add", "registry.json")
    hooked.write("registry.json", text)
    done = hooked.run("git", "commit", "-m", "staged broken, work tree fixed")
    assert done.status != 0
    assert "registry-is-strict-json" in done.out + done.err


@pytest.mark.parametrize("how", ["commit -a", "commit -- path", "commit -i"])
def test_each_way_to_commit_shows_the_hook_its_own_tree(hooked: Machine, how: str) -> None:
    hooked.write("models/0badcafe/policy_v2.onnx", policy_bytes(2000, 8))
    hooked.git("add", "models")
    hooked.write("notes.txt", "edited\n")
    if how == "commit -a":
        done = hooked.run("git", "commit", "-am", "x")
    elif how == "commit -i":
        done = hooked.run("git", "commit", "-i", "notes.txt", "-m", "x")
    else:
        hooked.git("commit", "-q", "-m", "without the staged model", "--", "notes.txt")
        done = hooked.run("git", "commit", "-m", "x", "--", "models/0badcafe")
    assert done.status != 0
    assert "dir-name-is-policy-hash" in done.out + done.err


def test_a_commit_in_a_linked_worktree_is_checked_there(hooked: Machine) -> None:
    hooked.git("worktree", "add", "-q", "../linked", "-b", "side")
    linked = hooked.at(hooked.folder.parent / "linked")
    relink(linked, "models/0badcafe")
    done = linked.run("git", "commit", "-am", "x")
    assert done.status != 0
    assert "current-resolves" in done.out + done.err


def test_a_clean_merge_that_is_wrong_is_refused_and_can_be_mended(hooked: Machine) -> None:
    """One branch removes a model, another promotes it: git alone sees no conflict, and makes a dangling link."""
    hooked.git("config", "--remove-section", "merge.pbm")
    other, registry = other_of(hooked).name, hooked.folder / "registry.json"
    child = current_of(hooked).name
    edit(hooked.folder / f"models/{child}/metadata.json", lambda d: d.pop("parent"))
    edit(registry, lambda d: entries(d)[child].pop("parent"))
    hooked.commit("an orphan", verify=False)
    hooked.git("rm", "-q", "README.md")
    hooked.commit("no readme", verify=False)
    hooked.git("checkout", "-q", "-b", "removes")
    hooked.git("rm", "-rq", f"models/{other}")
    edit(registry, lambda d: entries(d).pop(other))
    hooked.commit(f"chore: remove supervised-v1 model ({other})", verify=True)
    hooked.git("checkout", "-q", "main")
    relink(hooked, f"models/{other}")
    edit(registry, lambda d: d.update(current=other))
    hooked.commit(f"promote {other}", verify=True)
    done = hooked.run("git", "merge", "--no-edit", "removes")
    assert done.status != 0
    assert "CONFLICT" not in done.out
    assert "current-resolves" in done.out + done.err
    hooked.pbm("resolve", status=1)
    hooked.pbm("resolve", "--current", child)
    hooked.git("commit", "-q", "--no-edit")
    hooked.pbm("check", "--rev", "HEAD")


def test_a_push_of_another_branch_is_checked_for_what_it_pushes(hooked: Machine) -> None:
    hooked.git("init", "-q", "--bare", "../server.git")
    hooked.git("remote", "add", "origin", "../server.git")
    hooked.git("push", "-q", "origin", "main")
    hooked.git("checkout", "-q", "-b", "broken")
    relink(hooked, "models/0badcafe")
    hooked.commit("broken, and not verified", verify=False)
    hooked.git("checkout", "-q", "main")
    done = hooked.run("git", "push", "origin", "broken")
    assert done.status != 0
    assert "current-resolves" in done.out + done.err
    assert "broken" not in hooked.git("ls-remote", "origin")


def test_checking_out_runs_no_hook_of_ours(hooked: Machine) -> None:
    hooked.run("pre-commit", "install", "--hook-type", "post-checkout")
    done = hooked.run("git", "checkout", "-b", "side")
    assert "pbm" not in done.out + done.err


def test_all_files_passes_in_a_clone_of_depth_one(hooked: Machine) -> None:
    hooked.git("clone", "-q", "--depth", "1", f"file://{hooked.folder}", "../shallow")
    shallow = hooked.at(hooked.folder.parent / "shallow")
    done = shallow.run("pre-commit", "run", "--all-files")
    assert done.status == 0, done.out
    assert "Passed" in done.out


def test_a_folder_without_a_registry_passes(machine: Machine) -> None:
    place = machine.at(machine.folder / "plain")
    place.folder.mkdir()
    place.git("init", "-q")
    assert place.run("git-pbm-hook", "pbm-verify", "no/such/file").status == 0


def test_the_tree_that_ci_names_is_looked_at(hooked: Machine) -> None:
    good = hooked.git("rev-parse", "HEAD").strip()
    relink(hooked, "models/0badcafe")
    bad = hooked.commit("broken", verify=False)
    assert hooked.run("git-pbm-hook", "pbm-verify", PRE_COMMIT_TO_REF=good).status == 0
    assert hooked.run("git-pbm-hook", "pbm-current", PRE_COMMIT_TO_REF=bad).status == 1
    assert hooked.run("git-pbm-hook", "pbm-metadata", PRE_COMMIT_TO_REF=bad).status == 0
    assert os.environ.get("PRE_COMMIT_TO_REF") is None


def test_hooks_that_pass_are_not_heard_in_git_pbm_s_own_commits(hooked: Machine) -> None:
    done = hooked.pbm("promote", "supervised-v1")
    assert done.err == ""
    assert done.out.count("\n") == 4
    assert "Passed" in hooked.run("git", "commit", "--allow-empty", "-m", "by hand").err


def test_a_hook_that_fails_is_heard(hooked: Machine) -> None:
    hook = hooked.folder / ".git/hooks/pre-commit"
    hook.write_text("#!/bin/sh\necho told; echo why >&2; exit 1\n")
    done = hooked.pbm("promote", "supervised-v1", status=4)
    assert "told\nwhy\n" in done.err
    hook.write_text("#!/bin/sh\necho models/x: unverified: this clone lacks it\n(sleep 300 &)\n")
    assert "models/x: unverified" in hooked.pbm("promote", "supervised-v1").err
