"""The options of ``git pbm undo``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.cli.options import add_wait
from git_pbm.gitio.repository import Repository
from git_pbm.operations.changing.undo import UndoResult, undo
from git_pbm.operations.unit_of_work import ChangeOptions

EXAMPLES = """\
  git pbm undo                         take back git pbm's last commit, where nobody else has it
  git pbm undo --dry-run"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--no-deploy", action="store_true", help="leave the engine's folder as it is")
    parser.add_argument("--dry-run", action="store_true", help="show what would be undone, change nothing")
    add_wait(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> UndoResult:
    options = ChangeOptions(preview=args.dry_run, deploy=not args.no_deploy, wait=args.wait)
    return undo(Repository.discover(), options)
