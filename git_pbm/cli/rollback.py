"""The options of ``git pbm rollback``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.cli.options import add_change_options, options_from
from git_pbm.gitio.repository import Repository
from git_pbm.operations.changing.model_change import ModelChangeResult
from git_pbm.operations.changing.rollback import roll_back

EXAMPLES = """\
  git pbm rollback                     restore the previous current model
  git pbm rollback --dry-run"""


def configure(parser: argparse.ArgumentParser) -> None:
    add_change_options(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> ModelChangeResult:
    return roll_back(Repository.discover(), options_from(args), body=args.body)
