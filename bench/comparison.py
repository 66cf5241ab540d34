"""Two files of figures beside each other: what became cheaper or dearer between two commits."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def table(old: Path, new: Path) -> str:
    """The ratios of both files by the work that they measured; what only one of them has is left out."""
    before, after = _figures(old), _figures(new)
    lines = [
        f"| work | {before['commit'] or old.name} | {after['commit'] or new.name} | new / old |",
        "| --- | --- | --- | --- |",
    ]
    figures = {row["work"]: _figure(row) for row in before["rows"]}
    for row in after["rows"]:
        was, now = figures.get(row["work"]), _figure(row)
        if was and now:
            lines.append(f"| {row['work']} | {was:.2f} | {now:.2f} | {now / was:.2f} |")
    return "\n".join(lines)


def _figures(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text())
    if found.get("version") != 1:
        raise SystemExit(f"{path}: not written by python -m bench --json")
    return found


def _figure(row: dict[str, Any]) -> float:
    return float(row["ratio"]["median"] if row["ratio"] else row["value"])
