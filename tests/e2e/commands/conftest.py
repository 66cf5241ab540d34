"""Registries that are made once and copied for each test: one of three rounds, and the one of the golden files."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Templates, copy_of, person
from tests.support import golden
from tests.support.machine import Machine, sealed_environment
from tests.support.networks import write_pair

Row = tuple[str, str | None]
STORY: tuple[Row, ...] = (
    ("supervised-v1", None),
    ("supervised-v2", None),
    ("supervised-v3", None),
    ("rl-r1-i1", "supervised-v3"),
    ("rl-r1-i2", "rl-r1-i1"),
    ("rl-r1-i3", "rl-r1-i2"),
    ("rl-r2-i1", "rl-r1-i2"),
    ("rl-r2-i2", "rl-r2-i1"),
    ("rl-r2-i3", "rl-r2-i2"),
    ("rl-r3-i1", "rl-r2-i3"),
    ("rl-r3-i2", "rl-r3-i1"),
    ("dead-end", "rl-r1-i3"),
)


@pytest.fixture(scope="session")
def _told(tmp_path_factory: pytest.TempPathFactory, templates: Templates) -> Path:
    folder = tmp_path_factory.mktemp("story")
    (folder / "home").mkdir()
    machine = person(Machine(folder, sealed_environment(folder / "home")))
    place = copy_of(machine.at(templates.empty), folder / "models-repo")
    for number, (tag, parent) in enumerate(STORY, 1):
        words: list[str] = ["--parent", parent] if parent else []
        if tag == "dead-end":
            words += ["--training", "rl_selfplay", "--no-promote"]
        if "rl" in tag:
            words += ["--kl", str(number / 100), "--best-loss", str(-number / 10)]
        date = f"2026-02-{number:02d}T12:00:00Z"
        when = {"GIT_COMMITTER_DATE": date, "GIT_AUTHOR_DATE": date}
        policy, value = write_pair(folder / "runs" / str(number), 3000, number)
        assert value is not None
        place.pbm("add", policy, value, "--tag", tag, "--created", date[:10], *words, status=0, **when)
    return place.folder


@pytest.fixture
def story(machine: Machine, _told: Path) -> Machine:
    """A supervised line, three RL rounds, one dead branch; the last of round 3 is current."""
    return copy_of(machine.at(_told), machine.folder / "models-repo")


@pytest.fixture(scope="session")
def _golden(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("golden")
    (folder / "home").mkdir()
    place = person(Machine(folder, sealed_environment(folder / "home"))).at(folder / "models-repo")
    place.folder.mkdir()
    golden.prepare(place)
    return place.folder


@pytest.fixture
def golden_copy(machine: Machine, _golden: Path) -> Callable[[], Machine]:
    """Makes a new copy of the golden files' registry, at the same place each time, next to the networks of its runs."""

    def fresh() -> Machine:
        for path in machine.folder.iterdir():
            if path.name != "home":
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        golden.write_runs(machine.folder)
        return golden.dated(copy_of(machine.at(_golden), machine.folder / "models-repo"), golden.NOW)

    return fresh
