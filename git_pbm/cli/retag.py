"""The options of ``git pbm retag``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.cli.options import add_wait, free_text
from git_pbm.gitio.repository import Repository
from git_pbm.operations.changing.model_change import ModelChangeResult
from git_pbm.operations.changing.retag import retag
from git_pbm.operations.unit_of_work import ChangeOptions

EXAMPLES = """\
  git pbm retag rl-r1-i1 rl-r1-i2      the tag was mistyped, and nothing was pushed yet"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", help="the model that the last commit added")
    parser.add_argument("tag", metavar="TAG", type=free_text, help="its new tag")
    parser.add_argument("--no-deploy", action="store_true", help="do not renew the receipt in the engine's folder")
    parser.add_argument("--dry-run", action="store_true", help="show what would be done; change nothing")
    parser.add_argument("--no-verify", action="store_true", help="skip the hooks (CI still runs the rules)")
    add_wait(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> ModelChangeResult:
    options = ChangeOptions(preview=args.dry_run, verify=not args.no_verify, deploy=not args.no_deploy, wait=args.wait)
    return retag(Repository.discover(), args.model, args.tag, options)
