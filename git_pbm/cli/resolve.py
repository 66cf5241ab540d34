"""The options of ``git pbm resolve``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.cli.options import add_wait
from git_pbm.gitio.repository import Repository
from git_pbm.operations.changing.resolve import Answers, MergeSide, ResolveResult, resolve_merge

EXAMPLES = """\
  git pbm resolve                      rebuild generated files, or show the candidates
  git pbm resolve --current rl-r2-i1   this model is current after the merge; then: git commit
  git pbm resolve --retag af031d72=rl-r2-i2    both sides had used one tag"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--current", metavar="MODEL", help="a MODEL of the merged tree to make current")
    parser.add_argument(
        "--retag",
        metavar="MODEL=TAG",
        action="append",
        default=[],
        type=_retag,
        help="a new tag for a model whose tag the other side gave to another one (may be repeated)",
    )
    for side in MergeSide:
        parser.add_argument(
            f"--{side.value}",
            dest="side",
            action="store_const",
            const=side,
            help=f"take {'our' if side is MergeSide.OURS else 'their'} value of your own fields that both sides set",
        )
    add_wait(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> ResolveResult:
    answers = Answers(current=args.current, side=args.side, retags=tuple(args.retag))
    return resolve_merge(Repository.discover(), answers, wait=args.wait)


def _retag(text: str) -> tuple[str, str]:
    model, equals, tag = text.partition("=")
    if not (model and equals and tag):
        raise argparse.ArgumentTypeError(f"{text!r} is not MODEL=TAG")
    return model, tag
