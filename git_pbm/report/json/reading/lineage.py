"""Which model was trained from which, as JSON."""

from __future__ import annotations

from git_pbm.operations.reading.lineage import LineageResult
from git_pbm.report.json import to_json
from git_pbm.report.json.models import model_json


@to_json.register
def lineage_json(result: LineageResult) -> dict[str, object]:
    """Return what ``lineage --json`` prints."""
    models = [
        {**model_json(view), "parent": view.metadata.get("parent"), "depth": depth} for depth, view in result.lines
    ]
    return {"current": result.registry.current_id, "models": models}
