"""What ``init`` did and left to do, as JSON."""

from __future__ import annotations

from git_pbm.operations.setup.init import InitResult
from git_pbm.report.json import to_json


@to_json.register
def init_json(result: InitResult) -> dict[str, object]:
    """Return what ``init --json`` prints."""
    changed = result.changed
    plan = changed.plan if changed is not None else result.planned
    warnings = changed.warnings if changed is not None else plan.warnings if plan is not None else ()
    return {
        "message": plan.message.subject if plan is not None else None,
        "paths": list(plan.paths) if plan is not None else [],
        "warnings": list(warnings),
        "changed": changed is not None,
        "commit": changed.commit if changed is not None else None,
        "engine": result.engine,
        "hooks_installed": result.hooks_installed,
        "hooks_configured": result.hooks_configured,
        "left": list(result.left),
    }
