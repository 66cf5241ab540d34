"""What was imported, as text."""

from __future__ import annotations

from git_pbm.operations.evaluating.add import EvalAddResult
from git_pbm.report.terminal import print_data, sanitize
from git_pbm.report.text import write
from git_pbm.report.text.changes import report_made
from git_pbm.report.text.evaluating.evaluation import left_over_of, score_of, warn_unbalanced


@write.register
def write_added(result: EvalAddResult) -> None:
    """Print the change and what the match came to."""
    one = result.evaluation
    if result.changed is None and result.planned is None:
        print_data(f"{sanitize(result.path)} has these results already; nothing was changed")
        return
    report_made(result.changed, result.planned)
    print_data(f"evaluation  {one.name}")
    print_data(f"games       {one.games} ({score_of(one)}){left_over_of(one)}")
    warn_unbalanced(one)
