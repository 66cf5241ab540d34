"""One evaluation, as JSON."""

from __future__ import annotations

from git_pbm.core.evaluations.evaluation import path_of
from git_pbm.operations.evaluating.show import EvalShowResult
from git_pbm.report.json import to_json
from git_pbm.report.json.evaluating.evaluation import evaluation_json


@to_json.register
def shown_json(result: EvalShowResult) -> dict[str, object]:
    """Return what ``eval show --json`` prints."""
    one = result.evaluation
    return {"eval": evaluation_json(result.name, path_of(one), one, result.retraction)}
