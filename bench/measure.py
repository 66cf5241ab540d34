"""Measuring whole commands: CPU time with children, peak memory, and the ratio of two alternated commands."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Command:
    """A command to time: ``before`` prepares each run and is not counted."""

    argv: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    before: Callable[[], None] | None = None

    def run(self) -> tuple[float, float]:
        """CPU and wall seconds of one run, children included. Raises where the command fails."""
        if self.before is not None:
            self.before()
        start, cpu = time.perf_counter(), _children()
        done = subprocess.run(
            self.argv,
            cwd=self.folder,
            env=dict(self.environment),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        cpu, wall = _children() - cpu, time.perf_counter() - start
        if done.returncode != 0:
            raise RuntimeError(f"{self.argv}: {done.returncode}\n{done.stdout}{done.stderr}")
        return cpu, wall


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


@dataclass(frozen=True)
class Ratio:
    """First over second, in CPU time unless said: of the medians, and the smallest and largest of the pairs."""

    median: float
    low: float
    high: float
    first_seconds: float
    second_seconds: float


def compare(first: Command, second: Command, runs: int, *, wall: bool = False) -> Ratio:
    """Run two commands in turn, A B A B, after one run of each that is not counted; by CPU or ``wall`` time."""
    ones, twos = alternate([first, second], runs, wall=wall)
    ratios = [one / max(two, 1e-4) for one, two in zip(ones, twos, strict=True)]
    one, two = median(ones), median(twos)
    return Ratio(one / max(two, 1e-4), min(ratios), max(ratios), one, two)


def alternate(commands: Sequence[Command], runs: int, *, wall: bool = False) -> list[list[float]]:
    """The CPU seconds of each command's runs, all commands in turn, after one round that is not counted."""
    rounds = [[command.run()[wall] for command in commands] for _ in range(runs + 1)]
    return [list(column) for column in zip(*rounds[1:], strict=True)]


_OWN_PEAK = """
import resource, sys
from git_pbm.cli import main
status = main(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
sys.exit(status)
"""


def peak_memory(command: Command) -> int:
    """Peak resident memory of a git-pbm command's own process in KiB (Linux); git's processes do not count."""
    if command.before is not None:
        command.before()
    # through a shell that forks: a process keeps the peak of the one that it was exec'ed from, and ours is large
    done = subprocess.run(
        ["sh", "-c", '"$@"; exit $?', "sh", sys.executable, "-c", _OWN_PEAK, *command.argv[1:]],
        cwd=command.folder,
        env=dict(command.environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout.split()[-1])
