"""The options of ``git pbm eval list``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.operations.evaluating.list import EvalListResult, list_evaluations
from git_pbm.operations.lookup import find_repository, read_registry, resolve
from git_pbm.snapshots.ledger import here

EXAMPLES = """\
  git pbm eval list
  git pbm eval list rl-r2-i1 --against current"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", nargs="?", help="only matches of this model, on either side")
    parser.add_argument("--against", metavar="OPPONENT", help="only matches against a MODEL or NAME@VERSION")
    parser.add_argument("--arena", metavar="NAME", help="only matches in this arena")
    add_json(parser)


def run(args: argparse.Namespace) -> EvalListResult:
    repository = find_repository()
    registry = read_registry(repository)
    model = resolve(repository, registry, args.model) if args.model is not None else None
    against = args.against
    if against is not None and ("@" not in against or "@{" in against):
        against = resolve(repository, registry, against)
    return list_evaluations(here(repository), model, against=against, arena=args.arena)
