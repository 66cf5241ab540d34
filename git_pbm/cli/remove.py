"""The options of ``git pbm remove``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.cli.options import add_change_options, free_text, options_from
from git_pbm.gitio.repository import Repository
from git_pbm.operations.changing.model_change import ModelChangeResult
from git_pbm.operations.changing.remove import remove

EXAMPLES = """\
  git pbm remove rl-r1-i3 --why "diverged; nothing was trained from it\""""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a model that is neither current nor a parent")
    parser.add_argument(
        "--why", type=free_text, required=True, metavar="TEXT", help="the reason, as body of the commit message"
    )
    add_change_options(parser, deploys=False, body=False)
    add_json(parser)


def run(args: argparse.Namespace) -> ModelChangeResult:
    return remove(Repository.discover(), args.model, args.why, options_from(args, promotes=False))
