"""Which model was trained from which, as a tree."""

from __future__ import annotations

from collections.abc import Sequence

from git_pbm.operations.model_view import View
from git_pbm.operations.reading.lineage import LineageResult
from git_pbm.report.terminal import print_data, styled
from git_pbm.report.text import write
from git_pbm.report.text.table import cell, problem_of


@write.register
def write_lineage(result: LineageResult) -> None:
    """Print one model a line, children below their parents."""
    lines = result.lines
    for number, (depth, view) in enumerate(lines):
        stem = ""
        for level in range(1, depth + 1):
            more = _continues(lines, number, level)
            stem += ("├─ " if more else "└─ ") if level == depth else ("│  " if more else "   ")
        text = f"{cell(view.metadata.get('tag'))} ({view.model_id})"
        print_data(f"{stem}{styled(text + ' *', 'good') if view.is_current else text}{problem_of(view)}")


def _continues(lines: Sequence[tuple[int, View]], number: int, level: int) -> bool:
    for depth, _ in lines[number + 1 :]:
        if depth < level:
            return False
        if depth == level:
            return True
    return False
