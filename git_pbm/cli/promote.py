"""The options of ``git pbm promote``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.cli.options import add_change_options, free_text, options_from
from git_pbm.errors import UsageError
from git_pbm.gitio.repository import Repository
from git_pbm.operations.changing.model_change import ModelChangeResult
from git_pbm.operations.changing.promote import promote

EXAMPLES = """\
  git pbm promote rl-r2-i1
  git pbm promote current^             the current model's parent
  git pbm promote af031d72 --no-deploy
  git pbm promote rl-r2-i1 --no-gate --why "the gate's engine is broken, see issue 12\""""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="a tag, an id or current; ^ or ~2 after it for an ancestor")
    parser.add_argument("--no-gate", action="store_true", help="do not ask the gate; the commit says so (with --why)")
    parser.add_argument("--why", type=free_text, metavar="TEXT", help="why the gate is not asked")
    add_change_options(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> ModelChangeResult:
    if args.no_gate != (args.why is not None):
        raise UsageError("--no-gate and --why go together", "git pbm promote MODEL --no-gate --why TEXT")
    return promote(Repository.discover(), args.model, options_from(args), body=args.body, why_no_gate=args.why)
