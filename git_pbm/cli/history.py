"""The options of ``git pbm history``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.operations.lookup import find_repository, read_registry
from git_pbm.operations.reading.history import history, history_at
from git_pbm.operations.result import Result

EXAMPLES = """\
  git pbm history                      when each model was current, newest first
  git pbm history --at 2026-02-20      what was current at the end of that day"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--at", metavar="DATE", help="show what was current at a date, in any form that git understands"
    )
    add_json(parser)


def run(args: argparse.Namespace) -> Result:
    repository = find_repository()
    registry = read_registry(repository)
    return history(repository, registry) if args.at is None else history_at(repository, registry, args.at)
