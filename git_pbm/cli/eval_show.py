"""The options of ``git pbm eval show``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.operations.evaluating.show import EvalShowResult, show_evaluation
from git_pbm.operations.lookup import find_repository, read_registry
from git_pbm.snapshots.ledger import here

EXAMPLES = """\
  git pbm eval show 3f1c2b7e"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("evaluation", metavar="EVAL", help="the name of an evaluation, or 4 or more digits of it")
    add_json(parser)


def run(args: argparse.Namespace) -> EvalShowResult:
    repository = find_repository()
    read_registry(repository)
    return show_evaluation(here(repository), args.evaluation)
