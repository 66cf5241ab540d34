"""A ladder, as text."""

from __future__ import annotations

from git_pbm.operations.evaluating.ladder import LadderResult
from git_pbm.report.ladder_rows import TITLES, ladder_rows
from git_pbm.report.terminal import print_data, print_message, sanitize, width_of
from git_pbm.report.text import write
from git_pbm.report.text.table import row_of


@write.register
def write_ladder(result: LadderResult) -> None:
    """Print one line a player; then who is not rated, and what surprises."""
    found = result.ladder
    rows = [TITLES, *([sanitize(cell) or "-" for cell in row] for row in ladder_rows(result))]
    widths = [max(width_of(row[n]) for row in rows) for n in range(len(TITLES))]
    for row in rows:
        mark = "  current" if row[1] == result.current else ""
        print_data(row_of(row, widths) + mark)
    for unrated in found.unrated:
        name = sanitize(result.tags.get(unrated.key, unrated.key))
        against = sanitize(result.tags.get(unrated.against, unrated.against))
        print_data(f"{name} is not rated: no games connect it with {against}")
    for surprise in found.surprises:
        print_message(
            f"note: the evaluation {surprise.evaluation} is {surprise.z:+.1f} standard errors from its rating"
        )
    anchor = sanitize(result.tags.get(found.anchor, found.anchor))
    print_message(f"arena {result.arena}; Elo relative to {anchor}, with its 95 % interval")
