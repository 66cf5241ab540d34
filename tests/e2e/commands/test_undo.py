"""``git pbm undo``: the last commit of git pbm goes as if it had not been made, or nothing is touched."""

from __future__ import annotations

import json
import signal
import sys

import pytest

from tests.support.machine import Machine, bytes_below

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
    story.pbm("undo", status=0)
    story.pbm("deploy", "--check", "rl-r3-i2", status=0)


def test_a_dry_run_changes_nothing(story: Machine) -> None:
    before = head(story), files(story)
    assert "would undo" in story.pbm("undo", "--dry-run", status=0).out
    assert (head(story), files(story)) == before


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


@pytest.mark.parametrize(
    ("prepare", "way"),
    [
        (tagged, "git pbm remove"),
        (pushed, "git pbm remove"),
        (branched, "git pbm remove"),
        (in_a_worktree, "git pbm remove"),
        (published_promotion, "git pbm rollback"),
        (by_hand, "git revert HEAD"),
        (merged, "git revert -m 1 HEAD"),
        (edited, "git diff HEAD"),
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
        ("rename", "git pbm annotate"),
        ("mv", "git pbm annotate"),
        ("log", "git pbm history"),
        ("info", "git pbm show"),
    ],
)
def test_words_of_other_tools_name_the_command(story: Machine, typed: str, named: str) -> None:
    assert named in story.pbm(typed, status=2).err
