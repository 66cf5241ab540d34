"""Parts of an evaluation, as text."""

from __future__ import annotations

from git_pbm.core.evaluations.eligibility import is_balanced
from git_pbm.core.evaluations.evaluation import Evaluation
from git_pbm.report.terminal import print_message


def score_of(one: Evaluation) -> str:
    """Wins, draws and losses, and the mean score of the units."""
    counts = f"{one.outcomes.win} won, {one.outcomes.draw} drawn, {one.outcomes.loss} lost"
    return f"{counts}; score {one.scores.mean:.3f}" if one.scores.units else counts


def left_over_of(one: Evaluation) -> str:
    """What is left over of pairs or rounds; empty where nothing is."""
    unit = "pairs" if one.seats == 2 else "rounds"
    return f", {one.left_over} left over of its {unit}" if one.left_over else ""


def warn_unbalanced(one: Evaluation) -> None:
    """Say where an evaluation says less than it seems to."""
    if one.cut_short:
        print_message("note: it was cut short, so it is kept and does not count")
    elif not is_balanced(one):
        print_message("note: its seats are not balanced (or not known), so it is kept and does not count")
