"""Evaluations, as JSON."""

from __future__ import annotations

from git_pbm.core.evaluations.evaluation import path_of
from git_pbm.operations.evaluating.list import EvalListResult
from git_pbm.report.json import to_json
from git_pbm.report.json.evaluating.evaluation import evaluation_json


@to_json.register
def evaluations_json(result: EvalListResult) -> dict[str, object]:
    """Return what ``eval list --json`` prints."""
    rows = result.evaluations.items()
    return {"evals": [evaluation_json(name, path_of(one), one, result.retracted.get(name)) for name, one in rows]}
