"""A completion file, as it is."""

from __future__ import annotations

from git_pbm.operations.setup.completion import CompletionResult
from git_pbm.report.terminal import print_data
from git_pbm.report.text import write


@write.register
def write_completion(result: CompletionResult) -> None:
    """Print the file."""
    print_data(result.text.removesuffix("\n"))
