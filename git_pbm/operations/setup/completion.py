"""``git pbm completion``: the file that a shell completes commands with."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources

from git_pbm.operations.result import Result

FILES = {"bash": "git-pbm", "fish": "git-pbm.fish", "zsh": "_git-pbm"}
"""The file for each shell, as it is called where the shell looks."""


@dataclass(frozen=True, slots=True)
class CompletionResult(Result):
    """The text of a completion file."""

    text: str


def completion(shell: str) -> CompletionResult:
    """Return the completion file for a shell of :data:`FILES`."""
    return CompletionResult(resources.files("git_pbm.completion").joinpath(FILES[shell]).read_text("utf-8"))
