"""What every rule hook does: check the tree that git is about to record or to push."""

from __future__ import annotations

import os

from git_pbm.cli.interrupted import warn_if_interrupted
from git_pbm.errors import ExitCode, UsageError
from git_pbm.gitio.repository import Repository
from git_pbm.operations.checking.tree_choice import place_of_hook
from git_pbm.snapshots.verdict_cache import VerdictCache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from git_pbm.operations.result import Result


def verify(hook_id: str) -> int:
    """Run the rules of one hook id; OK lets the commit pass. File names passed to a hook are ignored."""
    repository = Repository.discover()
    warn_if_interrupted(repository)
    source = place_of_hook(repository, os.environ)
    if VerdictCache(repository).models(source, whole=False) is not None:
        return ExitCode.OK  # every rule passed on this tree before; a passing hook is silent
    from git_pbm.operations.checking.check import check_for_hook

    return _ended(check_for_hook(repository, hook_id, source))


def verify_message(argv: list[str]) -> int:
    """Run the change rules on the commit that is about to be made; ``argv`` names the file of its message."""
    from git_pbm.operations.checking.check_message import check_message

    repository = Repository.discover()
    if len(argv) == 1:
        path = os.path.abspath(argv[0])
    elif not argv and "PRE_COMMIT" in os.environ:
        # a top-level `exclude` or `files` of pre-commit's takes the message's file away like any other file
        path = os.path.join(repository.git_dir, "COMMIT_EDITMSG")
    else:
        raise UsageError(
            "pbm-message needs the file of the commit message", "install it as a commit-msg hook: git passes that file"
        )
    return _ended(check_message(repository, path, os.environ))


def _ended(result: Result) -> int:
    from git_pbm.report.renderer import OutputFormat, render

    render(result, OutputFormat.TEXT)
    return result.exit_code
