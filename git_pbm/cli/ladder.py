"""The options of ``git pbm ladder``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.operations.evaluating.arenas import arena_of
from git_pbm.operations.evaluating.ladder import LadderResult, ratings
from git_pbm.operations.lookup import find_repository, read_registry, resolve
from git_pbm.report.renderer import OutputFormat
from git_pbm.snapshots.ledger import here

EXAMPLES = """\
  git pbm ladder
  git pbm ladder --anchor supervised-v1 --format md"""
LAST = 200
"""Models: what older ones met is seldom of interest, and a rating of all takes seconds at 10,000."""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--arena", metavar="NAME", help="an arena of .pbm.toml (default: the only one)")
    parser.add_argument(
        "--anchor", metavar="MODEL", help="the model at 0 (default: the oldest that games connect with the current one)"
    )
    parser.add_argument(
        "--last", metavar="N", type=_count, default=LAST, help="only the N newest models (default: %(default)s)"
    )
    add_json(parser, OutputFormat.CSV, OutputFormat.MARKDOWN)


def run(args: argparse.Namespace) -> LadderResult:
    repository = find_repository()
    registry = read_registry(repository)
    anchor = resolve(repository, registry, args.anchor) if args.anchor is not None else None
    return ratings(registry, here(repository), arena_of(registry, args.arena), anchor=anchor, last=args.last)


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text)):
        raise argparse.ArgumentTypeError(f"{text} is not a number of 1 or more")
    return int(text)
