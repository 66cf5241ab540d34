"""The options of ``git pbm init``."""

from __future__ import annotations

import argparse
import shlex

from git_pbm.cli.commands import add_json
from git_pbm.cli.options import add_wait
from git_pbm.errors import UsageError
from git_pbm.gitio.repository import Repository
from git_pbm.operations.setup.adopt import AdoptRequest
from git_pbm.operations.setup.diagnostics import HOOKS_REPOSITORY
from git_pbm.operations.setup.init import InitOptions, InitResult, init
from git_pbm.report.renderer import OutputFormat
from git_pbm.report.text.setup.init import show_founding

EXAMPLES = """\
  git init models-repo && cd models-repo && git pbm init
  git pbm init --engine ../engine/models
  git pbm init --lfs
  git pbm init --adopt --move-in supervised --move-in old/best=rl-r1-i3
  git pbm init --adopt --parent rl-r1-i3=supervised-v1 --created supervised-v1=2025-11-30"""


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--adopt", action="store_true", help="adopt a repository that was kept by hand")
    parser.add_argument(
        "--move-in",
        metavar="DIR[=TAG]",
        action="append",
        default=[],
        help="with --adopt: register the networks in a folder as a model (may be repeated)",
    )
    parser.add_argument(
        "--parent",
        metavar="MODEL=PARENT",
        type=_pair,
        action="append",
        default=[],
        help="with --adopt: the model that a model was trained from (may be repeated)",
    )
    parser.add_argument(
        "--created",
        metavar="MODEL=DATE",
        type=_pair,
        action="append",
        default=[],
        help="with --adopt: the day on which a model was made, YYYY-MM-DD (may be repeated)",
    )
    parser.add_argument("--lfs", action="store_true", help="store networks in Git LFS")
    parser.add_argument(
        "--engine", metavar="DIR", help="the folder that the engine loads its models from (stored in git config)"
    )
    parser.add_argument("--no-hooks", action="store_true", help="write no hook configuration and install no hooks")
    parser.add_argument(
        "--hooks-repo",
        metavar="URL",
        help=f"where pre-commit fetches the hooks (default: {HOOKS_REPOSITORY})",
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would be written; change nothing")
    add_wait(parser)
    add_json(parser)


def run(args: argparse.Namespace) -> InitResult:
    for option, given in (("--move-in", args.move_in), ("--parent", args.parent), ("--created", args.created)):
        if given and not args.adopt:
            first = shlex.quote(given[0] if isinstance(given[0], str) else "=".join(given[0]))
            raise UsageError(f"{option} needs --adopt", f"git pbm init --adopt {option} {first}")
    request = AdoptRequest(
        moves=tuple((folder, tag or None) for folder, _, tag in (given.partition("=") for given in args.move_in)),
        parents=tuple(args.parent),
        dates=tuple(args.created),
    )
    options = InitOptions(
        engine=args.engine,
        hooks=not args.no_hooks,
        hooks_repository=args.hooks_repo,
        adopt=request if args.adopt else None,
        lfs=args.lfs,
        preview=args.dry_run,
        wait=args.wait,
    )
    shows = not args.dry_run and args.format == OutputFormat.TEXT.value
    return init(Repository.discover(), options, show=show_founding if shows else None)


def _pair(text: str) -> tuple[str, str]:
    model, _, value = text.partition("=")
    if not model or not value:
        raise argparse.ArgumentTypeError(f"{text}: write MODEL=VALUE")
    return model, value
