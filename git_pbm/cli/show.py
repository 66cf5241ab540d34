"""The options of ``git pbm show``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.operations.lookup import find_repository, read_registry, resolve
from git_pbm.operations.reading.show import ShowResult, show

EXAMPLES = """\
  git pbm show current
  git pbm show rl-r2-i1 --json"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", nargs="?", default="current", help="default: current")
    add_json(parser)


def run(args: argparse.Namespace) -> ShowResult:
    repository = find_repository()
    registry = read_registry(repository)
    return show(registry, resolve(repository, registry, args.model))
