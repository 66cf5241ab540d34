"""A short form of the fault bench in every test run; the whole sweeps are ``make test-faults``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.robustness.faults.commands import COMMANDS, HEAL
from tests.robustness.faults.conftest import STEP, WHOLE
from tests.robustness.faults.sweep import FAULTS, KILL, Bench
from tests.support.figures import record
from tests.support.machine import Machine


def some(command: str, fault: str, total: int) -> Sequence[int]:
    """One or two of the points, others for every command and fault."""
    numbers = [list(COMMANDS).index(command) * len(FAULTS) + list(FAULTS).index(fault)]
    numbers += [numbers[0] * 7 + 5] if FAULTS[fault] == KILL else []
    return sorted({1 + number * 37 % total for number in numbers})


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("command", COMMANDS)
def test_the_next_command_heals_whatever_a_fault_left(
    bench_machine: Machine, prepared: Path, ground: Path, shim: Path, command: str, fault: str
) -> None:
    bench = Bench(bench_machine, prepared, ground, shim, command, COMMANDS[command], HEAL)
    step = max(1, STEP // 5) if FAULTS[fault] == KILL else STEP
    sweep = bench.run(FAULTS[fault], lambda total: range(1, total + 1, step) if WHOLE else some(command, fault, total))
    found = {"states": len(sweep.states), "recovered": sweep.recovered, "not_healed": len(sweep.broken)}
    record("faults", f"{command}: {fault}", points=sweep.points, **found)
    assert sweep.points > 0
    assert not sweep.broken, "\n".join(sweep.broken)


def test_a_kill_before_the_journal_is_written_leaves_nothing_in_the_way(
    bench_machine: Machine, prepared: Path, ground: Path, shim: Path
) -> None:
    """Every one of the first calls: looking at a repository must not leave a lock of git's behind."""
    bench = Bench(bench_machine, prepared, ground, shim, "promote", COMMANDS["promote"], HEAL)
    sweep = bench.run(KILL, lambda total: range(5, 14, 1 if WHOLE else 2))
    assert sweep.points > 4
    assert not sweep.broken, "\n".join(sweep.broken)
