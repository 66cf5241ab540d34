"""The options of ``git pbm eval add``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.cli.options import add_change_options, free_text, options_from
from git_pbm.core.evaluations.importers.importing import NAMES
from git_pbm.gitio.repository import Repository
from git_pbm.operations.evaluating.add import EvalAddResult, EvalRequest, add_evaluation

EXAMPLES = """\
  git pbm eval add rl-r2-i1 --against current --from match.pgn
  git pbm eval add rl-r2-i1 --against medium@1.2 --from games.csv --log engine.log"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="the model that is evaluated")
    parser.add_argument(
        "--against", metavar="OPPONENT", required=True, help="a MODEL, or NAME@VERSION of another program"
    )
    parser.add_argument(
        "--from", dest="sources", metavar="FILE", required=True, action="append", help="results (may be repeated)"
    )
    parser.add_argument("--from-format", dest="source_format", choices=NAMES, help="the format of the results")
    parser.add_argument(
        "--seat",
        dest="seats",
        metavar="SEAT",
        action="append",
        default=[],
        help="where the model sat, if the results do not say it (one, or one for each --from)",
    )
    parser.add_argument("--log", metavar="FILE", action="append", default=[], help="what the engine printed")
    parser.add_argument("--arena", metavar="NAME", help="an arena of .pbm.toml (default: the only one)")
    parser.add_argument("--engine", metavar="DIR", help="the checkout of the engine that played")
    parser.add_argument(
        "--player", metavar="NAME=MODEL", action="append", default=[], help="who a name in the results is"
    )
    parser.add_argument("--ended", metavar="TIME", help="when the match ended, such as 2026-11-25T09:40:11Z")
    parser.add_argument("--cut-short", action="store_true", help="record a match that was not played to its end")
    parser.add_argument("--notes", type=free_text, metavar="TEXT", help="free text")
    add_change_options(parser, deploys=False, body=False)
    add_json(parser)


def run(args: argparse.Namespace) -> EvalAddResult:
    request = EvalRequest(
        model=args.model,
        opponent=args.against,
        sources=args.sources,
        logs=args.log,
        format=args.source_format,
        seats=args.seats,
        arena=args.arena,
        engine=args.engine,
        players=args.player,
        ended=args.ended,
        cut_short=args.cut_short,
        notes=args.notes,
    )
    return add_evaluation(Repository.discover(), request, options_from(args, promotes=False))
