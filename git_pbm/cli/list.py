"""The options of ``git pbm list``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.cli.interrupted import warn_if_interrupted
from git_pbm.operations.adds import places_of_adds
from git_pbm.operations.lookup import find_repository, read_registry, resolve
from git_pbm.operations.reading.list import ListOptions, ListResult, list_models
from git_pbm.report.renderer import OutputFormat

EXAMPLES = """\
  git pbm list
  git pbm list --where training=rl_selfplay --sort best_loss
  git pbm list --where 'elo>=1900' --where 'tag=rl-r2*' --sort -elo --limit 10
  git pbm list --columns tag,created,notes
  git pbm list --json"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--sort", metavar="COLUMN", default="", help="sort by a column (default: created); -COLUMN turns it round"
    )
    parser.add_argument(
        "--where",
        metavar="'KEY OP VALUE'",
        action="append",
        default=[],
        help="only models that match; OP is one of = != < <= > >=, = and != take globs (may be repeated)",
    )
    parser.add_argument("--limit", metavar="N", type=_count, help="at most N models")
    parser.add_argument("--columns", metavar="NAMES", default="", help="fields of the metadata, with commas between")
    add_json(parser, OutputFormat.CSV, OutputFormat.MARKDOWN)


def run(args: argparse.Namespace) -> ListResult:
    repository = find_repository()
    warn_if_interrupted(repository)
    columns = [name.strip() for name in args.columns.split(",") if name.strip()]
    registry = read_registry(repository)
    options = ListOptions(where=args.where, sort=args.sort, limit=args.limit, columns=columns)
    return list_models(
        registry, options, lambda model: resolve(repository, registry, model), lambda: places_of_adds(repository)
    )


def _count(text: str) -> int:
    """A number of things, 0 or more."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise argparse.ArgumentTypeError(f"{text} is not a number of 0 or more")
    return int(text)
