"""Results as text for people."""

from __future__ import annotations

from functools import singledispatch

from git_pbm.operations.result import Result
from git_pbm.report.renderer import load_renderer


def render(result: Result) -> None:
    """Print a result as text."""
    load_renderer(__name__, result)
    write(result)


@singledispatch
def write(result: Result) -> None:
    """Print a result; the modules of this folder register how for each type."""
    raise TypeError(f"{type(result).__name__} has no text")
