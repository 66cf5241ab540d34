"""The options of ``git pbm diff``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.operations.lookup import find_repository, read_registry, resolve
from git_pbm.operations.reading.queries import differences, interface_changes, view_of
from git_pbm.report.json.models import model_json
from git_pbm.report.terminal import print_json
from git_pbm.report.text.models import report_differences

EXAMPLES = """\
  git pbm diff current^ current
  git pbm diff supervised-v3 rl-r2-i1 --json"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("first", metavar="A", help="a MODEL")
    parser.add_argument("second", metavar="B", nargs="?", default="current", help="a MODEL (default: current)")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    repository = find_repository()
    registry = read_registry(repository)
    first, second = (registry.models[resolve(repository, registry, text)] for text in (args.first, args.second))
    one, two = view_of(registry, first), view_of(registry, second)
    rows, changes = differences(one, two), interface_changes(first, second)
    if args.format == "json":
        fields = {row.name: {"first": row.first, "second": row.second, "delta": row.delta} for row in rows}
        print_json({"models": [model_json(one), model_json(two)], "fields": fields, "interface": changes})
    else:
        report_differences(one, two, rows, changes)
    return 0
