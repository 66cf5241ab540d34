"""What a command did to one model, as text."""

from __future__ import annotations

from git_pbm.operations.changing.model_change import ModelChangeResult
from git_pbm.report.terminal import print_data
from git_pbm.report.text import write
from git_pbm.report.text.changes import report_made
from git_pbm.report.text.deployment import write_deployment


@write.register
def write_model_change(result: ModelChangeResult) -> None:
    """Print what was done, would be done, or why nothing was."""
    if result.is_unchanged:
        print_data(f"{result.why_unchanged}; nothing was changed" if result.why_unchanged else "nothing was changed")
        if result.deployed is not None:
            write_deployment(result.deployed)
    else:
        report_made(result.changed, result.planned)
