"""Two models side by side, as JSON."""

from __future__ import annotations

from git_pbm.operations.reading.diff import DiffResult
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
