"""Where a model is, as text."""

from __future__ import annotations

from git_pbm.operations.reading.path import PathResult
from git_pbm.report.terminal import exactly
from git_pbm.report.text import write


@write.register
def write_path(result: PathResult) -> None:
    """Print the path to the byte: a shell takes it as an argument."""
    exactly(result.path)
