"""Results as JSON objects; docs/reference/json.md describes each shape."""

from __future__ import annotations

from functools import singledispatch

from git_pbm.operations.result import Result
from git_pbm.report.json.errors import error_json
from git_pbm.report.renderer import load_renderer
from git_pbm.report.terminal import print_json


def render(result: Result) -> None:
    """Print a result as one JSON object."""
    load_renderer(__name__, result)
    failure = {"error": error_json(result.failure)} if result.failure is not None else {}
    print_json({**to_json(result), **failure})


@singledispatch
def to_json(result: Result) -> dict[str, object]:
    """Return a result's object without its version; the modules of this folder register how for each type."""
    raise TypeError(f"{type(result).__name__} has no JSON")
