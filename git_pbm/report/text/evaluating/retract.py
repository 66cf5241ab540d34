"""A retraction, as text."""

from __future__ import annotations

from git_pbm.operations.evaluating.retract import EvalRetractResult
from git_pbm.report.text import write
from git_pbm.report.text.changes import report_made


@write.register
def write_retraction(result: EvalRetractResult) -> None:
    """Print the change."""
    report_made(result.changed, result.planned)
