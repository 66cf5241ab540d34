"""One evaluation, as text."""

from __future__ import annotations

from git_pbm.core.evaluations.evaluation import Evaluation
from git_pbm.operations.evaluating.show import EvalShowResult
from git_pbm.report.terminal import print_data, sanitize
from git_pbm.report.text import write
from git_pbm.report.text.evaluating.evaluation import left_over_of, score_of, warn_unbalanced


@write.register
def write_evaluation(result: EvalShowResult) -> None:
    """Print what it says, one field a line."""
    one = result.evaluation
    print_data(f"evaluation  {result.name}")
    print_data(f"model       {sanitize(one.model.tag)} ({one.model.id})")
    print_data(f"against     {sanitize(one.opponent.label)}")
    print_data(f"arena       {one.arena}, {one.seats} seats{_settings(one)}")
    print_data(f"games       {one.games} ({score_of(one)}){left_over_of(one)}")
    for seat, outcomes in (one.by_seat or {}).items():
        print_data(f"  {sanitize(seat):<10}{outcomes.win} won, {outcomes.draw} drawn, {outcomes.loss} lost")
    if one.faults:
        print_data(f"faults      {one.faults}")
    print_data(f"played      {one.started} to {one.ended}")
    if one.engine is not None:
        state = "clean" if one.engine.clean else "with uncommitted changes"
        print_data(f"engine      {sanitize(one.engine.name)} {one.engine.commit[:10]}, {state}")
    print_data(f"loaded      {'not known' if one.loaded is None else one.loaded.how}")
    for log in one.logs:
        print_data(f"source      {sanitize(log.name)} ({one.source}, {log.size} bytes, sha256 {log.sha256[:16]})")
    if one.notes is not None:
        print_data(f"notes       {sanitize(one.notes)}")
    if result.retraction is not None:
        print_data(f"retracted   {result.retraction.date}: {sanitize(result.retraction.reason)}")
    warn_unbalanced(one)


def _settings(one: Evaluation) -> str:
    return "".join(f", {sanitize(key)} {sanitize(str(value))}" for key, value in (one.config or {}).items())
