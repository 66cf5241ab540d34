"""When each model was current, as lines and as JSON."""

from __future__ import annotations

from collections.abc import Sequence

from git_pbm.core.registry.registry import Registry
from git_pbm.operations.reading.history import CurrentPeriod
from git_pbm.report.terminal import print_data, print_json, print_message, sanitize, styled, width_of
from git_pbm.report.text.models import cell
from git_pbm.snapshots.promotions import Promotion


def report_history(reigns: Sequence[CurrentPeriod], registry: Registry, style: str) -> None:
    """One reign a line, newest first."""
    if style == "json":
        rows = [{**_as_json(reign.start, registry), "until": reign.until} for reign in reigns]
        print_json({"current": registry.current_id, "history": rows})
        return
    if not reigns:
        print_message("no model was ever current; promote one: git pbm promote MODEL")
    width = max((width_of(_name(reign.start, registry)) for reign in reigns), default=0)
    for number, reign in enumerate(reigns):
        step = reign.start
        until = reign.until[:10] if reign.until else "now"
        name = _name(step, registry)
        line = f"{step.date[:10]} .. {until:<10}  {name}{' ' * (width - width_of(name))}"
        how = "  (rolled back to)" if step.is_roll_back else ""
        mark = styled("*", "good") if number == 0 else " "
        print_data(f"{mark} {line}  {styled(step.commit[:10], 'warning')}  {sanitize(step.author)}{how}")


def report_at(step: Promotion | None, registry: Registry, moment: str, style: str) -> None:
    """What was current at a moment."""
    if style == "json":
        print_json({"at": moment, "model": _as_json(step, registry) if step else None})
    elif step is None:
        print_message(f"no model was current at {sanitize(moment)}")
    else:
        print_data(f"{_name(step, registry)}  since {step.date[:10]}  {step.commit[:10]}  {sanitize(step.author)}")


def _name(step: Promotion, registry: Registry) -> str:
    if step.model_id is None:
        return "nothing"
    model = registry.models.get(step.model_id)
    tag = cell(model.metadata.tag) if model and model.metadata else "removed"
    return f"{tag} ({step.model_id})"


def _as_json(step: Promotion, registry: Registry) -> dict[str, object]:
    model = registry.models.get(step.model_id or "")
    return {
        "id": step.model_id,
        "tag": model.metadata.tag if model and model.metadata else None,
        "since": step.date,
        "commit": step.commit,
        "author": step.author,
        "subject": step.subject,
        "rolled_back": step.is_roll_back,
    }
