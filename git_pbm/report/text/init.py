"""What ``git pbm init`` will write, did, and left to do."""

from __future__ import annotations

from git_pbm.core.plans.plan import Delete, Plan, PutNetwork, Restage, SetLink, WriteText
from git_pbm.operations.setup.init import Founded
from git_pbm.report.terminal import out, say, shown
from git_pbm.report.text.changes import report_change, report_plan


def show_founding(plan: Plan) -> None:
    """One line a path, before anything is written; then what an adoption does to each model."""
    for edit in plan.edits:
        match edit:
            case PutNetwork(path, facts):
                out(f"write   {shown(path)} ({facts.size} bytes)")
            case Restage(path):
                out(f"store   {shown(path)} in Git LFS")
            case WriteText(path):
                out(f"write   {shown(path)}")
            case SetLink(path, target):
                out(f"link    {path} -> {target}")
            case Delete(path):
                out(f"delete  {shown(path)}")
    for line in plan.message.body.splitlines():
        out(shown(line))


def report_planned(plan: Plan, left: tuple[str, ...]) -> None:
    """What would be written and done to each model, and the folders that could come in, too."""
    report_plan(plan)
    for line in left:
        say(f"left to do: {shown(line, keep_lines=True)}")


def report_founded(founded: Founded) -> None:
    """The commit, the engine, the hooks, and everything that a person still has to do."""
    if founded.changed is None:
        out("this is a models repository already; nothing was written")
    else:
        report_change(founded.changed)
    if founded.engine is not None:
        out(f"models will be deployed to {shown(founded.engine)}")
    if founded.hooks_installed:
        out("hooks are installed")
    for line in founded.left:
        say(f"left to do: {shown(line, keep_lines=True)}")
