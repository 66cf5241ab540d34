"""Changes and plans of changes, as JSON."""

from __future__ import annotations

from git_pbm.core.documents.strict_json import JsonValue, read_json
from git_pbm.core.names import METADATA_NAME
from git_pbm.core.plans.plan import Plan, WriteText
from git_pbm.operations.deployment import DeployResult
from git_pbm.operations.unit_of_work import CommitResult


def made_json(model_id: str, changed: CommitResult | None, planned: Plan | None) -> dict[str, object]:
    """What a command changed about a model, or with ``--dry-run`` would change."""
    plan = changed.plan if changed is not None else planned
    if plan is None:
        return unchanged_json(model_id, None)
    return {
        "id": model_id,
        "message": plan.message.subject,
        "paths": list(plan.paths),
        "metadata": _metadata_of(plan),
        "warnings": list(changed.warnings if changed is not None else plan.warnings),
        "changed": changed is not None,
        "commit": changed.commit if changed is not None else None,
        "deployed": changed.deployed.folder if changed is not None and changed.deployed else None,
    }


def unchanged_json(model_id: str, deployed: DeployResult | None) -> dict[str, object]:
    """A model that needed no change, and where it was deployed."""
    return {"id": model_id, "changed": False, "deployed": deployed.folder if deployed else None}


def _metadata_of(plan: Plan) -> JsonValue:
    for edit in plan.edits:
        if isinstance(edit, WriteText) and edit.path.endswith(f"/{METADATA_NAME}"):
            return read_json(edit.content, len(edit.content))
    return None
