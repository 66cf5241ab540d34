"""What came of importing once more, as JSON."""

from __future__ import annotations

from git_pbm.operations.evaluating.check import EvalCheckResult
from git_pbm.report.json import to_json


@to_json.register
def checked_json(result: EvalCheckResult) -> dict[str, object]:
    """Return what ``eval check --json`` prints."""
    return {
        "eval": result.name,
        "same": result.is_same,
        "differences": {
            name: {"recorded": recorded, "imported": imported}
            for name, (recorded, imported) in result.differences.items()
        },
    }
