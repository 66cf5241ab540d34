"""The options of ``git pbm history``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.operations.lookup import find_repository, read_registry
from git_pbm.operations.reading.history import current_at, history_of
from git_pbm.report.terminal import print_message
from git_pbm.report.text.history import report_at, report_history
from git_pbm.snapshots.promotions import is_shallow

UNVERIFIED = 3

EXAMPLES = """\
  git pbm history                      when each model was current, newest first
  git pbm history --at 2026-02-20      what was current at the end of that day"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--at", metavar="DATE", help="what was current then; any date that git understands")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    repository = find_repository()
    registry = read_registry(repository)
    if args.at is not None:
        report_at(current_at(repository, args.at), registry, args.at, args.format)
    else:
        report_history(history_of(repository), registry, args.format)
    if not is_shallow(repository):
        return 0
    print_message(
        "this clone's history ends early, so the oldest line may be older than it says -> git fetch --unshallow"
    )
    return UNVERIFIED if args.at is None else 0
