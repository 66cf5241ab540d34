"""The options of ``git pbm status``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.operations.lookup import find_repository, read_registry
from git_pbm.operations.reading.status import Status, status
from git_pbm.report.progress import growing_bar

EXAMPLES = """\
  git pbm status
  git pbm status --json"""


def configure(parser: argparse.ArgumentParser) -> None:
    add_json(parser)


def run(args: argparse.Namespace) -> Status:
    repository = find_repository()
    return status(repository, read_registry(repository), growing_bar("reading"))
