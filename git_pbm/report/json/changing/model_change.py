"""What a command did to one model, as JSON."""

from __future__ import annotations

from git_pbm.operations.changing.model_change import ModelChangeResult
from git_pbm.report.json import to_json
from git_pbm.report.json.changes import made_json, unchanged_json


@to_json.register
def model_change_json(result: ModelChangeResult) -> dict[str, object]:
    """Return what ``promote --json`` and its like print."""
    if result.is_unchanged:
        return unchanged_json(result.model_id, result.deployed)
    return made_json(result.model_id, result.changed, result.planned)
