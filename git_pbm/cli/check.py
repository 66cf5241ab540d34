"""The options of ``git pbm check``."""

from __future__ import annotations

import argparse

from git_pbm.cli.commands import add_json
from git_pbm.cli.interrupted import warn_if_interrupted
from git_pbm.gitio.repository import Repository
from git_pbm.operations.checking.check import CheckOptions, CheckResult, check
from git_pbm.report.progress import growing_bar
from git_pbm.report.renderer import OutputFormat

EXAMPLES = """\
  git pbm check                        the working tree
  git pbm check --staged               what the next commit would contain
  git pbm check --rev main             any commit; works in a bare repository, too
  git pbm check --range main..HEAD     every commit of a branch, and the tree of the last
  git pbm check --rehash               ignore the cache and read every byte
  git pbm check --format github        annotations for GitHub pull requests"""


def configure(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--staged", action="store_true", help="check the staged tree: what the next commit would contain"
    )
    which.add_argument("--rev", metavar="REV", help="check the tree of a commit")
    which.add_argument(
        "--range", metavar="A..B", help="check each commit in A..B against the change rules, then the tree of B"
    )
    parser.add_argument("--rehash", action="store_true", help="ignore the cache and read every byte")
    parser.add_argument(
        "--fetch", action="store_true", help="fetch the objects that a partial clone lacks, in one request"
    )
    parser.add_argument(
        "--require-content",
        action="store_true",
        help="read the content of every network; exit 3 if some of it is only in Git LFS",
    )
    add_json(parser, OutputFormat.GITHUB)


def run(args: argparse.Namespace) -> CheckResult:
    repository = Repository.discover()
    warn_if_interrupted(repository)
    options = CheckOptions(
        staged=args.staged,
        revision=args.rev,
        rehash=args.rehash,
        fetch=args.fetch,
        require_content=args.require_content,
    )
    if args.range is not None:
        from git_pbm.operations.checking.check_range import check_range  # all the rules, and what reads history

        checked = check_range(repository, args.range, options)
    else:
        checked = check(repository, options, growing_bar("reading"))
    if not checked.exists:
        from git_pbm.operations.lookup import no_registry

        raise no_registry(repository, f"{checked.label} of {repository.folder}")
    return checked
