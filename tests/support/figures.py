"""Figures that tests note while they run, summed into one table at the end of the run, under xdist as well.

``record("faults", "add, SIGKILL", points=1, recovered=1)``: a section is a table, a row is a line of it. Figures of
one row are summed over all tests and processes; one whose name begins with ``worst`` is the greatest instead.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

FOLDER = "PBM_FIGURES"
"""The environment variable that names the folder of this run's figures."""

Rows = dict[str, dict[str, int]]


def record(section: str, row: str, **figures: int) -> None:
    """Note figures; outside a run that collects them this does nothing."""
    folder = os.environ.get(FOLDER)
    if folder:
        line = json.dumps([section, row, figures]) + "\n"
        with (Path(folder) / f"{os.getpid()}.jsonl").open("a", encoding="utf-8") as file:
            file.write(line)


def collected(folder: Path) -> dict[str, Rows]:
    """All figures of a run, by section and row, in the order of their names."""
    sections: dict[str, Rows] = {}
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            section, row, figures = json.loads(line)
            _add(sections.setdefault(section, {}).setdefault(row, {}), figures)
    return {section: dict(sorted(rows.items())) for section, rows in sorted(sections.items())}


def _add(total: dict[str, int], figures: Mapping[str, int]) -> None:
    for name, number in figures.items():
        before = total.get(name, 0)
        total[name] = max(before, number) if name.startswith("worst") else before + number


def tables(sections: Mapping[str, Rows]) -> Iterator[str]:
    """The lines of one Markdown table a section."""
    for section, rows in sections.items():
        names = list(dict.fromkeys(name for figures in rows.values() for name in figures))
        yield f"| {section} | {' | '.join(name.replace('_', ' ') for name in names)} |"
        yield f"| --- |{' ---: |' * len(names)}"
        for row, figures in rows.items():
            yield f"| {row} | {' | '.join(str(figures.get(name, '')) for name in names)} |"
        yield ""
