"""A model as JSON."""

from __future__ import annotations

from git_pbm.operations.model_view import View


def model_json(view: View) -> dict[str, object]:
    """A model as every command gives it."""
    return {"id": view.model_id, "hash": view.sha256, "current": view.is_current, "metadata": dict(view.metadata)}
