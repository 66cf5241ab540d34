"""The options of ``git pbm show``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.operations.lookup import find_repository, read_registry, resolve
from git_pbm.operations.reading.queries import interface_of, view_of
from git_pbm.report.json.models import model_json
from git_pbm.report.terminal import print_json
from git_pbm.report.text.models import report_model

EXAMPLES = """\
  git pbm show current
  git pbm show rl-r2-i1 --json"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", nargs="?", default="current", help="default: current")
    add_json(parser)


def run(args: argparse.Namespace) -> int:
    repository = find_repository()
    registry = read_registry(repository)
    model = registry.models[resolve(repository, registry, args.model)]
    view, networks = view_of(registry, model), interface_of(model)
    if args.format == "json":
        found = {name: network.to_json() for name, network in networks.items()}
        print_json({"model": {**model_json(view), "networks": found}})
    else:
        report_model(view, networks)
    return 0
