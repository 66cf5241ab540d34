"""What ``git pbm init`` will write, did, and left to do, as text."""

from __future__ import annotations

from git_pbm.core.plans.plan import Delete, Plan, PutNetwork, Restage, SetLink, WriteText
from git_pbm.operations.setup.init import InitResult
from git_pbm.report.terminal import print_data, print_message, sanitize
from git_pbm.report.text import write
from git_pbm.report.text.changes import report_change, report_plan


def show_founding(plan: Plan) -> None:
    """One line a path, before anything is written; then what an adoption does to each model."""
    for edit in plan.edits:
        match edit:
            case PutNetwork(path, facts):
                print_data(f"write   {sanitize(path)} ({facts.size} bytes)")
            case Restage(path):
                print_data(f"store   {sanitize(path)} in Git LFS")
            case WriteText(path):
                print_data(f"write   {sanitize(path)}")
            case SetLink(path, target):
                print_data(f"link    {path} -> {target}")
            case Delete(path):
                print_data(f"delete  {sanitize(path)}")
    for line in plan.message.body.splitlines():
        print_data(sanitize(line))


@write.register
def write_init(result: InitResult) -> None:
    """Print the plan, or the commit, the engine and the hooks; then everything that a person still has to do."""
    if result.planned is not None:
        report_plan(result.planned)
    else:
        _report_done(result)
    for line in result.left:
        print_message(f"left to do: {sanitize(line, keep_lines=True)}")


def _report_done(result: InitResult) -> None:
    if result.changed is None:
        print_data("this is a models repository already; nothing was written")
    else:
        report_change(result.changed)
    if result.engine is not None:
        print_data(f"models will be deployed to {sanitize(result.engine)}")
    if result.hooks_installed:
        print_data("hooks are installed" if result.hooks_configured else "hooks are installed, not configured")
