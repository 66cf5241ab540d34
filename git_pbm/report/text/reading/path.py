"""Where a model is, as text."""

from __future__ import annotations

from git_pbm.operations.reading.path import PathResult
from git_pbm.report.terminal import print_path
from git_pbm.report.text import write


@write.register
def write_path(result: PathResult) -> None:
    """Print the path."""
    print_path(result.path)
