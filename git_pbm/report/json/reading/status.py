"""The state of a registry, as JSON."""

from __future__ import annotations

from git_pbm.operations.model_view import view_of
from git_pbm.operations.reading.status import Status
from git_pbm.report.json import to_json
from git_pbm.report.json.models import model_json


@to_json.register
def status_json(status: Status) -> dict[str, object]:
    """Return what ``status --json`` prints."""
    registry = status.registry
    model = registry.models.get(registry.current_id or "")
    return {
        "root": status.root,
        "models": len(registry.models),
        "model": model_json(view_of(registry, model)) if model else None,
        "since": status.reign.start.date if status.reign else None,
        "engine": status.engine,
        "engine_flaws": list(status.engine_flaws) or ([status.engine_problem] if status.engine_problem else []),
        "missing_hooks": list(status.missing_hooks),
        "hooks_configured": status.hooks_configured,
        "interrupted": status.interrupted,
        "left": list(status.left),
    }
