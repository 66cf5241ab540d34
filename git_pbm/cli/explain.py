"""The options of ``git pbm explain``."""

from __future__ import annotations

import argparse

from git_pbm.operations.reading.explain import explain, explain_all
from git_pbm.operations.result import Result

EXAMPLES = """\
  git pbm explain dir-name-is-policy-hash
  git pbm explain                      list all rules"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", metavar="RULE", nargs="?", help="a rule's name, as findings print it")


def run(args: argparse.Namespace) -> Result:
    return explain_all() if args.rule is None else explain(args.rule)
