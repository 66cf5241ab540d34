"""What ``undo`` did, as JSON."""

from __future__ import annotations

from git_pbm.operations.changing.undo import UndoResult
from git_pbm.report.json import to_json
from git_pbm.report.json.deployment import deployment_json


@to_json.register
def undo_json(result: UndoResult) -> dict[str, object]:
    """Return what ``undo --json`` prints."""
    return {
        "dry_run": result.dry_run,
        "undone": {"commit": result.gone, "subject": result.subject},
        "head": result.head,
        "paths": list(result.paths),
        "deployed": deployment_json(result.deployed) if result.deployed else None,
        "warnings": list(result.warnings),
    }
