"""The options of ``git pbm rollback``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.cli.options import add_change_options, options_from
from git_pbm.gitio.repository import Repository
from git_pbm.operations.changing.rollback import roll_back
from git_pbm.report.text.changes import report_model_change

EXAMPLES = """\
  git pbm rollback                     back to what the last promotion replaced
  git pbm rollback --dry-run"""


def configure(parser: argparse.ArgumentParser) -> None:
    add_change_options(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    result = roll_back(Repository.discover(), options_from(args), body=args.body)
    report_model_change(result, args.format, "nothing was changed")
    return 0
