"""Changes and plans of changes, as text."""

from __future__ import annotations

from git_pbm.core.plans.plan import Delete, Plan, PutNetwork, Restage, SetLink, WriteText
from git_pbm.operations.unit_of_work import CommitResult
from git_pbm.report.terminal import print_data, print_message, sanitize, styled
from git_pbm.report.text.deployment import write_if_deployed
from git_pbm.transaction.recovery import Recovered


def report_made(changed: CommitResult | None, planned: Plan | None) -> None:
    """What a command changed, or with ``--dry-run`` would change."""
    if changed is not None:
        report_change(changed)
    elif planned is not None:
        report_plan(planned)


def report_change(changed: CommitResult) -> None:
    """A few lines: the commit, the engine, and what recovery repaired before."""
    warn(changed.warnings)
    report_recovery(changed.recovered)
    subject = sanitize(changed.plan.message.subject)
    if changed.commit is None:
        print_data(f"staged: {subject}")
        print_message("commit it with: git commit")
    else:
        print_data(f"[{styled(changed.commit[:10], 'warning')}] {subject}")
    write_if_deployed(changed.deployed)


def report_recovery(recovered: Recovered | None, *, with_failure: bool = True) -> None:
    """One line about an interrupted command that was recovered first, and why it could not be deployed."""
    if recovered is not None:
        did = "finished" if recovered.forward else "undid"
        print_message(f"note: {did} `git pbm {sanitize(recovered.command)}`, which had been interrupted")
        if with_failure and recovered.failure is not None:
            warn((f"{recovered.failure.message} -> {recovered.failure.hint}",))


def report_plan(plan: Plan) -> None:
    """What would be done, one line a path, and the message of the commit."""
    warn(plan.warnings)
    for edit in plan.edits:
        match edit:
            case Restage(path):
                print_data(f"would store   {sanitize(path)} in Git LFS")
            case PutNetwork(path, facts):
                print_data(f"would write   {sanitize(path)} ({facts.size} bytes, sha256 {facts.sha256})")
            case WriteText(path, content):
                print_data(f"would write   {sanitize(path)} ({len(content)} bytes)")
            case SetLink(path, target):
                print_data(f"would link    {path} -> {target}")
            case Delete(path):
                print_data(f"would delete  {sanitize(path)}")
    print_data(f"would commit  {sanitize(plan.message.subject)}")
    for line in plan.message.body.splitlines():
        print_data(f"              {sanitize(line)}".rstrip())
    print_message("nothing was changed (--dry-run)")


def warn(warnings: tuple[str, ...]) -> None:
    """Warnings, one a line."""
    for line in warnings:
        print_message(f"warning: {sanitize(line)}")
