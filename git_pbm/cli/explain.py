"""The options of ``git pbm explain``."""

from __future__ import annotations

import argparse

from git_pbm.core.rules.table import EVERY_RULE
from git_pbm.errors import UsageError
from git_pbm.report.terminal import print_data

EXAMPLES = """\
  git pbm explain dir-name-is-policy-hash
  git pbm explain                      lists all rules"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("rule", metavar="RULE", nargs="?", help="a rule's name, as findings print it")


def run(args: argparse.Namespace) -> int:
    explanations = {rule.slug: rule.explanation for rule in EVERY_RULE}
    if args.rule is None:
        for slug, text in explanations.items():
            print_data(f"{slug:<30} {text.partition(chr(10))[0]}")
        return 0
    if args.rule not in explanations:
        import difflib

        near = difflib.get_close_matches(args.rule, explanations, n=2, cutoff=0.4)
        hint = f"did you mean {' or '.join(near)}?" if near else "git pbm explain lists all rules"
        raise UsageError(f"{args.rule!r} is not a rule", hint)
    print_data(f"{args.rule}\n\n{explanations[args.rule]}")
    return 0
