"""When each model was current, as JSON."""

from __future__ import annotations

from git_pbm.core.registry.registry import Registry
from git_pbm.operations.reading.history import CurrentAtResult, HistoryResult
from git_pbm.report.json import to_json
from git_pbm.snapshots.promotions import Promotion


@to_json.register
def history_json(history: HistoryResult) -> dict[str, object]:
    """Return what ``history --json`` prints."""
    rows = [{**_step(reign.start, history.registry), "until": reign.until} for reign in history.reigns]
    return {"current": history.registry.current_id, "history": rows}


@to_json.register
def current_at_json(result: CurrentAtResult) -> dict[str, object]:
    """Return what ``history --at --json`` prints."""
    return {"at": result.moment, "model": _step(result.step, result.registry) if result.step else None}


def _step(step: Promotion, registry: Registry) -> dict[str, object]:
    model = registry.models.get(step.model_id or "")
    return {
        "id": step.model_id,
        "tag": model.metadata.tag if model and model.metadata else None,
        "since": step.date,
        "commit": step.commit,
        "author": step.author,
        "subject": step.subject,
        "rolled_back": step.is_roll_back,
    }
