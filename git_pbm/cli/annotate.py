"""The options of ``git pbm annotate``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.cli.options import add_change_options, add_metric_options, free_text, metrics_from, options_from
from git_pbm.gitio.repository import Repository
from git_pbm.operations.changing.add import read_metrics
from git_pbm.operations.changing.annotate import annotate
from git_pbm.operations.changing.model_change import ModelChangeResult

EXAMPLES = """\
  git pbm annotate rl-r2-i1 --notes "strongest in self-play"
  git pbm annotate current --metrics rl_training_history.json"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a tag, an id or current; ^ or ~2 after it for an ancestor")
    parser.add_argument("--notes", type=free_text, metavar="TEXT", help="free text")
    parser.add_argument("--params", type=free_text, metavar="COUNT", help="number of parameters, such as 15.36M")
    parser.add_argument("--created", type=free_text, metavar="DATE", help="the date, where the stored one is not valid")
    parser.add_argument("--parent", metavar="MODEL", help="the model it was trained from, where none is stored yet")
    add_metric_options(parser)
    add_change_options(parser, deploys=False)
    add_json(parser)


def run(args: argparse.Namespace) -> ModelChangeResult:
    metrics = read_metrics(args.metrics, metrics_from(args))
    given = {"notes": args.notes, "params": args.params, "created": args.created}
    fields = {**metrics.stated, **{name: value for name, value in given.items() if value is not None}}
    options = options_from(args, promotes=False)
    return annotate(Repository.discover(), args.model, fields, options, parent=args.parent, body=args.body)
