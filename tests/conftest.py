"""Fixtures that every test may use: a sealed machine, a models repository, trained networks."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.support import figures
from tests.support.machine import GIT_LOCAL, Machine, sealed_environment
from tests.support.networks import write_pair

# Timing never decides a test: a loaded machine is not a reason to fail.
settings.register_profile("sealed", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("sealed")

Pair = tuple[Path, Path]
Trainer = Callable[[int], Pair]


def pytest_configure(config: pytest.Config) -> None:
    """The first process of a run makes the folder of its figures; workers inherit its name."""
    if not hasattr(config, "workerinput") and figures.FOLDER not in os.environ:
        folder = tempfile.TemporaryDirectory(prefix="pbm-figures-")
        os.environ[figures.FOLDER] = folder.name
        config.add_cleanup(folder.cleanup)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    sections = figures.collected(Path(os.environ[figures.FOLDER]))
    if sections:
        terminalreporter.section("figures")
        terminalreporter.write("\n".join(figures.tables(sections)))


@pytest.fixture(autouse=True)
def _sealed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*GIT_LOCAL, "PBM_REGISTRY", "PBM_VERBOSE", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    home = tmp_path / "home"
    home.mkdir()
    for name, value in sealed_environment(home).items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A folder on a sealed machine, with a person's identity."""
    return person(Machine(tmp_path, sealed_environment(tmp_path / "home")))


@pytest.fixture
def train(tmp_path: Path) -> Trainer:
    """Write the two networks of a training run with a seed: small, and real ONNX."""

    def pair(seed: int) -> Pair:
        policy, value = write_pair(tmp_path / "runs" / str(seed), 3000, seed)
        assert value is not None
        return policy, value

    return pair


@dataclass(frozen=True)
class Templates:
    """Repositories that are made once and copied for each test: making one costs a second."""

    empty: Path
    two_models: Path


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Templates:
    folder = tmp_path_factory.mktemp("templates")
    (folder / "home").mkdir()
    place = person(Machine(folder, sealed_environment(folder / "home"))).at(folder / "two-models")
    place.folder.mkdir()
    place.git("init", "-q")
    place.pbm("init", "--no-hooks")
    copy_of(place, folder / "empty")
    for seed, tag in ((1, "supervised-v1"), (2, "rl-r1-i1")):
        policy, value = write_pair(folder / "runs" / str(seed), 3000, seed)
        assert value is not None
        place.pbm("add", policy, value, "--tag", tag)
    return Templates(folder / "empty", place.folder)


def person(machine: Machine) -> Machine:
    """The machine, with the identity of a person."""
    machine.git("config", "--global", "user.name", "A Trainer")
    machine.git("config", "--global", "user.email", "trainer@example.com")
    machine.git("config", "--global", "init.defaultBranch", "main")
    return machine


def copy_of(template: Machine, folder: Path) -> Machine:
    """A copy that git finds nothing changed in: the index gets the new files' stat data."""
    shutil.copytree(template.folder, folder, symlinks=True)
    place = template.at(folder)
    place.git("update-index", "-q", "--refresh")
    return place


@pytest.fixture
def empty(machine: Machine) -> Machine:
    """A git repository with nothing in it."""
    place = machine.at(machine.folder / "fresh")
    place.folder.mkdir()
    place.git("init", "-q")
    return place


@pytest.fixture
def repository(machine: Machine, templates: Templates) -> Machine:
    """An empty models repository, set up without hooks."""
    return copy_of(machine.at(templates.empty), machine.folder / "models-repo")


@pytest.fixture
def registry(machine: Machine, train: Trainer, templates: Templates) -> Machine:
    """A models repository with a supervised and an RL model, the RL one current, added from what ``train`` writes."""
    for seed in (1, 2):
        train(seed)
    return copy_of(machine.at(templates.two_models), machine.folder / "models-repo")


@pytest.fixture
def engine(registry: Machine) -> Path:
    """The folder of an engine, empty, which ``registry`` names."""
    folder = registry.folder.parent / "engine"
    folder.mkdir()
    registry.git("config", "pbm.engine", str(folder))
    return folder
