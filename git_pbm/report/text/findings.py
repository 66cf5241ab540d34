"""A finding as a line."""

from __future__ import annotations

from git_pbm.core.findings import Finding
from git_pbm.report.terminal import sanitize, styled


def text_line(finding: Finding) -> str:
    """One stable line: ``path: rule: message; remedy``."""
    warning = "" if finding.is_error else "warning: "
    rule = styled(finding.rule, "error" if finding.is_error else "warning")
    remedy = f" -> {sanitize(finding.remedy)}" if finding.remedy else ""
    return f"{sanitize(finding.path)}: {rule}: {warning}{sanitize(finding.message)}{remedy}"
