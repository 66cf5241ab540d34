"""Twelve models as a person would add them over three rounds; made once, and copied for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import Templates, copy_of, person
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
