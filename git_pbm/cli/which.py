"""The options of ``git pbm which``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.operations.lookup import find_repository
from git_pbm.operations.reading.which import WhichResult, which

EXAMPLES = """\
  git pbm which ../engine/models
  git pbm which best_so_far.onnx       works for renamed files, too"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", metavar="FILE_OR_DIR", nargs="+", help="ONNX files, or folders that contain some")
    add_json(parser)


def run(args: argparse.Namespace) -> WhichResult:
    return which(find_repository(), args.paths)
