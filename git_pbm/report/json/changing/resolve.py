"""A merge that is being settled, as JSON."""

from __future__ import annotations

from git_pbm.operations.changing.merge_context import Candidate
from git_pbm.operations.changing.resolve import ResolveResult
from git_pbm.report.json import to_json
from git_pbm.report.json.findings import finding_json
from git_pbm.report.json.models import model_json


@to_json.register
def resolve_json(resolved: ResolveResult) -> dict[str, object]:
    """Return what ``resolve --json`` prints."""
    operation = resolved.operation
    return {
        "operation": operation.name if operation else None,
        "candidates": [_candidate_json(candidate) for candidate in resolved.candidates or ()],
        "current": resolved.current,
        "settled": list(resolved.settled),
        "left": list(resolved.left),
        "findings": [finding_json(finding) for finding in resolved.findings],
        "next": operation.continue_command if operation else None,
        "warnings": list(resolved.warnings),
    }


def _candidate_json(candidate: Candidate) -> dict[str, object]:
    return {
        "side": candidate.side.label,
        "commit": candidate.side.commit,
        "id": candidate.model_id,
        "in_tree": candidate.is_there,
        "model": model_json(candidate.view) if candidate.view else None,
    }
