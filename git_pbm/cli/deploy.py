"""The options of ``git pbm deploy``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.cli.options import add_wait
from git_pbm.operations.changing.deploy import deploy, inspect
from git_pbm.operations.lookup import find_repository
from git_pbm.operations.result import Result

EXAMPLES = """\
  git pbm deploy                       the current model, to the configured folder
  git pbm deploy rl-r2-i1 --to ../engine/models
  git pbm deploy --check               does the engine hold this model?"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", nargs="?", default="current", help="default: current")
    parser.add_argument("--to", metavar="DIR", help="the engine's folder (default: git config pbm.engine)")
    how = parser.add_mutually_exclusive_group()
    how.add_argument(
        "--check", action="store_true", help="copy nothing; exit 1 unless the folder holds exactly this model"
    )
    how.add_argument("--force", action="store_true", help="also overwrite files that are not registered models")
    add_wait(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> Result:
    repository = find_repository()
    if args.check:
        return inspect(repository, args.model, args.to)
    return deploy(repository, args.model, args.to, force=args.force, wait=args.wait)
