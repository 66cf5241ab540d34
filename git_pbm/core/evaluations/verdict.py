"""The gate's verdict: a pure function of the evaluations of two models and a policy; it chooses no evaluation.

Decisions compare numbers that are rounded to a millionth, so that another machine's logarithm gives the same verdict.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from git_pbm.core.evaluations.eligibility import Counted, LeftOut, Recorded, invalid_because, select
from git_pbm.core.evaluations.evaluation import EvaluatedModel, Outcomes
from git_pbm.core.evaluations.policy import Fixed, Gate, Sprt
from git_pbm.core.evaluations.scores import Pool
from git_pbm.core.evaluations.statistics.elo import elo_of_score
from git_pbm.core.evaluations.statistics.intervals import elo_interval, score_interval
from git_pbm.core.evaluations.statistics.llr import bounds, pooled_llr

DIGITS = 6


class Decision(Enum):
    """What the gate says; ``UNVERIFIED`` where a clone lacks what it must read."""

    ACCEPTED = "accepted"
    REJECTED = "rejected"
    UNDECIDED = "undecided"
    INVALID = "invalid"
    UNVERIFIED = "unverified"


@dataclass(frozen=True, slots=True)
class Step:
    """The log-likelihood ratio of an evaluation and of all that count before it."""

    name: str
    llr: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """A decision and what it rests on; numbers are rounded to a millionth, None where nothing was played.

    ``games`` are those in whole units. ``games_left`` is an estimate, None where nothing is left to play or the
    candidate is not ahead. ``missing`` are needs of the gate that some evaluation does not meet.
    """

    decision: Decision
    reason: str
    llr: float | None
    bounds: tuple[float, float] | None
    units: int
    games: int
    outcomes: Outcomes
    score: float | None
    interval: tuple[float, float] | None
    elo: float | None
    elo_interval: tuple[float | None, float | None] | None
    path: tuple[Step, ...]
    counted: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    missing: tuple[str, ...]
    games_left: int | None


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What a test says, without what it rests on."""

    decision: Decision
    llr: float | None = None
    bounds: tuple[float, float] | None = None
    path: tuple[Step, ...] = ()
    games_left: int | None = None


def judge(
    evaluations: Iterable[Recorded],
    retracted: Mapping[str, str],
    gate: Gate,
    candidate: EvaluatedModel,
    baseline: EvaluatedModel,
) -> Verdict:
    """Return the verdict on a candidate. All evaluations between the two models are looked at, in either direction.

    ``retracted`` has the reason of each retraction that counts, by the evaluation's name.
    """
    counted, left_out = select(evaluations, retracted, gate, candidate, baseline)
    pool, outcomes = Pool(), Outcomes(0, 0, 0)
    for one in counted:
        pool, outcomes = pool.plus(one.scores), outcomes.plus(one.outcomes)
    reason = invalid_because(counted, gate.needs)
    said = _sprt(counted, gate.test) if isinstance(gate.test, Sprt) else _fixed(counted, gate.test)
    interval = score_interval(pool) if counted else None
    elo_ends = elo_interval(interval, gate.arena.seats) if interval else None
    return Verdict(
        decision=said.decision if reason is None else Decision.INVALID,
        reason=reason or "",
        llr=said.llr,
        bounds=said.bounds,
        units=pool.units,
        games=pool.games,
        outcomes=outcomes,
        score=_rounded(pool.mean) if counted else None,
        interval=(round(interval[0], DIGITS), round(interval[1], DIGITS)) if interval else None,
        elo=_rounded(elo_of_score(pool.mean, gate.arena.seats)) if counted else None,
        elo_interval=(_rounded(elo_ends[0]), _rounded(elo_ends[1])) if elo_ends else None,
        path=said.path,
        counted=tuple(one.recorded.name for one in counted),
        left_out=tuple(left_out),
        missing=tuple(dict.fromkeys(need for one in left_out for need in one.needs)),
        games_left=said.games_left if reason is None else None,
    )


def _sprt(counted: Sequence[Counted], test: Sprt) -> _Outcome:
    """A lower crossing is final, wherever it was; an upper one counts only of everything."""
    lower, upper = (round(bound, DIGITS) for bound in bounds(test.alpha, test.beta))
    pool, llr, has_failed = Pool(), 0.0, False
    path: list[Step] = []
    for one in counted:
        pool = pool.plus(one.scores)
        llr = round(pooled_llr(pool, test.elo0, test.elo1), DIGITS) + 0.0  # of -0.0, 0.0
        path.append(Step(one.recorded.name, llr))
        has_failed = has_failed or (pool.units >= test.units and llr <= lower)
    left = None
    if has_failed:
        decision = Decision.REJECTED
    elif llr >= upper and pool.units >= test.units:
        decision = Decision.ACCEPTED
    else:
        decision, left = Decision.UNDECIDED, _games_left(pool, llr, upper, test.units)
    return _Outcome(decision, llr, (lower, upper), tuple(path), left)


def _games_left(pool: Pool, llr: float, upper: float, fewest: int) -> int | None:
    """At the pace until now; units in games, as those that were played."""
    if llr <= 0:
        return None
    units = max(math.ceil((upper - llr) / (llr / pool.units)), fewest - pool.units)
    return math.ceil(units * pool.games / pool.units)


def _fixed(counted: Sequence[Counted], test: Fixed) -> _Outcome:
    """Decided once, by the first evaluations that together have the games; later ones change nothing."""
    pool = Pool()
    for one in counted:
        pool = pool.plus(one.scores)
        if pool.games >= test.games:
            has_passed = round(pool.mean, DIGITS) >= round(test.score, DIGITS)
            return _Outcome(Decision.ACCEPTED if has_passed else Decision.REJECTED)
    return _Outcome(Decision.UNDECIDED, games_left=test.games - pool.games)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, DIGITS) + 0.0  # of -0.0, 0.0
