"""The state of a registry, as lines and as JSON."""

from __future__ import annotations

import os

from git_pbm.operations.reading.queries import view_of
from git_pbm.operations.reading.status import Status
from git_pbm.report.terminal import print_data, print_json, sanitize, styled
from git_pbm.report.text.models import cell, model_json


def report_status(status: Status, style: str) -> None:
    """A few lines, what is left to do last."""
    registry = status.registry
    model = registry.models.get(registry.current_id or "")
    view = view_of(registry, model) if model else None
    if style == "json":
        flaws = _flaws(status)
        print_json(
            {
                "root": status.root,
                "models": len(registry.models),
                "model": model_json(view) if view else None,
                "since": status.reign.start.date if status.reign else None,
                "engine": status.engine,
                "engine_flaws": flaws or ([status.engine_problem] if status.engine_problem else []),
                "missing_hooks": list(status.missing_hooks),
                "interrupted": status.interrupted,
                "left": list(status.left),
            }
        )
        return
    count = len(registry.models)
    print_data(f"{sanitize(status.root)}: {count} model{'s' * (count != 1)}")
    print_data(f"current   {_current(status, view is not None)}")
    print_data(f"engine    {_engine(status)}")
    print_data(
        f"hooks     {'installed' if not status.missing_hooks else 'missing: ' + ', '.join(status.missing_hooks)}"
    )
    for line in status.left:
        print_data(f"{styled('left to do', 'warning')}  {sanitize(line, keep_lines=True)}")


def _current(status: Status, is_there: bool) -> str:
    name = status.registry.current_id
    if name is None:
        return "none; promote one: git pbm promote MODEL"
    model = status.registry.models.get(name)
    tag = cell(model.metadata.tag) if model and model.metadata else "no such model"
    since = ""
    if status.reign and status.reign.start.model_id == name:
        since = f", since {status.reign.start.date[:10]} by {sanitize(status.reign.start.author)}"
    return f"{styled(tag, 'good' if is_there else 'error')} ({name}){since}"


def _engine(status: Status) -> str:
    if status.engine is None:
        return "none configured: git config pbm.engine DIR"
    if status.engine_problem:
        return f"{sanitize(status.engine)}: {sanitize(status.engine_problem)}"
    if status.inspected is None:
        return sanitize(status.engine)
    return f"{sanitize(status.engine)}: {'; '.join(map(sanitize, _flaws(status))) or 'up to date'}"


def _flaws(status: Status) -> list[str]:
    """What is wrong in the engine's folder, file by file."""
    flaws = status.inspected.flaws if status.inspected else ()
    return [f"{os.path.basename(flaw.path)}: {flaw.message}" for flaw in flaws]
