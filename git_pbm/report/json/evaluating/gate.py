"""What the gate says, as JSON."""

from __future__ import annotations

from git_pbm.core.evaluations.policy import Fixed, Test
from git_pbm.core.evaluations.verdict import Verdict
from git_pbm.operations.evaluating.gate import GateResult
from git_pbm.report.json import to_json


@to_json.register
def gate_json(result: GateResult) -> dict[str, object]:
    """Return what ``gate --json`` prints."""
    verdict = result.verdict
    return {
        "model": result.candidate.to_json(),
        "baseline": result.baseline.to_json(),
        "arena": result.gate.arena.name,
        "test": _test_json(result.gate.test),
        "verdict": result.decision.value,
        **(_NOTHING if verdict is None else _verdict_json(verdict)),
        "candidates_tried": result.candidates_tried,
        "lacking": list(result.lacking),
    }


_NOTHING: dict[str, object] = {
    "reason": "",
    "llr": None,
    "bounds": None,
    "games": None,
    "units": None,
    "outcomes": None,
    "score": None,
    "interval": None,
    "elo": None,
    "elo_interval": None,
    "path": [],
    "counted": [],
    "left_out": [],
    "missing": [],
    "games_left": None,
}
"""Of a verdict that this clone cannot give."""


def _test_json(test: Test) -> dict[str, object]:
    if isinstance(test, Fixed):
        return {"name": "fixed", "games": test.games, "score": test.score}
    return {
        "name": "sprt",
        "elo": [test.elo0, test.elo1],
        "alpha": test.alpha,
        "beta": test.beta,
        "units": test.units,
    }


def _verdict_json(verdict: Verdict) -> dict[str, object]:
    return {
        "reason": verdict.reason,
        "llr": verdict.llr,
        "bounds": _ends(verdict.bounds),
        "games": verdict.games,
        "units": verdict.units,
        "outcomes": verdict.outcomes.to_json(),
        "score": verdict.score,
        "interval": _ends(verdict.interval),
        "elo": verdict.elo,
        "elo_interval": _ends(verdict.elo_interval),
        "path": [{"eval": step.name, "llr": step.llr} for step in verdict.path],
        "counted": list(verdict.counted),
        "left_out": [{"eval": one.name, "why": one.why} for one in verdict.left_out],
        "missing": list(verdict.missing),
        "games_left": verdict.games_left,
    }


def _ends(ends: tuple[float | None, float | None] | None) -> list[float | None] | None:
    return None if ends is None else list(ends)
