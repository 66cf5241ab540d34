"""A retraction, as JSON."""

from __future__ import annotations

from git_pbm.operations.evaluating.retract import EvalRetractResult
from git_pbm.report.json import to_json
from git_pbm.report.json.evaluating.evaluation import change_json


@to_json.register
def retraction_json(result: EvalRetractResult) -> dict[str, object]:
    """Return what ``eval retract --json`` prints."""
    return {"retracts": result.name, "path": result.path, **change_json(result.changed, result.planned)}
