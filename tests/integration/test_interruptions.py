"""Kills, signals and crowds: whatever ends a command early, the next one recovers it and nobody's work is lost."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Trainer
from tests.support.machine import Machine, state_of
from tests.support.waiting import wait_for

SLOW_HOOK = "#!/bin/sh\ntouch {flag}\nsleep {seconds}\n"
WAITING_HOOK = "#!/bin/sh\ntouch {flag}\nfor i in $(seq 600); do [ -e {release} ] && exit 0; sleep 0.1; done\nexit 1\n"


@pytest.fixture
def flag(tmp_path: Path) -> Path:
    return tmp_path / "the-hook-runs"


@pytest.fixture
def edited(registry: Machine, flag: Path) -> Machine:
    """A registry with a slow hook, and with unrelated files edited, staged and untracked."""
    registry.write("notes.txt", "committed\n")
    registry.commit("notes")
    registry.write("notes.txt", "my edit\n")
    registry.write("staged.txt", "staged\n")
    registry.git("add", "staged.txt")
    slow = SLOW_HOOK.format(flag=shlex.quote(str(flag)), seconds=3)
    registry.write(".git/hooks/pre-commit", slow).chmod(0o755)
    return registry


def assert_work_is_there(place: Machine) -> None:
    assert (place.folder / "notes.txt").read_text() == "my edit\n"
    assert place.git("show", ":staged.txt") == "staged\n"


def recover(place: Machine, train: Trainer, flag: Path) -> None:
    """The next changing command recovers: after it everything is whole, and the model it adds is there."""
    (place.folder / ".git/hooks/pre-commit").unlink(missing_ok=True)
    place.pbm("add", *train(9), "--tag", "rl-r9-i9")
    place.pbm("check", "--rehash")
    assert_work_is_there(place)
    assert set(place.git("status", "--porcelain").splitlines()) == {"A  staged.txt", " M notes.txt"}
    assert not (place.folder / ".git/pbm/journal.json").exists()
    assert not list((place.folder / ".git/pbm").glob(".pbm-staging*"))
    place.git("fsck", "--strict")


def killed_while(place: Machine, flag: Path, train: Trainer, how: Callable[[subprocess.Popen[str]], None]) -> int:
    running = place.start("git-pbm", "add", *train(3), "--tag", "rl-r1-i2")
    wait_for(flag.exists, "the hook")
    how(running)
    _, words = running.communicate(timeout=60)
    print(words)
    return running.returncode


def test_a_kill_of_everything_during_a_slow_hook_is_healed(edited: Machine, flag: Path, train: Trainer) -> None:
    killed_while(edited, flag, train, lambda running: os.killpg(running.pid, signal.SIGKILL))
    assert (edited.folder / ".git/pbm/journal.json").exists()
    assert "interrupted" in edited.pbm("check", status=0).err
    recover(edited, train, flag)
    assert "rl-r1-i2" not in edited.git("log", "--format=%s")


def test_a_kill_of_python_alone_leaves_the_lock_to_git_until_it_is_done(
    edited: Machine, flag: Path, train: Trainer
) -> None:
    release = flag.with_name("the-hook-may-end")
    waiting = WAITING_HOOK.format(flag=shlex.quote(str(flag)), release=shlex.quote(str(release)))
    edited.write(".git/hooks/pre-commit", waiting).chmod(0o755)
    newer = train(9)
    running = edited.start("git-pbm", "add", *train(3), "--tag", "rl-r1-i2")
    wait_for(flag.exists, "the hook")
    running.kill()
    busy = edited.pbm("add", *newer, "--tag", "rl-r9-i9", "--wait", "0.1", status=4)
    assert "another git pbm works" in busy.err
    release.touch()
    running.communicate(timeout=60)
    recover(edited, train, flag)
    assert "feat: add rl-r1-i2 model" in edited.git("log", "--format=%s")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_during_a_slow_hook_leaves_everything_as_before(
    edited: Machine, flag: Path, train: Trainer, number: signal.Signals
) -> None:
    before = state_of(edited)
    status = killed_while(edited, flag, train, lambda running: os.killpg(running.pid, number))
    assert status == 128 + number
    assert state_of(edited) == before
    recover(edited, train, flag)


def test_a_signal_to_git_pbm_alone_leaves_everything_as_before(edited: Machine, flag: Path, train: Trainer) -> None:
    before = state_of(edited)
    assert killed_while(edited, flag, train, lambda running: os.kill(running.pid, signal.SIGTERM)) == 143
    assert state_of(edited) == before


STOPPED = """
import os, signal, sys
import git_pbm.transaction.{module} as module
from git_pbm.cli import main
original = module.{name}
def die(*words, **named):
    {before}
    os.kill(os.getpid(), signal.SIGKILL)
module.{name} = die
sys.exit(main(sys.argv[1:]))
"""

POINTS = {
    "before anything is written": ("commit", "write_tree", "pass"),
    "after the copy": ("writers", "_write_edit", "pass"),
    "after registry.json is written": ("writers", "replace_link", "pass"),
    "after the tree is written": ("commit", "stage", "pass"),
    "after staging": ("commit", "private_index", "original(*words, **named)"),
    "after the commit": ("commit", "follow_hooks", "pass"),
    "before the journal is dropped": ("commit", "drop_journal", "pass"),
}


@pytest.mark.parametrize("point", POINTS)
def test_a_kill_at_any_step_is_healed_by_the_next_changing_command(
    edited: Machine, flag: Path, train: Trainer, point: str
) -> None:
    (edited.folder / ".git/hooks/pre-commit").unlink()
    module, name, before = POINTS[point]
    script = STOPPED.format(module=module, name=name, before=before)
    done = edited.run(sys.executable, "-c", script, "add", *train(3), "--tag", "rl-r1-i2")
    assert done.status == -signal.SIGKILL
    committed = "feat: add rl-r1-i2" in edited.git("log", "-1", "--format=%s")
    assert committed == (point in ("after the commit", "before the journal is dropped"))
    recover(edited, train, flag)
    assert ("rl-r1-i2" in edited.git("log", "--format=%s")) == committed


def test_a_deployment_that_was_killed_is_done_by_the_next_command(registry: Machine, train: Trainer) -> None:
    engine = registry.folder.parent / "engine"
    engine.mkdir()
    registry.git("config", "pbm.engine", str(engine))
    script = STOPPED.format(module="commit", name="follow_hooks", before="pass")
    registry.run(sys.executable, "-c", script, "add", *train(3), "--tag", "rl-r1-i2")
    assert not list(engine.iterdir())
    registry.pbm("add", *train(4), "--tag", "rl-r1-i3", "--no-promote")
    receipt = json.loads((engine / ".pbm-deploy.json").read_text())
    assert receipt["tag"] == "rl-r1-i2"


def test_recovery_stops_before_a_file_that_somebody_edited_since(edited: Machine, flag: Path, train: Trainer) -> None:
    script = STOPPED.format(module="commit", name="private_index", before="pass")
    edited.run(sys.executable, "-c", script, "add", *train(3), "--tag", "rl-r1-i2")
    edited.write("registry.json", "mine\n")
    before = state_of(edited)
    done = edited.pbm("add", *train(9), "--tag", "rl-r9-i9", status=4)
    assert "registry.json" in done.err
    assert state_of(edited) == before
    edited.git("checkout", "-q", "--", "registry.json")
    recover(edited, train, flag)


def test_the_lock_of_our_own_dead_git_is_cleared_and_an_older_one_is_not(registry: Machine, train: Trainer) -> None:
    script = STOPPED.format(module="commit", name="private_index", before="pass")
    registry.run(sys.executable, "-c", script, "add", *train(3), "--tag", "rl-r1-i2")
    lock = registry.write(".git/index.lock", "")
    os.utime(lock, (time.time() - 900, time.time() - 900))
    assert "index.lock" in registry.pbm("add", *train(4), "--tag", "rl-r1-i3", status=4).err
    os.utime(lock)
    registry.pbm("add", *train(4), "--tag", "rl-r1-i3")
    registry.pbm("check", "--rehash")


def test_a_commit_by_hand_while_a_hook_runs_is_told_that_git_is_at_work(
    registry: Machine, train: Trainer, flag: Path
) -> None:
    registry.write("notes.txt", "committed\n")
    registry.commit("notes")
    slow = SLOW_HOOK.format(flag=shlex.quote(str(flag)), seconds=2)
    registry.write(".git/hooks/pre-commit", slow).chmod(0o755)
    running = registry.start("git-pbm", "add", *train(3), "--tag", "rl-r1-i2")
    wait_for(flag.exists, "the hook")
    registry.write("notes.txt", "by hand\n")
    words = ("git", "commit", "-q", "--no-verify", "-m", "by hand", "--", "notes.txt")
    assert "index.lock" in registry.run(*words).err  # as while any git commit runs its hooks
    running.communicate(timeout=60)
    assert running.returncode == 0
    registry.git(*words[1:])
    assert registry.git("show", "HEAD:notes.txt") == "by hand\n"
    registry.pbm("check", "--rehash")
