"""A verdict as text, as JSON and as GitHub annotations."""

from __future__ import annotations

from git_pbm.core.findings import Finding, Unverified, Verdict
from git_pbm.operations.reading.check import CheckResult
from git_pbm.report import github
from git_pbm.report.terminal import exactly, print_data, print_json, print_message, sanitize, styled


def report_check(checked: CheckResult, style: str, *, require_content: bool = False, prefix: str = "") -> int:
    """Print a verdict; returns the exit status: 0 ok, 1 findings, 3 unverified.

    ``prefix`` is where the repository is in GitHub's workspace, for the paths of annotations.
    """
    status = _status(checked.verdict, require_content)
    if style == "json":
        print_json(_as_json(checked))
        return status
    for finding in checked.verdict.findings:
        if style == "github":
            exactly(github.annotation_of(finding, prefix))
        else:
            print_data(text_line(finding))
    _report_unseen(checked.verdict, style, require_content, prefix)
    print_message(_summary(checked, status))
    return status


def text_line(finding: Finding) -> str:
    """One stable line: ``path: rule: message; remedy``."""
    warning = "" if finding.is_error else "warning: "
    rule = styled(finding.rule, "error" if finding.is_error else "warning")
    remedy = f" -> {sanitize(finding.remedy)}" if finding.remedy else ""
    return f"{sanitize(finding.path)}: {rule}: {warning}{sanitize(finding.message)}{remedy}"


def _as_json(checked: CheckResult) -> dict[str, object]:
    """The object that ``check --json`` prints."""
    verdict = checked.verdict
    return {
        "checked": checked.label,
        "models": checked.models,
        "findings": [finding_json(finding) for finding in verdict.findings],
        "unverified": [{"path": item.path, "object": item.object_id} for item in verdict.unverified],
        "not_inspected": [item.path for item in verdict.not_inspected],
    }


def finding_json(finding: Finding) -> dict[str, object]:
    """One finding as every command gives it."""
    return {
        "rule": finding.rule,
        "severity": finding.severity.value,
        "path": finding.path,
        "found": finding.found,
        "message": finding.message,
        "remedy": finding.remedy,
    }


def _report_unseen(verdict: Verdict, style: str, require_content: bool, prefix: str) -> None:
    for item in verdict.unverified:
        words = f"this clone lacks the object {item.object_id} -> git pbm check --fetch"
        if style == "github":
            exactly(github.warning_at(prefix + item.path, "unverified", words))
        else:
            print_data(f"{sanitize(item.path)}: unverified: {words}")
    if verdict.not_inspected:
        count = len(verdict.not_inspected)
        what = "file's content is" if count == 1 else "files' contents are"
        line = f"{count} {what} in Git LFS: identity proven by pointer, content not inspected"
        print_message(f"{line} -> git lfs pull, then check again" if require_content else line)


def _status(verdict: Verdict, require_content: bool) -> int:
    if verdict.errors:
        return 1
    return 3 if verdict.unverified or (require_content and verdict.not_inspected) else 0


def _summary(checked: CheckResult, status: int) -> str:
    models = "1 model" if checked.models == 1 else f"{checked.models} models"
    errors, warnings = len(checked.verdict.errors), len(checked.verdict.warnings)
    parts = [f"{errors} error{'s' * (errors != 1)}"] if errors else []
    parts += [f"{warnings} warning{'s' * (warnings != 1)}"] if warnings else []
    parts += [f"{len(checked.verdict.unverified)} unverified"] if checked.verdict.unverified else []
    words = ", ".join(parts) or "ok"
    hint = "; git pbm explain RULE tells why a rule exists" if errors else ""
    return f"checked {sanitize(checked.label)}: {models}: {words}{hint if status or parts else ''}"


def report_message(findings: tuple[Finding, ...]) -> int:
    """Print what the commit-msg hook has to say; nothing where all is well. Returns the exit status."""
    for finding in findings:
        print_data(text_line(finding))
    if findings:
        print_data("in this commit; git pbm explain RULE tells why a rule exists")
    return 1 if findings else 0


def report_hook(checked: CheckResult, fresh: tuple[Unverified, ...]) -> int:
    """Print what a hook has to say; nothing where all is well. Returns the exit status."""
    verdict = checked.verdict
    for finding in verdict.findings:
        print_data(text_line(finding))
    unverified_now = set(fresh)
    for item in verdict.unverified:
        known = "" if item in unverified_now else " (the same as in HEAD: passed)"
        print_data(f"{sanitize(item.path)}: unverified: this clone lacks the object {item.object_id}{known}")
    if verdict.not_inspected:
        count = len(verdict.not_inspected)
        files = "1 file is" if count == 1 else f"{count} files are"
        print_data(f"{files} in Git LFS: identity proven by pointer, content not inspected")
    if verdict.errors:
        print_data(f"in {sanitize(checked.label)}; git pbm explain RULE tells why a rule exists")
        return 1
    if fresh:
        print_data("git pbm check --staged --fetch gets what is missing")
        return 3
    return 0
