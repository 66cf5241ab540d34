"""The options of ``git pbm diff``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.operations.lookup import find_repository, read_registry, resolve
from git_pbm.operations.reading.diff import DiffResult, diff

EXAMPLES = """\
  git pbm diff current^ current
  git pbm diff supervised-v3 rl-r2-i1 --json"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("first", metavar="A", help="a MODEL")
    parser.add_argument("second", metavar="B", nargs="?", default="current", help="a MODEL (default: current)")
    add_json(parser)


def run(args: argparse.Namespace) -> DiffResult:
    repository = find_repository()
    registry = read_registry(repository)
    first, second = (resolve(repository, registry, model) for model in (args.first, args.second))
    return diff(registry, first, second)
