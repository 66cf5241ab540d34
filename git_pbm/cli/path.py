"""The options of ``git pbm path``."""

from __future__ import annotations

import argparse

from git_pbm.core.names import NetworkRole
from git_pbm.operations.lookup import find_repository, read_registry, resolve
from git_pbm.operations.reading.path import PathResult, path_of

EXAMPLES = """\
  git pbm path current                 the model's directory
  onnx-tool "$(git pbm path rl-r2-i1 --policy)\""""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", nargs="?", default="current", help="default: current")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--policy", action="store_const", dest="role", const=NetworkRole.POLICY, help="its policy file")
    which.add_argument("--value", action="store_const", dest="role", const=NetworkRole.VALUE, help="its value file")


def run(args: argparse.Namespace) -> PathResult:
    repository = find_repository()
    registry = read_registry(repository)
    return path_of(repository, registry.models[resolve(repository, registry, args.model)], args.role)
