"""The options of ``git pbm lineage``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.operations.lookup import find_repository, read_registry
from git_pbm.operations.reading.lineage import LineageResult, lineage_of
from git_pbm.report.renderer import OutputFormat

EXAMPLES = """\
  git pbm lineage
  git pbm lineage --format mermaid"""


def configure(parser: argparse.ArgumentParser) -> None:
    add_json(parser, OutputFormat.MERMAID)


def run(args: argparse.Namespace) -> LineageResult:
    return lineage_of(read_registry(find_repository()))
