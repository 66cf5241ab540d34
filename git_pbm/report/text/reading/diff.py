"""Models side by side, as text."""

from __future__ import annotations

from git_pbm.operations.reading.diff import ComparisonResult, DiffResult
from git_pbm.report.terminal import print_data, sanitize, styled, width_of
from git_pbm.report.text import write
from git_pbm.report.text.table import cell, row_of


@write.register
def write_diff(result: DiffResult) -> None:
    """Print a table of fields, then how the networks differ."""
    first, second = result.first, result.second
    heads = [
        "",
        f"{cell(first.metadata.get('tag'))} ({first.model_id})",
        f"{cell(second.metadata.get('tag'))} ({second.model_id})",
        "",
    ]
    table = [heads]
    for row in result.differences:
        delta = "" if row.delta is None else f"{row.delta:+.6g}"
        table.append([sanitize(row.name), cell(row.first, 28), cell(row.second, 28), delta])
    widths = [max(map(width_of, column)) for column in zip(*table, strict=True)]
    for number, line in enumerate(table):
        text = row_of(line, widths).rstrip()
        same = number > 0 and line[1] == line[2]
        print_data(styled(text, "dim") if same else text)
    print_data("interface: " + ("the same" if not result.interface else ""))
    for change in result.interface:
        print_data(f"  {sanitize(change)}")


@write.register
def write_comparison(result: ComparisonResult) -> None:
    """Print a table of fields, a column for each model."""
    heads = ["", *(f"{cell(view.metadata.get('tag'))} ({view.model_id})" for view in result.views)]
    rows = [[sanitize(name), *(cell(view.metadata.get(name), 28) for view in result.views)] for name in result.fields]
    widths = [max(map(width_of, column)) for column in zip(heads, *rows, strict=True)]
    for number, line in enumerate([heads, *rows]):
        text = row_of(line, widths).rstrip()
        print_data(styled(text, "dim") if number and len(set(line[1:])) == 1 else text)
