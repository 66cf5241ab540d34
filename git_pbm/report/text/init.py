"""What ``git pbm init`` will write, did, and left to do."""

from __future__ import annotations

from git_pbm.core.plans.plan import Delete, Plan, PutNetwork, Restage, SetLink, WriteText
from git_pbm.operations.setup.init import InitResult
from git_pbm.report.terminal import print_data, print_message, sanitize
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


def report_planned(plan: Plan, left: tuple[str, ...]) -> None:
    """What would be written and done to each model, and the folders that could come in, too."""
    report_plan(plan)
    for line in left:
        print_message(f"left to do: {sanitize(line, keep_lines=True)}")


def report_init(result: InitResult) -> None:
    """The commit, the engine, the hooks, and everything that a person still has to do."""
    if result.changed is None:
        print_data("this is a models repository already; nothing was written")
    else:
        report_change(result.changed)
    if result.engine is not None:
        print_data(f"models will be deployed to {sanitize(result.engine)}")
    if result.hooks_installed:
        print_data("hooks are installed")
    for line in result.left:
        print_message(f"left to do: {sanitize(line, keep_lines=True)}")
