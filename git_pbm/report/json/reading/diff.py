"""Models side by side, as JSON."""

from __future__ import annotations

from git_pbm.operations.reading.diff import ComparisonResult, DiffResult
from git_pbm.report.json import to_json
from git_pbm.report.json.models import model_json


@to_json.register
def diff_json(result: DiffResult) -> dict[str, object]:
    """Return what ``diff --json`` prints."""
    rows = result.differences
    return {
        "models": [model_json(result.first), model_json(result.second)],
        "fields": {row.name: {"first": row.first, "second": row.second, "delta": row.delta} for row in rows},
        "interface": list(result.interface),
    }


@to_json.register
def comparison_json(result: ComparisonResult) -> dict[str, object]:
    """Return what ``diff --json`` prints of more than two models: the values of a field in the order of the models."""
    return {
        "models": [model_json(view) for view in result.views],
        "fields": {name: [view.metadata.get(name) for view in result.views] for name in result.fields},
    }
