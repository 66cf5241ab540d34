"""What ``add`` did, as JSON."""

from __future__ import annotations

from git_pbm.operations.changing.add import AddResult
from git_pbm.report.json import to_json
from git_pbm.report.json.changes import made_json, unchanged_json


@to_json.register
def add_json(added: AddResult) -> dict[str, object]:
    """Return what ``add --json`` prints."""
    there = added.there
    if there is None:
        return {
            **made_json(added.model_id, added.changed, added.planned),
            "kept_by_gate": added.kept_by_gate,
        }
    return {
        **unchanged_json(there.model_id, added.deployed),
        "tag": there.tag,
        "added": False,
        "differences": list(there.differences),
    }
