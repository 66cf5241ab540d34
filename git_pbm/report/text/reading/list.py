"""Models as a table."""

from __future__ import annotations

from collections.abc import Sequence

from git_pbm.operations.reading.list import ListResult
from git_pbm.report.columns import chosen_columns
from git_pbm.report.terminal import print_data, print_message, styled, terminal_width, width_of
from git_pbm.report.text import write
from git_pbm.report.text.table import cell, problem_of, row_of


@write.register
def write_list(result: ListResult) -> None:
    """Print a table, or why it would be empty."""
    if result.views:
        _write_table(result)
    elif result.registry.models:
        print_message("no model matches")
    else:
        print_message("no models yet; add the first one: git pbm add POLICY VALUE --tag supervised-v1")


def _write_table(result: ListResult) -> None:
    """One model a line; the current one is marked."""
    views, chosen = result.views, chosen_columns(result)
    rows = [[cell(view.field(name)) for name in chosen] for view in views]
    widths = [max(map(width_of, column)) for column in zip(chosen, *rows, strict=True)]
    left_out: tuple[str, ...] = ()
    if not result.columns:
        kept = _fitting(widths)
        left_out = chosen[kept:]
        chosen, widths, rows = chosen[:kept], widths[:kept], [row[:kept] for row in rows]
    lines = ["  " + row_of(chosen, widths)]
    for view, row in zip(views, rows, strict=True):
        line = row_of(row, widths)
        marked = f"{styled('*', 'good')} {styled(line, 'good')}" if view.is_current else f"  {line}"
        lines.append(marked + problem_of(view))
    print_data("\n".join(lines))
    if left_out:
        hint = f"choose: git pbm list --columns tag,{left_out[0]}"
        print_message(f"left out, for want of room: {', '.join(left_out)}; {hint}")


def _fitting(widths: Sequence[int]) -> int:
    """How many columns fit the terminal; all of them where nobody looks at a terminal."""
    limit, used = terminal_width(), 0
    for number, width in enumerate(widths):
        used += width + 2
        if limit is not None and used > limit and number > 1:
            return number
    return len(widths)
