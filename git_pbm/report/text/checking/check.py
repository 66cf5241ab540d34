"""What ``check`` and the hooks found, as text."""

from __future__ import annotations

from git_pbm.core.findings import Unverified
from git_pbm.operations.checking.check import CheckResult, HookResult
from git_pbm.report.terminal import print_data, print_message, sanitize
from git_pbm.report.text import write
from git_pbm.report.text.findings import text_line


@write.register
def write_check(checked: CheckResult) -> None:
    """Print a verdict: a line for each finding and object that is not here, and a summary on standard error."""
    for finding in checked.verdict.findings:
        print_data(text_line(finding))
    for item in checked.verdict.unverified:
        print_data(f"{sanitize(item.path)}: unverified: {what_is_lacking(checked, item)}")
    print_summary(checked)


@write.register
def write_hook(hook: HookResult) -> None:
    """Print what a hook has to say; nothing where all is well."""
    verdict = hook.checked.verdict
    for finding in verdict.findings:
        print_data(text_line(finding))
    unverified_now = set(hook.fresh)
    for item in verdict.unverified:
        known = "" if item in unverified_now else " (the same as in HEAD: passed)"
        print_data(f"{sanitize(item.path)}: unverified: this clone lacks the object {item.object_id}{known}")
    if verdict.not_inspected:
        count = len(verdict.not_inspected)
        files = "1 file is" if count == 1 else f"{count} files are"
        print_data(f"{files} in Git LFS: identity proven by pointer, content not inspected")
    if verdict.errors:
        print_data(f"in {sanitize(hook.checked.label)}; git pbm explain RULE tells why a rule exists")
    elif hook.fresh:
        print_data(f"{hook.checked.fetch_command} gets what is missing")


def what_is_lacking(checked: CheckResult, item: Unverified) -> str:
    """Return the sentence about an object that this clone lacks, and how to get it."""
    return f"this clone lacks the object {item.object_id} -> {sanitize(checked.fetch_command)}"


def print_summary(checked: CheckResult) -> None:
    """Print on standard error what was not inspected, what was checked, and how much was found."""
    verdict = checked.verdict
    if verdict.not_inspected:
        count = len(verdict.not_inspected)
        what = "file's content is" if count == 1 else "files' contents are"
        line = f"{count} {what} in Git LFS: identity proven by pointer, content not inspected"
        print_message(f"{line} -> {checked.pull_command}, then check again" if checked.require_content else line)
    models = "1 model" if checked.models == 1 else f"{checked.models} models"
    errors, warnings = len(verdict.errors), len(verdict.warnings)
    parts = [f"{errors} error{'s' * (errors != 1)}"] if errors else []
    parts += [f"{warnings} warning{'s' * (warnings != 1)}"] if warnings else []
    parts += [f"{len(verdict.unverified)} unverified"] if verdict.unverified else []
    hint = "; git pbm explain RULE tells why a rule exists" if errors else ""
    print_message(f"checked {sanitize(checked.label)}: {models}: {', '.join(parts) or 'ok'}{hint}")
