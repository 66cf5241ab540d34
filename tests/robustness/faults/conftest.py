"""The fault bench's fixtures: a registry prepared once a process, with other work of the user's in it, and the shim."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.robustness.faults.sweep import build_shim
from tests.support.machine import Machine, need, sealed_environment
from tests.support.networks import write_pair

WHOLE = os.environ.get("PBM_WHOLE_SWEEPS") == "true"
"""Whether every point is tried; ``make test`` tries a few of each sweep."""

STEP = int(os.environ.get("PBM_SWEEP_STEP", "1"))
"""For thinner sweeps on a slow machine: every so many-th call fails, every fifth part of that is killed."""


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    need("cc")
    return build_shim(tmp_path_factory.mktemp("shim"))


@pytest.fixture(scope="session")
def ground() -> Iterator[Path]:
    """A folder that is copied to and deleted thousands of times: in memory where the system has such a place."""
    memory = "/dev/shm"
    with tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None, prefix="pbm-") as folder:
        yield Path(folder)


@pytest.fixture(scope="session")
def bench_machine(tmp_path_factory: pytest.TempPathFactory) -> Machine:
    folder = tmp_path_factory.mktemp("bench")
    (folder / "home").mkdir()
    place = Machine(folder, sealed_environment(folder / "home"))
    place.git("config", "--global", "user.name", "A Trainer")
    place.git("config", "--global", "user.email", "trainer@example.com")
    place.git("config", "--global", "init.defaultBranch", "main")
    return place


@pytest.fixture(scope="session")
def prepared(bench_machine: Machine, ground: Path) -> Path:
    """A folder with an engine's and a registry's folder: three models, and other work of the user's."""
    original = ground / "original"
    place = bench_machine.at(original / "models-repo")
    place.folder.mkdir(parents=True)
    (original / "engine").mkdir()
    runs = {seed: write_pair(ground / "runs" / str(seed), 3000, seed) for seed in (1, 2, 3, 4, 9)}
    pairs = {seed: [path for path in pair if path] for seed, pair in runs.items()}
    place.git("init", "-q")
    place.pbm("init", "--no-hooks")
    place.pbm("add", *pairs[1], "--tag", "supervised-v1")
    place.pbm("add", *pairs[2], "--tag", "rl-r1-i1")
    place.pbm("add", *pairs[4], "--tag", "spare", "--training", "supervised", "--no-promote")
    place.git("config", "pbm.engine", "../engine")
    place.pbm("deploy")
    place.write("notes.txt", "committed\n")
    place.commit("notes")
    place.write("notes.txt", "edited\n")
    place.write("staged.txt", "staged\n")
    place.git("add", "staged.txt")
    place.write("untracked.txt", "untracked\n")
    return original
