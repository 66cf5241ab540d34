"""The words of ``git pbm init``."""

from __future__ import annotations

import argparse

from git_pbm.operations.init import HOOKS_REPOSITORY, init
from git_pbm.report.changes import report_change
from git_pbm.report.terminal import out, say, shown
from git_pbm.store.git import Repository

EXAMPLES = """\
  git init models-repo && cd models-repo && git pbm init
  git pbm init --engine ../engine/models"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--engine", metavar="DIR", help="the folder the engine reads its models from (kept in git config)"
    )
    parser.add_argument("--no-hooks", action="store_true", help="write no hooks configuration and install no hooks")
    parser.add_argument(
        "--hooks-repo",
        metavar="URL",
        help=f"where pre-commit fetches the hooks (default: {HOOKS_REPOSITORY})",
    )


def run(words: argparse.Namespace) -> int:
    founded = init(
        Repository.discover(),
        engine=words.engine,
        hooks=not words.no_hooks,
        hooks_repository=words.hooks_repo,
    )
    if founded.changed is None:
        out("this is a models repository already; nothing was written")
    else:
        for path in founded.changed.plan.paths:
            out(f"wrote {path}")
        report_change(founded.changed)
    if founded.engine is not None:
        out(f"models are deployed to {shown(founded.engine)}")
    if founded.hooks_installed:
        out("hooks are installed")
    for line in founded.left:
        say(f"left to do: {shown(line)}")
    return 0
