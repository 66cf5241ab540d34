"""The options of ``git pbm gate``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.operations.evaluating.gate import GateResult, ask_gate
from git_pbm.operations.lookup import find_repository

EXAMPLES = """\
  git pbm gate rl-r2-i1               against what is current
  git pbm gate                        the only candidate that was evaluated
  git pbm gate rl-r2-i1 --against supervised-v1

exit status: 0 accepted, 1 rejected or invalid, 6 undecided (play on), 3 unverified"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "model", metavar="MODEL", nargs="?", help="the candidate (default: the only one that was evaluated)"
    )
    parser.add_argument("--against", metavar="MODEL", help="the model to be better than (default: what is current)")
    add_json(parser)


def run(args: argparse.Namespace) -> GateResult:
    return ask_gate(find_repository(), args.model, args.against)
