"""The options of ``git pbm diff``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.operations.lookup import find_repository, read_registry, resolve
from git_pbm.operations.reading.diff import compare, diff
from git_pbm.operations.result import Result

EXAMPLES = """\
  git pbm diff current^ current
  git pbm diff supervised-v3 rl-r2-i1 --json
  git pbm diff rl-r1-i1 rl-r2-i1 rl-r3-i1      the fields of several"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("first", metavar="A", help="a MODEL")
    parser.add_argument("others", metavar="B", nargs="*", help="a MODEL, or several (default: current)")
    add_json(parser)


def run(args: argparse.Namespace) -> Result:
    repository = find_repository()
    registry = read_registry(repository)
    models = [resolve(repository, registry, model) for model in (args.first, *(args.others or ["current"]))]
    return diff(registry, *models) if len(models) == 2 else compare(registry, models)
