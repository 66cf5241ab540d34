"""The columns of a list of models."""

from __future__ import annotations

from git_pbm.operations.reading.list import ListResult

COLUMNS = ("tag", "id", "training", "created", "params", "parent", "best_loss", "entropy", "kl")
_OPTIONAL = ("parent", "best_loss", "entropy", "kl")


def chosen_columns(result: ListResult) -> tuple[str, ...]:
    """Return the columns that were asked for, else the usual ones that some model has."""
    usual = (name for name in COLUMNS if name not in _OPTIONAL or _some_has(result, name))
    return result.columns or tuple(usual)


def _some_has(result: ListResult, name: str) -> bool:
    return any(view.field(name) is not None for view in result.views)
