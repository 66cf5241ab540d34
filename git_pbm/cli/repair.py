"""The options of ``git pbm repair``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.cli.options import add_wait
from git_pbm.gitio.repository import Repository
from git_pbm.operations.changing.repair import RepairResult, repair

EXAMPLES = """\
  git pbm repair                       show what would be done; exit 1 if there is anything
  git pbm repair --apply               make the edits and stage them"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--apply", action="store_true", help="make the edits and stage them (default: show them)")
    add_wait(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> RepairResult:
    return repair(Repository.discover(), apply_it=args.apply, wait=args.wait)
