"""Where benchmarks work, and one line of their table."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bench.measure import Command, Ratio
from bench.repositories import git


@dataclass(frozen=True)
class Row:
    """One line of the table: what was compared with what, the ratio, and the ratio to reach.

    ``skipped`` says why nothing was measured.
    """

    work: str
    ratio: Ratio | None
    reach: float
    value: float = 0.0
    skipped: str = ""

    @property
    def measured(self) -> float:
        return self.ratio.median if self.ratio else self.value

    @property
    def text(self) -> str:
        """The line as it is printed."""
        if self.skipped:
            return f"| {self.work} | | | {self.reach:g} | skipped: {self.skipped} |"
        spread = f"{self.ratio.low:.2f} .. {self.ratio.high:.2f}" if self.ratio else ""
        verdict = "reached" if self.measured <= self.reach else "missed"
        return f"| {self.work} | {self.measured:.2f} | {spread} | {self.reach:g} | {verdict} |"


@dataclass(frozen=True)
class Lab:
    """Where the benchmarks work, and how large."""

    folder: Path
    environment: dict[str, str]
    runs: int
    mebibytes: int
    models: int

    def command(self, *argv: str, folder: Path | None = None, before: Callable[[], None] | None = None) -> Command:
        return Command(argv, folder or self.folder, self.environment, before)

    def fresh(self, place: Path, *setup: tuple[str, ...]) -> None:
        """A new repository at ``place``, with nothing in it but what ``setup`` commands make."""
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir(parents=True)
        git(place, self.environment, "init", "-q", "-b", "main")
        for words in setup:
            self.command(*words, folder=place).run()

    def adding(self, place: Path, *files: Path) -> Command:
        """``git pbm add`` of files to an empty registry, which is made before each run."""
        return self.command(
            "git-pbm",
            "add",
            *map(str, files),
            "--tag",
            "supervised-v1",
            folder=place,
            before=lambda: self.fresh(place, ("git-pbm", "init", "--no-hooks")),
        )
