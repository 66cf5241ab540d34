"""A short form of the fault bench in every test run; the whole sweeps are ``make test-faults``."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.conftest import Trainer
from tests.faults.sweep import FAULTS, KILL, Bench, build_shim
from tests.support.figures import record
from tests.support.machine import Machine, need

WHOLE = os.environ.get("PBM_WHOLE_SWEEPS") == "true"
COMMANDS = {
    "add": ("add", "../../runs/3/policy_v2.onnx", "../../runs/3/value_v2.onnx", "--tag", "rl-r1-i2"),
    "promote": ("promote", "supervised-v1"),
    "remove": ("remove", "spare", "--why", "not needed"),
}


@pytest.fixture
def shim(tmp_path: Path) -> Path:
    need("cc")
    return build_shim(tmp_path)


@pytest.fixture
def prepared(machine: Machine, train: Trainer) -> Path:
    """A folder with a registry of three models, and other work of the user's in it."""
    original = machine.folder / "original"
    place = machine.at(original / "models-repo")
    place.folder.mkdir(parents=True)
    (original / "engine").mkdir()
    place.git("init", "-q")
    place.pbm("init", "--no-hooks")
    place.pbm("add", *train(1), "--tag", "supervised-v1")
    place.pbm("add", *train(2), "--tag", "rl-r1-i1")
    place.pbm("add", *train(4), "--tag", "spare", "--training", "supervised", "--no-promote")
    place.git("config", "pbm.engine", "../engine")
    place.pbm("deploy")
    place.write("notes.txt", "committed\n")
    place.commit("notes")
    place.write("notes.txt", "edited\n")
    place.write("staged.txt", "staged\n")
    place.git("add", "staged.txt")
    train(3)
    train(9)
    return original


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("command", COMMANDS)
def test_the_next_command_heals_whatever_a_fault_left(
    machine: Machine, prepared: Path, shim: Path, command: str, fault: str
) -> None:
    heal = ("add", "../../runs/9/policy_v2.onnx", "../../runs/9/value_v2.onnx", "--tag", "rl-r9-i9")
    bench = Bench(machine, prepared, shim, COMMANDS[command], heal)
    sweep = bench.run(FAULTS[fault], step=1 if WHOLE else 43, first=1 if WHOLE else 1 + len(fault + command))
    record("faults", f"{command}, {fault}", points=sweep.points, healed=sweep.healed)
    assert sweep.points > 3
    assert not sweep.broken, "\n".join(sweep.broken)


def test_a_kill_before_the_journal_is_written_leaves_nothing_in_the_way(
    machine: Machine, prepared: Path, shim: Path
) -> None:
    """Every one of the first calls: looking at a repository must not leave a lock of git's behind."""
    heal = ("add", "../../runs/9/policy_v2.onnx", "../../runs/9/value_v2.onnx", "--tag", "rl-r9-i9")
    sweep = Bench(machine, prepared, shim, COMMANDS["promote"], heal).run(KILL, first=5, last=13)
    assert sweep.points == 9
    assert not sweep.broken, "\n".join(sweep.broken)
