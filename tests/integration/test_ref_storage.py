"""Repositories whose refs lie in a reftable: what a kill leaves, and operations that stand half-way."""

from __future__ import annotations

import os
import shlex
import signal
from pathlib import Path

import pytest

from tests.conftest import Trainer
from tests.support.machine import Machine
from tests.support.waiting import wait_for

KILLED = """#!/bin/sh
[ "$1" = prepared ] || exit 0
touch {flag}
sleep 30
"""


@pytest.fixture
def tabled(machine: Machine, train: Trainer) -> Machine:
    """A registry of two models, its refs in a reftable."""
    place = machine.at(machine.folder / "tabled")
    place.folder.mkdir()
    made = place.run("git", "init", "-q", "--ref-format=reftable", "-b", "main")
    if made.status != 0:
        pytest.skip("this git (before 2.45) has no reftable: make test-gits runs this under one that has")
    place.pbm("init", "--no-hooks")
    place.pbm("add", *train(1), "--tag", "supervised-v1")
    place.pbm("add", *train(2), "--tag", "rl-r1-i1", "--kl", "0.01")
    return place


@pytest.mark.parametrize("way", ["add", "repair"])
def test_a_kill_while_git_writes_the_branch_is_recovered(
    tabled: Machine, train: Trainer, tmp_path: Path, way: str
) -> None:
    flag = tmp_path / "the-refs-are-locked"
    hook = tabled.write(".git/hooks/reference-transaction", KILLED.format(flag=shlex.quote(str(flag))))
    hook.chmod(0o755)
    running = tabled.start("git-pbm", "add", *train(3), "--tag", "rl-r1-i2", "--kl", "0.02")
    wait_for(flag.exists, "the locked refs")
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate()
    hook.unlink()
    lock = tabled.folder / ".git/reftable/tables.list.lock"
    assert lock.exists()
    if way == "repair":
        tabled.pbm("repair", "--apply")
    tabled.pbm("add", *train(4), "--tag", "rl-r1-i3", "--kl", "0.03")
    assert not lock.exists()
    assert tabled.git("status", "--porcelain") == ""
    assert "rl-r1-i2" not in tabled.git("log", "--format=%s")
    tabled.pbm("check", "--rehash")
    tabled.git("fsck", "--strict")


@pytest.mark.parametrize("operation", ["cherry-pick", "revert"])
def test_an_operation_in_progress_is_seen(tabled: Machine, operation: str) -> None:
    tabled.write("notes", "a\n")
    tabled.commit("docs: a")
    tabled.write("notes", "b\n")
    picked = tabled.commit("docs: b")
    tabled.git("reset", "-q", "--hard", "HEAD^")
    if operation == "revert":
        tabled.git("reset", "-q", "--hard", picked)
    tabled.write("notes", "c\n")
    tabled.commit("docs: c")
    assert tabled.run("git", operation, picked).status == 1
    done = tabled.pbm("promote", "supervised-v1", status=4)
    assert f"a {operation} is in progress here" in done.err
    assert f"git {operation} --abort" in done.err


def test_the_commit_that_is_replayed_is_named(tabled: Machine) -> None:
    tabled.git("checkout", "-q", "-b", "other")
    tabled.pbm("promote", "supervised-v1")
    tabled.git("checkout", "-q", "main")
    tabled.write("notes", "a\n")
    tabled.commit("docs: a")
    tabled.git("checkout", "-q", "other")
    tabled.write("notes", "b\n")
    tabled.commit("docs: b")
    assert tabled.run("git", "rebase", "main").status == 1
    assert "a rebase is in progress here" in tabled.pbm("promote", "rl-r1-i1", status=4).err
