"""One runner and one good registry for every test of a module."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from tests.robustness.hostile.place import Place, copy_of, make_template
from tests.robustness.hostile.trial import Runner


@dataclass(frozen=True)
class Quarry:
    """Makes fresh copies of a good registry."""

    runner: Runner
    folder: Path
    ids: tuple[str, ...]
    numbers: count[int]

    def place(self) -> Place:
        return copy_of(self.runner, self.folder / "template", self.folder / f"case-{next(self.numbers)}", self.ids)


@pytest.fixture(scope="module")
def quarry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Quarry]:
    folder = tmp_path_factory.mktemp("hostile")
    runner = Runner(folder)
    try:
        yield Quarry(runner, folder, make_template(runner, folder / "template"), count())
    finally:
        runner.close()
        subprocess.run(["rm", "-rf", "--", folder], check=True)  # folders that are too deep for the next run's clean-up
