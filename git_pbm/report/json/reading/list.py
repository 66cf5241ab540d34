"""Models as JSON."""

from __future__ import annotations

from git_pbm.operations.reading.list import ListResult
from git_pbm.report.json import to_json
from git_pbm.report.json.models import model_json


@to_json.register
def list_json(result: ListResult) -> dict[str, object]:
    """Return what ``list --json`` prints."""
    return {"current": result.registry.current_id, "models": [model_json(view) for view in result.views]}
