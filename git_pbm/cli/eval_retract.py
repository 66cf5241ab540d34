"""The options of ``git pbm eval retract``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.cli.options import add_change_options, free_text, options_from
from git_pbm.gitio.repository import Repository
from git_pbm.operations.evaluating.retract import EvalRetractResult, retract

EXAMPLES = """\
  git pbm eval retract 3f1c2b7e --why "the engine had no network\""""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("evaluation", metavar="EVAL", help="the name of an evaluation, or 4 or more digits of it")
    parser.add_argument("--why", metavar="TEXT", required=True, type=free_text, help="what is wrong with it")
    parser.add_argument("--date", metavar="DATE", help="the date of the retraction (default: today)")
    add_change_options(parser, deploys=False, body=False)
    add_json(parser)


def run(args: argparse.Namespace) -> EvalRetractResult:
    options = options_from(args, promotes=False)
    return retract(Repository.discover(), args.evaluation, args.why, options, day=args.date)
