"""The options of ``git pbm path``."""

from __future__ import annotations

import argparse
import os

from git_pbm.errors import RefusedError
from git_pbm.operations.lookup import find_repository, read_registry, resolve, way_to_files
from git_pbm.report.terminal import exactly

EXAMPLES = """\
  git pbm path current                 the model's directory
  onnx-tool "$(git pbm path rl-r2-i1 --policy)\""""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", metavar="MODEL", nargs="?", default="current", help="default: current")
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--policy", action="store_const", dest="kind", const="policy", help="its policy file")
    which.add_argument("--value", action="store_const", dest="kind", const="value", help="its value file")


def run(args: argparse.Namespace) -> int:
    repository = find_repository()
    registry = read_registry(repository)
    model = registry.models[resolve(repository, registry, args.model)]
    path = model.path
    if args.kind is not None:
        name = getattr(model, args.kind)
        if name is None:
            raise RefusedError(f"{model.name} has no {args.kind} net", f"git pbm show {model.name} tells what it has")
        path = model.path_of(name)
    if repository.root is None:
        raise RefusedError("a bare repository has no files to name", "clone it, or: git cat-file blob HEAD:" + path)
    whole = os.path.join(repository.root, path)
    if not os.path.exists(whole):
        raise RefusedError(f"{path} is not in this work tree", way_to_files(repository, model.path))
    exactly(whole)
    return 0
