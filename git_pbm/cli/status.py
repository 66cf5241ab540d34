"""The options of ``git pbm status``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.operations.lookup import find_repository, read_registry
from git_pbm.operations.reading.status import status
from git_pbm.report.progress import growing_bar
from git_pbm.report.text.status import report_status

EXAMPLES = """\
  git pbm status
  git pbm status --json"""


def configure(parser: argparse.ArgumentParser) -> None:
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    repository = find_repository()
    report_status(status(repository, read_registry(repository), growing_bar("reading")), args.format)
    return 0
