"""Evaluations, and changes of them, as JSON."""

from __future__ import annotations

from git_pbm.core.evaluations.evaluation import Evaluation, Retraction
from git_pbm.core.plans.plan import Plan
from git_pbm.operations.unit_of_work import CommitResult


def evaluation_json(name: str, path: str, one: Evaluation, retraction: Retraction | None) -> dict[str, object]:
    """An evaluation: its name, its path, the file as it is, and why it is retracted."""
    return {
        "id": name,
        "path": path,
        "document": one.to_json(),
        "retracted": None if retraction is None else {"date": retraction.date, "reason": retraction.reason},
    }


def change_json(changed: CommitResult | None, planned: Plan | None) -> dict[str, object]:
    """What was changed, or would be."""
    plan = changed.plan if changed is not None else planned
    if plan is None:
        return {"changed": False, "commit": None}
    return {
        "message": plan.message.subject,
        "paths": list(plan.paths),
        "warnings": list(changed.warnings if changed is not None else plan.warnings),
        "changed": changed is not None,
        "commit": changed.commit if changed is not None else None,
    }
