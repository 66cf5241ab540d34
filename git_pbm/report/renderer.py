"""Finds what renders a result: a format is a module, or a folder whose modules mirror those of ``operations``."""

from __future__ import annotations

import importlib
from enum import Enum
from typing import Protocol, cast

from git_pbm.operations.result import Result
from git_pbm.report.terminal import print_message

_OPERATIONS = "git_pbm.operations."


class OutputFormat(Enum):
    """How a result is printed; the value is what ``--format`` takes, and the name of the format's module."""

    TEXT = "text"
    MERMAID = "mermaid"
    JSON = "json"
    GITHUB = "github"
    CSV = "csv"
    MARKDOWN = "md"


class FormatModule(Protocol):
    """What the module of a format offers."""

    def render(self, result: Result) -> None:
        """Print a result. Raises ``TypeError`` for one that has no such format."""
        ...


def render(result: Result, output_format: OutputFormat) -> None:
    """Print a result in a format, and its notices on standard error."""
    cast(FormatModule, importlib.import_module(f"git_pbm.report.{output_format.value}")).render(result)
    for notice in result.notices:
        print_message(notice)


def load_renderer(package: str, result: Result) -> None:
    """Import the module of ``package`` that renders results of this type: start-ups leave out all the others."""
    importlib.import_module(f"{package}.{type(result).__module__.removeprefix(_OPERATIONS)}")
