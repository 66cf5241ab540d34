"""What was imported, as JSON."""

from __future__ import annotations

from git_pbm.operations.evaluating.add import EvalAddResult
from git_pbm.report.json import to_json
from git_pbm.report.json.evaluating.evaluation import change_json, evaluation_json


@to_json.register
def added_json(result: EvalAddResult) -> dict[str, object]:
    """Return what ``eval add --json`` prints."""
    one = result.evaluation
    return {
        "eval": evaluation_json(one.name, result.path, one, None),
        **change_json(result.changed, result.planned),
    }
