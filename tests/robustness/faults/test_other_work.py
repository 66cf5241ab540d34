"""The user's other work through a kill and its recovery: what a hook runner put aside comes back, edits since stay."""

from __future__ import annotations

import os
import shlex
import signal
import sys
from collections.abc import Callable

import pytest

from tests.conftest import Trainer
from tests.robustness.faults.commands import stopped
from tests.support.machine import Machine
from tests.support.waiting import wait_for

SLOW_HOOK = """\
repos:
- repo: local
  hooks:
  - {{id: slow, name: slow, language: system, entry: {entry}, always_run: true, pass_filenames: false}}
"""


@pytest.fixture
def edited(registry: Machine) -> Machine:
    """A registry with other files: one edited, one staged and then edited further, one only staged."""
    for name in ("notes.txt", "twice.txt", "plan.txt"):
        registry.write(name, "committed\n")
    registry.commit("notes")
    registry.write("notes.txt", "edited\n")
    registry.write("twice.txt", "staged\n")
    registry.write("plan.txt", "planned\n")
    registry.git("add", "twice.txt", "plan.txt")
    registry.write("twice.txt", "edited further\n")
    registry.write("untracked.txt", "untracked\n")
    return registry


def assert_other_work_is_there(place: Machine, **changed: str) -> None:
    files = {"notes": "edited\n", "twice": "edited further\n", "plan": "planned\n", "untracked": "untracked\n"}
    for name, content in {**files, **changed}.items():
        assert (place.folder / f"{name}.txt").read_text() == content
    assert place.git("show", ":twice.txt") == "staged\n"
    assert place.git("show", ":plan.txt") == changed.get("plan", "planned\n")


def kill_while_pre_commit_holds_the_edits(place: Machine, train: Trainer, how: Callable[[int], None]) -> None:
    """Real pre-commit, killed while it has put the unstaged edits of other files aside."""
    flag = place.folder.parent / "the-hook-runs"
    hook = place.folder.parent / "hook.sh"
    hook.write_text(f"touch {shlex.quote(str(flag))}\nuntil [ -e {shlex.quote(str(flag))}.go ]; do sleep 0.05; done\n")
    place.write(".pre-commit-config.yaml", SLOW_HOOK.format(entry=f"sh {hook}"))
    place.git("add", ".pre-commit-config.yaml")
    place.git("commit", "-q", "-m", "slow hook", "--", ".pre-commit-config.yaml")
    done = place.run("pre-commit", "install")
    assert done.status == 0, done.err
    running = place.start("git-pbm", "add", *train(3), "--tag", "rl-r1-i2")
    wait_for(flag.exists, "the hook")
    assert (place.folder / "notes.txt").read_text() == "committed\n"
    how(running.pid)
    running.wait(timeout=60)
    for stream in (running.stdout, running.stderr):
        assert stream is not None
        stream.close()


def recover(place: Machine, train: Trainer) -> None:
    place.folder.parent.joinpath("the-hook-runs.go").touch()
    place.pbm("add", *train(9), "--tag", "rl-r9-i9")
    place.pbm("check", "--rehash")
    assert not (place.folder / ".git/pbm/journal.json").exists()
    place.git("fsck", "--strict")


def test_edits_that_pre_commit_held_when_everything_was_killed_come_back(edited: Machine, train: Trainer) -> None:
    kill_while_pre_commit_holds_the_edits(edited, train, lambda pid: os.killpg(pid, signal.SIGKILL))
    assert (edited.folder / "notes.txt").read_text() == "committed\n"
    recover(edited, train)
    assert_other_work_is_there(edited)
    assert "rl-r1-i2" not in edited.git("log", "--format=%s")


def test_what_was_written_after_the_kill_wins_over_what_was_held(edited: Machine, train: Trainer) -> None:
    kill_while_pre_commit_holds_the_edits(edited, train, lambda pid: os.killpg(pid, signal.SIGKILL))
    edited.write("notes.txt", "written after the kill\n")
    edited.write("plan.txt", "staged after the kill\n")
    (edited.folder / ".git/index.lock").unlink(missing_ok=True)
    edited.git("add", "plan.txt")
    recover(edited, train)
    assert_other_work_is_there(edited, notes="written after the kill\n", plan="staged after the kill\n")


def test_a_file_that_was_edited_and_committed_after_the_kill_stays_as_committed(
    edited: Machine, train: Trainer
) -> None:
    stopped(edited, "follow_hooks", "add", *map(str, train(3)), "--tag", "rl-r1-i2")
    edited.write("notes.txt", "better\n")
    edited.git("commit", "-q", "-m", "better notes", "--", "notes.txt")
    recover(edited, train)
    assert_other_work_is_there(edited, notes="better\n")
    assert edited.git("show", "HEAD:notes.txt") == "better\n"
    assert "feat: add rl-r1-i2" in edited.git("log", "--format=%s")


def test_an_orphaned_git_keeps_the_lock_until_its_hook_is_done_and_then_everything_heals(
    edited: Machine, train: Trainer
) -> None:
    kill_while_pre_commit_holds_the_edits(edited, train, lambda pid: os.kill(pid, signal.SIGKILL))
    busy = edited.pbm("add", *train(9), "--tag", "rl-r9-i9", "--wait", "0", status=4)
    assert "another git pbm works" in busy.err
    recover(edited, train)
    assert_other_work_is_there(edited)


HAND = """
import subprocess, sys
import git_pbm.transaction.commit as module
from git_pbm.cli import main
original = module.{name}
def meanwhile(*words, **named):
    done = subprocess.run(["git", "commit", "-q", "-m", "by hand", *{paths!r}], capture_output=True, text=True)
    print("by hand:", done.returncode, done.stderr)
    return original(*words, **named)
module.{name} = meanwhile
sys.exit(main(sys.argv[1:]))
"""


def test_a_commit_by_hand_before_ours_is_not_taken_back(edited: Machine, train: Trainer) -> None:
    script = HAND.format(name="locked_index", paths=["--", "notes.txt"])
    done = edited.run(sys.executable, "-c", script, "add", *train(3), "--tag", "rl-r1-i2")
    assert done.status == 4, done.err
    assert "somebody committed here meanwhile" in done.err
    recover(edited, train)
    assert edited.git("show", "HEAD:notes.txt") == "edited\n"
    assert_other_work_is_there(edited)
    assert "rl-r1-i2" not in edited.git("log", "--format=%s")


def test_a_commit_by_hand_waits_while_ours_is_made(edited: Machine, train: Trainer) -> None:
    """As during ``git commit -- paths``: git itself says that another git works here."""
    script = HAND.format(name="private_index", paths=["--", "notes.txt"])
    done = edited.run(sys.executable, "-c", script, "add", *train(3), "--tag", "rl-r1-i2")
    assert done.status == 0, done.err
    assert "by hand: 128" in done.out
    assert "index.lock" in done.out
    assert_other_work_is_there(edited)
    recover(edited, train)


def test_a_commit_by_hand_that_swallows_what_we_had_staged_counts_as_ours(edited: Machine, train: Trainer) -> None:
    script = HAND.format(name="locked_index", paths=[])
    done = edited.run(sys.executable, "-c", script, "add", *train(3), "--tag", "rl-r1-i2")
    assert done.status == 0, done.err
    assert edited.git("log", "-1", "--format=%s").strip() == "by hand"
    assert edited.git("show", "HEAD:plan.txt") == "planned\n"
    edited.pbm("check", "--rev", "HEAD")
    assert edited.git("status", "--porcelain", "models", "registry.json", "current") == ""


def test_a_lock_that_git_could_not_take_away_does_not_stop_the_next_command(registry: Machine, train: Trainer) -> None:
    registry.write(".git/hooks/post-commit", "#!/bin/sh\n: > .git/HEAD.lock\n").chmod(0o755)
    registry.pbm("add", *train(3), "--tag", "rl-r1-i2")
    assert not (registry.folder / ".git/HEAD.lock").exists()
    registry.pbm("add", *train(9), "--tag", "rl-r9-i9")
