"""A finding as JSON."""

from __future__ import annotations

from git_pbm.core.findings import Finding


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
