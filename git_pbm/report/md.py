"""Models, and ladders, as a Markdown table, for a pull request or a page."""

from __future__ import annotations

from functools import singledispatch

from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.registry.readme_block import markdown_cell
from git_pbm.operations.evaluating.ladder import LadderResult
from git_pbm.operations.reading.list import ListResult
from git_pbm.operations.result import Result
from git_pbm.report.columns import chosen_columns
from git_pbm.report.ladder_rows import TITLES, ladder_rows
from git_pbm.report.terminal import print_data
from git_pbm.report.text.table import cell


@singledispatch
def render(result: Result) -> None:
    """Print a result as a table."""
    raise TypeError(f"{type(result).__name__} has no table")


@render.register
def render_list(result: ListResult) -> None:
    """Print a table, one model a line; what Markdown could act on in a cell is escaped."""
    columns = chosen_columns(result)
    lines = [[markdown_cell(name) for name in columns], ["---"] * len(columns)]
    lines += [[_cell(view.field(name)) for name in columns] for view in result.views]
    print_data("\n".join(f"| {' | '.join(line)} |" for line in lines))


@render.register
def render_ladder(result: LadderResult) -> None:
    """Print a table, one player a line."""
    lines = [list(TITLES), ["---"] * len(TITLES)]
    lines += [[_cell(cell) for cell in row] for row in ladder_rows(result)]
    print_data("\n".join(f"| {' | '.join(line)} |" for line in lines))


def _cell(value: JsonValue) -> str:
    return markdown_cell(cell(value))
