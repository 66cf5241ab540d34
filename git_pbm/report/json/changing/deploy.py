"""What an engine's folder holds, as JSON."""

from __future__ import annotations

from git_pbm.operations.changing.deploy import DeployCheckResult
from git_pbm.report.json import to_json


@to_json.register
def deploy_check_json(inspected: DeployCheckResult) -> dict[str, object]:
    """Return what ``deploy --check --json`` prints."""
    flaws = [{"path": flaw.path, "kind": flaw.kind, "message": flaw.message} for flaw in inspected.flaws]
    return {"id": inspected.model_id, "tag": inspected.tag, "folder": inspected.folder, "flaws": flaws}
