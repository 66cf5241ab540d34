"""The options of ``git pbm list``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.cli.interrupted import warn_if_interrupted
from git_pbm.operations.lookup import find_repository, read_registry
from git_pbm.operations.reading.queries import list_models
from git_pbm.report.json.models import model_json
from git_pbm.report.terminal import print_json, print_message
from git_pbm.report.text.models import report_table

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


def run(args: argparse.Namespace) -> int:
    repository = find_repository()
    warn_if_interrupted(repository)
    registry = read_registry(repository)
    columns = [name.strip() for name in args.columns.split(",") if name.strip()]
    views = list_models(registry, args.where, args.sort, columns)
    if args.format == "json":
        print_json({"current": registry.current_id, "models": [model_json(view) for view in views]})
    elif views:
        report_table(views, columns)
    elif registry.models:
        print_message("no model matches")
    else:
        print_message("no models yet; add the first one: git pbm add POLICY VALUE --tag supervised-v1")
    if registry.document is None:
        print_message(
            "warning: registry.json cannot be read, so what is current comes from the link; see: git pbm check"
        )
    return 0
