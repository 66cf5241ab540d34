"""``git pbm undo``: the last commit of git pbm goes as if it had not been made, or nothing is touched."""

from __future__ import annotations

import json
import signal
import sys

import pytest

from tests.conftest import Trainer
from tests.support.machine import Machine, bytes_below, need

KILLED = """
import os, signal, sys
import git_pbm.transaction.take_back as module
from git_pbm.cli import main
original = module.{name}
def stop(*words, **named):
    {first}
    os.kill(os.getpid(), signal.SIGKILL)
module.{name} = stop
sys.exit(main(sys.argv[1:]))
"""


def head(place: Machine) -> str:
    return place.git("rev-parse", "HEAD").strip()


def files(place: Machine) -> dict[str, bytes]:
    listed = place.git("ls-files", "-s")
    names = place.git("ls-files").splitlines()
    found = {n: (place.folder / n).read_bytes() for n in names if (place.folder / n).is_file()}
    return {**found, "": listed.encode()}


@pytest.mark.parametrize(
    "words",
    [
        ("promote", "rl-r1-i1"),
        ("annotate", "rl-r1-i1", "--notes", "n"),
        ("remove", "dead-end", "--why", "a test"),
        ("rollback",),
    ],
)
def test_a_change_is_taken_back_whole(story: Machine, words: tuple[str, ...]) -> None:
    before, content = head(story), files(story)
    story.pbm(*words, status=0)
    gone = head(story)
    done = story.pbm("undo", status=0)
    assert f"git cherry-pick {gone}" in done.out + done.err
    assert head(story) == before
    assert files(story) == content
    assert story.git("status", "--porcelain") == ""
    story.pbm("check", status=0)
    story.git("cherry-pick", gone)
    assert head(story) != before


def test_an_added_model_is_taken_back(story: Machine) -> None:
    gone = head(story)
    found = json.loads(story.pbm("undo", "--json", status=0).out)
    assert found["undone"]["commit"] == gone
    assert found["head"] == head(story) == story.git("rev-parse", f"{gone}^").strip()
    assert "dead-end" not in story.pbm("list", status=0).out
    assert story.git("status", "--porcelain") == ""


def test_what_was_current_is_deployed_again(story: Machine) -> None:
    engine = story.folder.parent / "engine"
    engine.mkdir()
    story.git("config", "pbm.engine", str(engine))
    story.pbm("promote", "rl-r1-i1", status=0)
    assert "deployed " in story.pbm("undo").out
    for network in (story.folder / "current").glob("*.onnx"):
        assert (engine / network.name).read_bytes() == network.read_bytes()
    assert story.pbm("deploy", "--check", "rl-r3-i2").status == 0


def test_a_dry_run_changes_nothing(story: Machine) -> None:
    before = head(story), files(story)
    assert "would take back" in story.pbm("undo", "--dry-run", status=0).out
    assert (head(story), files(story)) == before


def test_what_cannot_be_deployed_again_is_exit_5_and_is_undone(story: Machine) -> None:
    engine = story.folder.parent / "engine"
    engine.mkdir()
    before = head(story)
    story.pbm("promote", "rl-r1-i1")
    story.git("config", "pbm.engine", str(engine))
    for network in (story.folder / "current").glob("*.onnx"):
        story.write(f"../engine/{network.name}", b"somebody's own")
    done = story.pbm("undo", "--json", status=5)
    assert "git pbm deploy" in done.err
    found = json.loads(done.out)
    assert (found["head"], found["deployed"], found["error"]["id"]) == (before, None, "not-deployed")
    assert head(story) == before
    story.pbm("check", "--staged")


def test_where_nothing_is_current_any_more_the_engine_is_named(machine: Machine, train: Trainer) -> None:
    place = machine.at(machine.folder / "new")
    place.folder.mkdir()
    place.git("init", "-q")
    (machine.folder / "engine").mkdir()
    place.pbm("init", "--no-hooks", "--engine", "../engine")
    place.pbm("add", *train(1), "--tag", "supervised-v1")
    assert f"nothing is current now, and {machine.folder / 'engine'} keeps" in place.pbm("undo").err
    assert not (place.folder / "current").is_symlink()


def test_networks_in_git_lfs_come_back_with_their_content(repository: Machine, train: Trainer) -> None:
    need("git-lfs")
    repository.git("lfs", "install", "--local")
    repository.write(".gitattributes", "*.onnx filter=lfs diff=lfs merge=lfs -text\n")
    repository.commit("weights in LFS")
    repository.pbm("add", *train(1), "--tag", "supervised-v1")
    repository.pbm("add", *train(2), "--tag", "supervised-v2", "--no-promote")
    before, content = head(repository), files(repository)
    repository.pbm("remove", "supervised-v2", "--why", "a test")
    repository.pbm("undo")
    assert (head(repository), files(repository)) == (before, content)
    assert all(path.stat().st_size > 1000 for path in (repository.folder / "models").glob("*/*.onnx"))
    assert repository.git("status", "--porcelain") == ""
    repository.pbm("check", "--rehash", "--require-content")


def tagged(story: Machine) -> None:
    story.git("tag", "kept")


def pushed(story: Machine) -> None:
    story.git("update-ref", "refs/remotes/origin/main", "HEAD")


def branched(story: Machine) -> None:
    story.git("branch", "other")


def in_a_worktree(story: Machine) -> None:
    story.git("worktree", "add", "-q", "--detach", "../elsewhere")


def published_promotion(story: Machine) -> None:
    story.pbm("promote", "rl-r1-i1", status=0)
    story.git("tag", "kept")


def by_hand(story: Machine) -> None:
    story.git("commit", "-q", "--allow-empty", "--no-verify", "-m", "docs: words")


def merged(story: Machine) -> None:
    story.git("checkout", "-q", "-b", "side", "HEAD^")
    story.git("commit", "-q", "--allow-empty", "--no-verify", "-m", "docs: words")
    story.git("merge", "-q", "--no-verify", "-m", "merge", "-")


def edited(story: Machine) -> None:
    model = next(p for p in (story.folder / "models").iterdir() if b"dead-end" in (p / "metadata.json").read_bytes())
    (model / "metadata.json").write_text("{}")


def with_other_files(story: Machine) -> None:
    story.write("notes.txt", "mine")
    story.git("add", "notes.txt")
    story.git("commit", "-q", "--amend", "--no-edit", "--no-verify")


def in_the_way(story: Machine) -> None:
    (model,) = {path.parent for path in story.folder.glob("models/*/metadata.json") if b"dead-end" in path.read_bytes()}
    name = model.name
    story.pbm("remove", "dead-end", "--why", "a test")
    story.write(f"models/{name}/metadata.json", "mine")


@pytest.mark.parametrize(
    ("prepare", "way"),
    [
        (with_other_files, "git revert HEAD"),
        (in_the_way, "metadata.json.kept"),
        (tagged, "git pbm remove"),
        (pushed, "git pbm remove"),
        (branched, "git pbm remove"),
        (in_a_worktree, "git pbm remove"),
        (published_promotion, "git pbm rollback"),
        (by_hand, "git revert HEAD"),
        (merged, "git revert -m 1 HEAD"),
        (edited, "git checkout HEAD -- "),
    ],
)
def test_what_others_may_have_is_refused(story: Machine, prepare: object, way: str) -> None:
    assert callable(prepare)
    prepare(story)
    before, kept = head(story), bytes_below(story.folder / "models")
    assert way in story.pbm("undo", status=4).err
    assert (head(story), bytes_below(story.folder / "models")) == (before, kept)


@pytest.mark.parametrize(
    ("name", "first", "is_undone"),
    [
        ("write_tree", "original(*words, **named)", False),
        ("stage", "original(*words, **named)", False),
        ("move_branch", "pass", False),
        ("move_branch", "original(*words, **named)", True),
    ],
)
@pytest.mark.parametrize("change", [(), ("remove", "dead-end", "--why", "a test")])
def test_a_killed_undo_is_finished_or_taken_back(
    story: Machine, name: str, first: str, is_undone: bool, change: tuple[str, ...]
) -> None:
    if change:
        story.pbm(*change, status=0)
    before, content = head(story), files(story)
    killed = story.run(sys.executable, "-c", KILLED.format(name=name, first=first), "undo")
    assert killed.status == -signal.SIGKILL, killed.err
    story.pbm("repair", "--apply", status=0)
    parent = story.git("rev-parse", f"{before}^").strip()
    assert head(story) == (parent if is_undone else before)
    assert (files(story) == content) is not is_undone
    assert story.git("status", "--porcelain") == ""
    story.pbm("check", status=0)


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        ("delete", "git pbm remove"),
        ("rm", "git pbm remove"),
        ("rename", "git pbm retag"),
        ("mv", "git pbm retag"),
        ("log", "git pbm history"),
        ("info", "git pbm show"),
    ],
)
def test_words_of_other_tools_name_the_command(story: Machine, typed: str, named: str) -> None:
    assert named in story.pbm(typed, status=2).err
