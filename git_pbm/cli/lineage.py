"""The options of ``git pbm lineage``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.core.registry.readme_block import graph_of
from git_pbm.operations.lookup import find_repository, read_registry
from git_pbm.operations.reading.queries import branches
from git_pbm.report.json.models import model_json
from git_pbm.report.renderer import OutputFormat
from git_pbm.report.terminal import print_data, print_json
from git_pbm.report.text.models import report_tree

EXAMPLES = """\
  git pbm lineage
  git pbm lineage --format mermaid"""


def configure(parser: argparse.ArgumentParser) -> None:
    add_json(parser, OutputFormat.MERMAID)


def run(args: argparse.Namespace) -> int:
    registry = read_registry(find_repository())
    lines = branches(registry)
    if args.format == "json":
        models = [{**model_json(view), "parent": view.metadata.get("parent"), "depth": depth} for depth, view in lines]
        print_json({"current": registry.current_id, "models": models})
    elif args.format == "mermaid":
        print_data("\n".join(graph_of(registry)))
    else:
        report_tree(lines)
    return 0
