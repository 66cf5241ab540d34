"""The state of a registry, as text."""

from __future__ import annotations

from git_pbm.operations.reading.status import Status
from git_pbm.report.terminal import print_data, sanitize, styled
from git_pbm.report.text import write
from git_pbm.report.text.table import cell


@write.register
def write_status(status: Status) -> None:
    """Print a few lines, what is left to do last."""
    registry = status.registry
    count = len(registry.models)
    print_data(f"{sanitize(status.root)}: {count} model{'s' * (count != 1)}")
    print_data(f"current   {_current(status)}")
    print_data(f"engine    {_engine(status)}")
    hooks = f"missing: {', '.join(status.missing_hooks)}" if status.missing_hooks else "installed"
    if not (status.missing_hooks or status.hooks_configured):
        hooks = "installed, not configured"
    print_data(f"hooks     {hooks}")
    for line in status.left:
        print_data(f"{styled('left to do', 'warning')}  {sanitize(line, keep_lines=True)}")


def _current(status: Status) -> str:
    name = status.registry.current_id
    if name is None:
        return "none; promote one: git pbm promote MODEL"
    model = status.registry.models.get(name)
    tag = cell(model.metadata.tag) if model and model.metadata else "no such model"
    since = ""
    if status.reign and status.reign.start.model_id == name:
        since = f", since {status.reign.start.date[:10]} by {sanitize(status.reign.start.author)}"
    return f"{styled(tag, 'good' if model else 'error')} ({name}){since}"


def _engine(status: Status) -> str:
    if status.engine is None:
        return "none configured: git config pbm.engine DIR"
    if status.engine_problem:
        return f"{sanitize(status.engine)}: {sanitize(status.engine_problem)}"
    if status.inspected is None:
        return sanitize(status.engine)
    return f"{sanitize(status.engine)}: {'; '.join(map(sanitize, status.engine_flaws)) or 'up to date'}"
