"""What made a change fail, in the words that a person is told; nothing is undone here."""

from __future__ import annotations

from git_pbm.errors import ErrorId, PbmError, RefusedError
from git_pbm.gitio.repository import GitFailure


def describe(error: BaseException) -> str:
    """An error as part of a line."""
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror)
    return error.message if isinstance(error, PbmError) else str(error) or type(error).__name__


def refusal_of(failure: GitFailure) -> PbmError:
    """The refusal for a git command that failed, once everything is undone."""
    lines = [line for line in failure.stderr.splitlines() if line.strip()]
    if failure.argv[0] == "commit":
        if failure.status < 0:
            return RefusedError(
                f"git commit was killed by signal {-failure.status}; everything was undone",
                "run the command again",
                error_id=ErrorId.GIT_FAILED,
            )
        return RefusedError(
            "git refused the commit (a hook, signing, or its own words above); nothing was changed",
            "fix what is reported above and run the command again; --no-verify skips the hooks, CI does not",
            error_id=ErrorId.COMMIT_REFUSED,
        )
    return RefusedError(
        f"git {failure.argv[0]}: {lines[-1] if lines else failure}; everything was undone",
        "fix what git reports, and run the command again",
        error_id=ErrorId.GIT_FAILED,
    )
