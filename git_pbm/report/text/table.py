"""Cells and lines of tables."""

from __future__ import annotations

import json
from collections.abc import Sequence

from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.operations.model_view import View
from git_pbm.report.terminal import sanitize, width_of


def cell(value: JsonValue, limit: int = 60) -> str:
    """A value in a table: short, and safe to show."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    text = sanitize(" ".join(value.splitlines()) if isinstance(value, str) else json.dumps(value))
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def row_of(cells: Sequence[str], widths: Sequence[int]) -> str:
    """One line of a table."""
    padded = [text + " " * (width - width_of(text)) for text, width in zip(cells, widths, strict=True)]
    return "  ".join(padded).rstrip()


def problem_of(view: View) -> str:
    """What is said behind a model whose metadata cannot be shown."""
    return f"  ({view.problem})" if view.problem else ""
