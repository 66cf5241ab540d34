"""What ``add`` did, as text."""

from __future__ import annotations

from git_pbm.operations.changing.add import AddResult
from git_pbm.report.terminal import print_data, print_message, sanitize
from git_pbm.report.text import write
from git_pbm.report.text.changes import report_made
from git_pbm.report.text.changing.model_change import write_standing
from git_pbm.report.text.deployment import write_deployment


@write.register
def write_add(added: AddResult) -> None:
    """Print what was done, would be done, or need not be done: the model is there already."""
    there = added.there
    if there is None:
        report_made(added.changed, added.planned)
        write_standing(added)
        return
    print_data(f"{sanitize(there.tag)} is model {there.model_id} already; nothing was added")
    for line in there.differences:
        print_message(sanitize(line))
    if added.deployed is not None:
        write_deployment(added.deployed)
