"""Which model each file is, as JSON."""

from __future__ import annotations

from git_pbm.operations.reading.which import FileMatch, WhichResult
from git_pbm.report.json import to_json


@to_json.register
def which_json(result: WhichResult) -> dict[str, object]:
    """Return what ``which --json`` prints."""
    return {"files": [_file(item) for item in result.files]}


def _file(item: FileMatch) -> dict[str, object]:
    removal = item.removal
    return {
        "path": item.path,
        "sha256": item.sha256,
        "models": [
            {"id": known.model_id, "tag": known.tag, "file": known.name, "current": known.is_current}
            for known in item.known
        ],
        "removed": None
        if removal is None
        else {"id": removal.model_id, "tag": removal.tag, "commit": removal.commit, "why": removal.why},
    }
