"""What the numbers of one evaluation must add up to; a forger who is not careful is found here."""

from __future__ import annotations

from collections.abc import Iterator

from git_pbm.core.evaluations.evaluation import Evaluation
from git_pbm.core.evaluations.scores import MILLION

ROUNDING = 0.5 / MILLION
"""How far a score in millionths may lie from the exact one, in points a game."""


def sum_problems(evaluation: Evaluation, scoring: str | None = None) -> list[str]:
    """Return what does not add up, one sentence each; ``scoring`` is that of the arena where it is known."""
    return [
        *_games(evaluation),
        *_seats(evaluation),
        *_points(evaluation, scoring),
        *(_two_seats(evaluation) if evaluation.seats == 2 else ()),
    ]


def _games(evaluation: Evaluation) -> Iterator[str]:
    scores, outcomes = evaluation.scores, evaluation.outcomes
    if outcomes.games != evaluation.games:
        yield f"its outcomes are of {outcomes.games} games, and it states {evaluation.games}"
    if scores.unit not in (1, scores.seats):
        yield f"a unit of {scores.unit} games is neither one game nor one in each of {scores.seats} seats"
    if scores.games + evaluation.left_over != evaluation.games:
        yield (
            f"{scores.units} units of {scores.unit} and {evaluation.left_over} left over are "
            f"{scores.games + evaluation.left_over} games, and it states {evaluation.games}"
        )
    if evaluation.ended < evaluation.started:
        yield f"it ended at {evaluation.ended}, before it started at {evaluation.started}"


def _seats(evaluation: Evaluation) -> Iterator[str]:
    if evaluation.by_seat is None:
        return
    if len(evaluation.by_seat) > evaluation.seats:
        yield f"it states outcomes in {len(evaluation.by_seat)} of {evaluation.seats} seats"
    for name in ("win", "draw", "loss"):
        total = sum(getattr(outcomes, name) for outcomes in evaluation.by_seat.values())
        expected = getattr(evaluation.outcomes, name)
        if total != expected:
            yield f"its seats have {name} {total} times, and its outcomes {expected}"


def _points(evaluation: Evaluation, scoring: str | None) -> Iterator[str]:
    """The points of left-over games are not among those of the units: each is 0 to 1."""
    outcomes, spare = evaluation.outcomes, evaluation.left_over
    lowest, highest = float(outcomes.win), outcomes.win + outcomes.draw * 1.0
    if evaluation.seats == 2:
        lowest = highest = outcomes.win + outcomes.draw / 2
    elif scoring == "draw-size":
        highest = outcomes.win + outcomes.draw / 2
    points, tolerance = evaluation.scores.points, evaluation.games * ROUNDING + 1e-9
    if not lowest - spare - tolerance <= points <= highest + tolerance:
        between = f"{lowest:g}" if lowest == highest else f"{lowest:g} to {highest:g}"
        yield f"its units have {points:.6f} points, and its outcomes {between} with {spare} games left over"


def _two_seats(evaluation: Evaluation) -> Iterator[str]:
    scores, outcomes, spare = evaluation.scores, evaluation.outcomes, evaluation.left_over
    steps = 2 * scores.unit
    if any(score * steps % MILLION for score in scores.counts):
        yield "a score of two seats is 0, a half or 1, and that of a pair a quarter of these"
        return
    if scores.unit == 2:
        lost, lost_drawn, middle, won_drawn, won = (scores.counts.get(MILLION * n // 4, 0) for n in range(5))
        lead = 2 * (won - lost) + won_drawn - lost_drawn
        if abs(outcomes.win - outcomes.loss - lead) > spare:
            yield f"wins less losses are {outcomes.win - outcomes.loss}, and {lead} by its pairs"
        drawn = outcomes.draw - lost_drawn - won_drawn
        possible = min(max(drawn, 0), 2 * middle)
        if abs(drawn - possible) + possible % 2 > spare:  # a middle pair has two draws or none
            yield f"{outcomes.draw} draws do not fit its pairs"
    else:
        lost, drawn, won = (scores.counts.get(MILLION * n // 2, 0) for n in range(3))
        if max(abs(outcomes.loss - lost), abs(outcomes.draw - drawn), abs(outcomes.win - won)) > spare:
            yield "its single games have other outcomes than it states"


def has_counts_of(whole: Evaluation, part: Evaluation) -> bool:
    """Whether no count of ``part`` is larger than that of ``whole``; their sides may be the other way round."""
    if part.model.key != whole.model.key:
        part_outcomes, part_scores = part.outcomes.mirrored(), part.scores.mirrored()
    else:
        part_outcomes, part_scores = part.outcomes, part.scores
    return all(
        getattr(part_outcomes, name) <= getattr(whole.outcomes, name) for name in ("win", "draw", "loss")
    ) and all(count <= whole.scores.counts.get(score, 0) for score, count in part_scores.counts.items())
