"""What ``repair`` did or would do, as text."""

from __future__ import annotations

from git_pbm.operations.changing.repair import RepairResult
from git_pbm.report.terminal import print_data, print_message, sanitize
from git_pbm.report.text import write
from git_pbm.report.text.changes import report_recovery, warn


@write.register
def write_repair(repaired: RepairResult) -> None:
    """Print one line for each thing that is done, and what repair leaves to a person."""
    report_recovery(repaired.recovered, with_failure=False)  # which is the command's own
    _write_steps(repaired)
    warn(repaired.warnings)
    for path in repaired.mismatches:
        name = sanitize(path)
        print_message(
            f"{name}: not touched: its bytes are not the registered ones -> git log --oneline -- {name}; "
            f"git checkout <commit> -- {name}"
        )
    if not repaired.has_work and repaired.recovered is None:
        print_data("nothing to repair")
    elif repaired.applied and repaired.plan:
        print_message("the files are staged; commit them: git commit")
    elif not repaired.applied:
        print_message("nothing was changed; to do it: git pbm repair --apply")


def _write_steps(repaired: RepairResult) -> None:
    if repaired.interrupted:
        print_data(f"would finish or undo `git pbm {sanitize(repaired.interrupted)}`, which was interrupted")
    if repaired.torn_index:
        rebuilt = "rebuilt" if repaired.applied else "would rebuild"
        print_data(f"{rebuilt} git's index from HEAD (what was staged is lost)")
    for path in repaired.plan.paths if repaired.plan else ():
        print_data(f"{'wrote' if repaired.applied else 'would write'} {sanitize(path)}")
