"""When each model was current, as text."""

from __future__ import annotations

from git_pbm.core.registry.registry import Registry
from git_pbm.operations.reading.history import CurrentAtResult, HistoryResult
from git_pbm.report.terminal import print_data, print_message, sanitize, styled, width_of
from git_pbm.report.text import write
from git_pbm.report.text.table import cell
from git_pbm.snapshots.promotions import Promotion


@write.register
def write_history(history: HistoryResult) -> None:
    """Print one period a line, newest first."""
    registry = history.registry
    if not history.reigns:
        print_message("no model was ever current; promote one: git pbm promote MODEL")
    width = max((width_of(_name(reign.start, registry)) for reign in history.reigns), default=0)
    for number, reign in enumerate(history.reigns):
        step = reign.start
        until = _minute(reign.until) if reign.until else "now"
        name = _name(step, registry)
        line = f"{_minute(step.date)} .. {until:<16}  {name}{' ' * (width - width_of(name))}"
        how = "  (rolled back to)" if step.is_roll_back else ""
        mark = styled("*", "good") if number == 0 else " "
        print_data(f"{mark} {line}  {styled(step.commit[:10], 'warning')}  {sanitize(step.author)}{how}")


@write.register
def write_current_at(result: CurrentAtResult) -> None:
    """Print what was current at a moment."""
    step = result.step
    if step is None:
        print_message(f"no model was current at {sanitize(result.moment)}")
    else:
        name = _name(step, result.registry)
        print_data(f"{name}  since {_minute(step.date)}  {step.commit[:10]}  {sanitize(step.author)}")


def _minute(date: str) -> str:
    """A commit's date to the minute, in the zone of its committer as git shows it."""
    return date[:16].replace("T", " ")


def _name(step: Promotion, registry: Registry) -> str:
    if step.model_id is None:
        return "nothing"
    model = registry.models.get(step.model_id)
    tag = cell(model.metadata.tag) if model and model.metadata else "removed"
    return f"{tag} ({step.model_id})"
