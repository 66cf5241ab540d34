"""The words of ``git pbm rollback``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.cli.options import add_change_options, options_from
from git_pbm.gitio.repository import Repository
from git_pbm.operations.changing.model_changes import roll_back
from git_pbm.report.text.changes import report_model_change

EXAMPLES = """\
  git pbm rollback                     back to what the last promotion replaced
  git pbm rollback --dry-run"""


def configure(parser: argparse.ArgumentParser) -> None:
    add_change_options(parser)
    add_json(parser)


def run(words: argparse.Namespace) -> int:
    lived = roll_back(Repository.discover(), options_from(words), body=words.body, only_plan=words.dry_run)
    report_model_change(lived, words.format, "nothing was changed")
    return 0
