"""What ``repair`` did or would do, as JSON."""

from __future__ import annotations

from git_pbm.operations.changing.repair import RepairResult
from git_pbm.report.json import to_json


@to_json.register
def repair_json(repaired: RepairResult) -> dict[str, object]:
    """Return what ``repair --json`` prints."""
    return {
        "applied": repaired.applied,
        "paths": list(repaired.plan.paths) if repaired.plan else [],
        "interrupted": repaired.interrupted,
        "recovered": repaired.recovered.command if repaired.recovered else None,
        "torn_index": repaired.torn_index,
        "mismatches": list(repaired.mismatches),
        "warnings": list(repaired.warnings),
    }
