"""A ladder, as JSON."""

from __future__ import annotations

from git_pbm.operations.evaluating.ladder import LadderResult
from git_pbm.report.json import to_json

DIGITS = 2
"""Of an Elo number: another machine's logarithm differs beyond."""


@to_json.register
def ladder_json(result: LadderResult) -> dict[str, object]:
    """Return what ``ladder --json`` prints."""
    found = result.ladder
    return {
        "arena": result.arena,
        "anchor": found.anchor,
        "models": [
            {
                "id": one.key,
                "tag": result.tags.get(one.key),
                "elo": round(one.elo, DIGITS) + 0.0,
                "low": round(one.low, DIGITS) + 0.0,
                "high": round(one.high, DIGITS) + 0.0,
                "games": one.games,
                "opponents": one.opponents,
                "current": one.key == result.current,
            }
            for one in found.ratings
        ],
        "unrated": [{"id": one.key, "why": f"no games connect it with {one.against}"} for one in found.unrated],
        "surprises": [{"eval": one.evaluation, "z": round(one.z, DIGITS)} for one in found.surprises],
    }
