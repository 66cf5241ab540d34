"""The options of ``git pbm eval check``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.operations.evaluating.check import EvalCheckRequest, EvalCheckResult, check_evaluation
from git_pbm.operations.lookup import find_repository, read_registry
from git_pbm.snapshots.ledger import here

EXAMPLES = """\
  git pbm eval check 3f1c2b7e --from match.pgn
  git pbm eval check 3f1c2b7e --from games.csv --log engine.log

exit status: 0 the files give the same evaluation, 1 they give another one"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("evaluation", metavar="EVAL", help="the name of an evaluation, or 4 or more digits of it")
    parser.add_argument(
        "--from", dest="sources", metavar="FILE", required=True, action="append", help="results (may be repeated)"
    )
    parser.add_argument("--log", metavar="FILE", action="append", default=[], help="what the engine printed")
    parser.add_argument(
        "--seat", dest="seats", metavar="SEAT", action="append", default=[], help="as it was said to eval add"
    )
    parser.add_argument(
        "--player", metavar="NAME=MODEL", action="append", default=[], help="as it was said to eval add"
    )
    add_json(parser)


def run(args: argparse.Namespace) -> EvalCheckResult:
    repository = find_repository()
    registry = read_registry(repository)
    request = EvalCheckRequest(
        evaluation=args.evaluation, sources=args.sources, logs=args.log, seats=args.seats, players=args.player
    )
    return check_evaluation(repository, here(repository), registry, request)
