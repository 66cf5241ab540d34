"""The lineage as a Mermaid diagram."""

from __future__ import annotations

from functools import singledispatch

from git_pbm.core.registry.readme_block import graph_of
from git_pbm.operations.reading.lineage import LineageResult
from git_pbm.operations.result import Result
from git_pbm.report.terminal import print_data


@singledispatch
def render(result: Result) -> None:
    """Print a result as a diagram."""
    raise TypeError(f"{type(result).__name__} has no diagram")


@render.register
def render_lineage(result: LineageResult) -> None:
    """Print the graph that the README shows."""
    print_data("\n".join(graph_of(result.registry)))
