"""Models, and ladders, as comma-separated values (RFC 4180), for spreadsheets and data frames."""

from __future__ import annotations

import csv
import io
import json
from functools import singledispatch

from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.operations.evaluating.ladder import LadderResult
from git_pbm.operations.reading.list import ListResult
from git_pbm.operations.result import Result
from git_pbm.report.columns import chosen_columns
from git_pbm.report.ladder_rows import TITLES, ladder_rows
from git_pbm.report.terminal import print_data, sanitize


@singledispatch
def render(result: Result) -> None:
    """Print a result as comma-separated values."""
    raise TypeError(f"{type(result).__name__} has no table")


@render.register
def render_list(result: ListResult) -> None:
    """Print a line of column names, then a line a model; numbers are as they are stored."""
    columns = chosen_columns(result)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_cell(view.field(name)) for name in columns] for view in result.views)
    print_data(text.getvalue().removesuffix("\n"))


@render.register
def render_ladder(result: LadderResult) -> None:
    """Print a line of column names, then a line a player."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(TITLES)
    writer.writerows([_cell(row[0]), *row[1:]] for row in ladder_rows(result))
    print_data(text.getvalue().removesuffix("\n"))


def _cell(value: JsonValue) -> str:
    """A value as text; a text that a spreadsheet would take for a formula gets a quote before it."""
    if value is None:
        return ""
    if isinstance(value, str):
        text = sanitize(value)
        return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
    return json.dumps(value)
