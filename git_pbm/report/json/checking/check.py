"""What ``check`` found, as JSON."""

from __future__ import annotations

from git_pbm.operations.checking.check import CheckResult
from git_pbm.report.json import to_json
from git_pbm.report.json.findings import finding_json


@to_json.register
def check_json(checked: CheckResult) -> dict[str, object]:
    """Return the object that ``check --json`` prints."""
    verdict = checked.verdict
    return {
        "checked": checked.label,
        "models": checked.models,
        "findings": [finding_json(finding) for finding in verdict.findings],
        "unverified": [{"path": item.path, "object": item.object_id} for item in verdict.unverified],
        "not_inspected": [item.path for item in verdict.not_inspected],
    }
