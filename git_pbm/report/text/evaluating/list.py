"""Evaluations as a table."""

from __future__ import annotations

from git_pbm.operations.evaluating.list import EvalListResult
from git_pbm.report.terminal import print_data, print_message, sanitize, width_of
from git_pbm.report.text import write
from git_pbm.report.text.table import row_of

_TITLES = ("evaluation", "model", "against", "arena", "games", "won", "drawn", "lost", "score", "ended")


@write.register
def write_evaluations(result: EvalListResult) -> None:
    """Print one line an evaluation."""
    if not result.evaluations:
        print_message("no evaluation")
        return
    rows = [_TITLES]
    for name, one in result.evaluations.items():
        outcomes = one.outcomes
        score = f"{one.scores.mean:.3f}" if one.scores.units else "-"
        counts = (str(one.games), str(outcomes.win), str(outcomes.draw), str(outcomes.loss))
        against = sanitize(one.opponent.label)
        rows.append((name, sanitize(one.model.tag), against, one.arena, *counts, score, one.ended[:10]))
    widths = [max(width_of(row[n]) for row in rows) for n in range(len(_TITLES))]
    for row in rows:
        why = result.retracted.get(row[0])
        print_data(row_of(row, widths) + (f"  retracted: {sanitize(why.reason)}" if why is not None else ""))
