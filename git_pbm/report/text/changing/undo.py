"""What ``undo`` did, as text."""

from __future__ import annotations

from git_pbm.operations.changing.undo import UndoResult
from git_pbm.report.terminal import print_data, print_message, sanitize
from git_pbm.report.text import write
from git_pbm.report.text.changes import report_recovery, warn
from git_pbm.report.text.deployment import write_if_deployed


@write.register
def write_undo(result: UndoResult) -> None:
    """Print the commit that is gone and how to have it back."""
    warn(result.warnings)
    report_recovery(result.recovered)
    line = f"[{result.gone[:10]}] {sanitize(result.subject)}"
    if result.dry_run:
        print_data(f"would take back {line}")
        print_message("nothing was changed (--dry-run)")
        return
    print_data(f"took back {line}")
    print_message(f"to have it back: git cherry-pick {result.gone}")
    write_if_deployed(result.deployed)
