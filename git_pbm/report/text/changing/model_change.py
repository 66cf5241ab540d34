"""What a command did to one model, as text."""

from __future__ import annotations

from git_pbm.operations.changing.model_change import ModelChangeResult
from git_pbm.report.terminal import print_data, sanitize
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
        write_standing(result)


def write_standing(result: ModelChangeResult) -> None:
    """Print what is current now, and the model's parent; where it was deployed has been said if it was."""
    standing, changed = result.standing, result.changed
    if standing is None or changed is None or changed.commit is None:
        return
    before = f", before it {sanitize(standing.before)}" if standing.before else ""
    print_data(f"current   {sanitize(standing.current or 'none')}{before}")
    print_data(f"parent    {sanitize(standing.parent or 'none')}")
    if standing.engine is None and changed.plan.deploys is not None:
        print_data("deployed  nowhere: git config pbm.engine DIR")
