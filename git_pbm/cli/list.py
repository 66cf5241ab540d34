"""The options of ``git pbm list``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.cli.interrupted import warn_if_interrupted
from git_pbm.operations.lookup import find_repository, read_registry
from git_pbm.operations.reading.list import ListResult, list_models

EXAMPLES = """\
  git pbm list
  git pbm list --where training=rl_selfplay --sort best_loss
  git pbm list --columns tag,created,notes
  git pbm list --json"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sort", metavar="COLUMN", help="sort by a column (default: created); --sort=-kl turns it round"
    )
    parser.add_argument("--where", metavar="KEY=VALUE", action="append", default=[], help="only models that match")
    parser.add_argument("--columns", metavar="NAMES", default="", help="fields of the metadata, with commas between")
    add_json(parser)


def run(args: argparse.Namespace) -> ListResult:
    repository = find_repository()
    warn_if_interrupted(repository)
    columns = [name.strip() for name in args.columns.split(",") if name.strip()]
    return list_models(read_registry(repository), args.where, args.sort, columns)
