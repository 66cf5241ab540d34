"""Which git runs here: one that is too old is told in one line, before it is asked for what it does not know.

``git pbm path`` comes this way at every start: no ``re``, no ``dataclasses``, and ``subprocess`` only from the caller.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess

    from git_pbm.errors import GitError

OLDEST = (2, 34)
"""``git add --sparse`` came with it."""

OLDEST_NAMED = ".".join(map(str, OLDEST))


def refuse_old_git(line: str) -> None:
    """Raise ``GitError`` where ``git version`` printed a version before :data:`OLDEST`; other words pass."""
    version = line.strip().removeprefix("git version ")
    numbers = version.split(".")[:2]
    if len(numbers) == 2 and all(map(str.isdecimal, numbers)) and tuple(map(int, numbers)) < OLDEST:
        from git_pbm.errors import ErrorId, GitError  # an enum comes with it

        raise GitError(
            f"git {version.split()[0]} is too old",
            f"install git {OLDEST_NAMED} or later",
            error_id=ErrorId.GIT_UNUSABLE,
        )


def ask_version() -> subprocess.Popen[bytes]:
    """Start ``git version``: before the first question, and read after it, so that nobody waits for it."""
    import subprocess

    try:
        return subprocess.Popen(
            ["git", "version"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except FileNotFoundError as error:
        raise no_git() from error


def no_git() -> GitError:
    """Return the error where git is not installed."""
    from git_pbm.errors import ErrorId, GitError

    return GitError("git is not on PATH", f"install git {OLDEST_NAMED} or later", error_id=ErrorId.GIT_UNUSABLE)
