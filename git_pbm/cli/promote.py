"""The options of ``git pbm promote``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.cli.options import add_change_options, options_from
from git_pbm.gitio.repository import Repository
from git_pbm.operations.changing.model_change import ModelChangeResult
from git_pbm.operations.changing.promote import promote

EXAMPLES = """\
  git pbm promote rl-r2-i1
  git pbm promote current^             the current model's parent
  git pbm promote af031d72 --no-deploy"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a tag, an id or current; ^ or ~2 after it for an ancestor")
    add_change_options(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> ModelChangeResult:
    return promote(Repository.discover(), args.model, options_from(args), body=args.body)
