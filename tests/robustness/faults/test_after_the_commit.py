"""What fails once the commit is made: it is said, and the next command does the rest, or goes on without it."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.conftest import Trainer
from tests.robustness.faults.commands import stopped
from tests.support.branches import State, write_branches
from tests.support.machine import Machine

FAILING = """
import errno, os, sys
import git_pbm.transaction.commit as module
from git_pbm.cli import main
def fail(*words, **named):
    raise OSError(errno.EIO, os.strerror(errno.EIO))
module.{name} = fail
sys.exit(main(sys.argv[1:]))
"""


def tag_in(engine: Path) -> str:
    tag = json.loads((engine / ".pbm-deploy.json").read_text())["tag"]
    assert isinstance(tag, str)
    return tag


@pytest.mark.parametrize("name", ["sync_history", "follow_hooks"])
def test_a_commit_that_the_disk_did_not_take_is_never_called_done(
    registry: Machine, train: Trainer, engine: Path, name: str
) -> None:
    script = FAILING.format(name=name)
    done = registry.run(sys.executable, "-c", script, "add", *map(str, train(3)), "--tag", "rl-r1-i2", "--json")
    assert done.status == 5, done.err
    assert "done, but it may not be on the disk" in done.err
    found = json.loads(done.out)
    assert found["commit"] == registry.git("rev-parse", "HEAD").strip()
    assert (found["error"]["id"], found["deployed"]) == ("not-finished", None)
    assert "feat: add rl-r1-i2" in registry.git("log", "-1", "--format=%s")
    assert not list(engine.iterdir())
    recovered = registry.pbm("add", *train(4), "--tag", "rl-r1-i3", "--no-promote")
    assert "finished `git pbm add`" in recovered.err
    assert tag_in(engine) == "rl-r1-i2"
    registry.pbm("check", "--rehash")
    assert registry.git("status", "--porcelain") == ""


@pytest.mark.parametrize(("words", "status"), [(("promote", "supervised-v1"), 0), (("repair", "--apply"), 5)])
def test_an_engine_that_is_gone_stops_no_command_after_a_kill(
    registry: Machine, train: Trainer, engine: Path, words: tuple[str, ...], status: int
) -> None:
    stopped(registry, "follow_hooks", "add", *map(str, train(3)), "--tag", "rl-r1-i2")
    shutil.rmtree(engine)
    registry.git("config", "--unset", "pbm.engine")
    recovered = registry.pbm(*words, status=status)
    assert "finished `git pbm add`" in recovered.err
    assert recovered.err.count("not deployed") == 1
    assert not (registry.folder / ".git/pbm/journal.json").exists()
    assert "interrupted" not in registry.pbm("check").err


def test_repair_says_in_json_that_the_engine_is_gone(registry: Machine, train: Trainer, engine: Path) -> None:
    stopped(registry, "follow_hooks", "add", *map(str, train(3)), "--tag", "rl-r1-i2")
    shutil.rmtree(engine)
    found = json.loads(registry.pbm("repair", "--apply", "--json", status=5).out)
    assert (found["recovered"], found["error"]["id"]) == ("add", "not-deployed")


@pytest.mark.parametrize("name", ["sync_history", "follow_hooks"])
def test_a_registry_that_the_disk_did_not_take_is_not_set_up_any_further(machine: Machine, name: str) -> None:
    place = machine.at(machine.folder / "models-repo")
    place.folder.mkdir()
    place.git("init", "-q")
    done = place.run(sys.executable, "-c", FAILING.format(name=name), "init", "--json")
    assert done.status == 5, done.err
    found = json.loads(done.out)
    assert (found["changed"], found["error"]["id"]) == (True, "not-finished")
    assert found["commit"] == place.git("rev-parse", "HEAD").strip()
    assert place.pbm("repair", "--apply").status == 0
    assert place.pbm("init", "--no-hooks").status == 0


def test_resolve_does_what_a_killed_command_had_still_to_deploy(machine: Machine) -> None:
    base = State().adds(0, promote=True)
    place = machine.at(machine.folder / "models-repo")
    place.folder.mkdir()
    sides = {"mine": [base.adds(1)], "topic": [base.adds(2)]}
    write_branches(place, base, sides)
    place.git("checkout", "-q", "mine")
    engine = machine.folder / "engine"
    engine.mkdir()
    place.git("config", "pbm.engine", str(engine))
    model = sorted(json.loads((place.folder / "registry.json").read_text())["models"])
    current = json.loads((place.folder / "registry.json").read_text())["current"]
    other = next(name for name in model if name != current)
    stopped(place, "follow_hooks", "promote", other)
    place.pbm("resolve")
    assert json.loads((engine / ".pbm-deploy.json").read_text())["id"] == other
    assert not (place.folder / ".git/pbm/journal.json").exists()
