"""What a deployment did, as JSON."""

from __future__ import annotations

from git_pbm.operations.deployment import DeployResult
from git_pbm.report.json import to_json


@to_json.register
def deployment_json(deployed: DeployResult) -> dict[str, object]:
    """Return what ``deploy --json`` prints."""
    return {
        "id": deployed.model_id,
        "folder": deployed.folder,
        "files": list(deployed.files),
        "taken_away": list(deployed.taken_away),
        "warnings": list(deployed.warnings),
    }
