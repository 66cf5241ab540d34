"""Evaluations for tests: the example of seven seats, and short matches of two."""

from __future__ import annotations

from typing import Any

from git_pbm.core.evaluations.evaluation import EvaluatedModel, Evaluation, LogFile, Outcomes
from git_pbm.core.evaluations.scores import MILLION
from tests.unit.core.evaluations.histograms import two_seats

NEW = EvaluatedModel("af031d72", "rl-r1-i1", "a" * 64)
OLD = EvaluatedModel("04df89cf", "supervised-v2", "b" * 64)
COMMIT = "c" * 40


def example() -> dict[str, Any]:
    """36 rounds of seven seats: 49 games won of 252."""
    seats = ("austria", "england", "france", "germany", "italy", "russia", "turkey")
    return {
        "version": 1,
        "kind": "match",
        "arena": "diplomacy",
        "model": NEW.to_json(),
        "opponent": OLD.to_json(),
        "seats": 7,
        "seats_of_model": 1,
        "games": 252,
        "outcomes": {"win": 49, "draw": 0, "loss": 203},
        "by_seat": {seat: [7, 0, 29] for seat in seats},
        "unit": 7,
        "scores": [[0, 6], [142857, 14], [285714, 13], [428571, 3]],
        "left_over": 0,
        "faults": 0,
        "cut_short": False,
        "engine": {"name": "realpolitik", "commit": COMMIT, "clean": True},
        "config": {"max_year": 1930, "movetime_ms": 5000},
        "seeds": [1, 36],
        "loaded": {"policy": NEW.id + "0" * 56, "value": "1" * 64, "how": "in-memory"},
        "logs": [{"name": "2026-11-25-rust.log", "sha256": "d" * 64, "size": 123456}],
        "source": "botmatch-json",
        "started": "2026-11-25T01:02:03Z",
        "ended": "2026-11-25T09:40:11Z",
        "notes": "dry, but for \u00e4",
    }


def match(*counts: int, day: int = 1, log: str = "", **fields: Any) -> Evaluation:
    """A match of two seats from its counts, low to high, with one draw at most; all in ``by_seat`` are losses."""
    scores = two_seats(*counts)
    games = scores.games
    wins, halves = divmod(sum(score * n for score, n in scores.counts.items()) * scores.unit * 2 // MILLION, 2)
    seats = {"black": Outcomes(0, 0, games // 2), "white": Outcomes(0, 0, games - games // 2)}
    ended = f"2026-11-{day:02d}T00:00:00Z"
    given: dict[str, Any] = {
        "arena": "default",
        "model": NEW,
        "opponent": OLD,
        "games": games,
        "outcomes": Outcomes(wins, halves, games - wins - halves),
        "scores": scores,
        "left_over": 0,
        "faults": 0,
        "cut_short": False,
        "logs": (LogFile("log", (log or f"{day:x}").rjust(64, "0"), 1),),
        "source": "pgn",
        "started": ended,
        "ended": ended,
        "by_seat": seats if scores.unit == 1 else None,
    }
    return Evaluation(**{**given, **fields})
