"""The git that runs here: which version it is, told before it is asked for what it does not know, and its environment.

``git pbm path`` comes this way at every start: no ``re``, no ``dataclasses``, and ``subprocess`` only from the caller.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from collections.abc import Mapping

    from git_pbm.errors import GitError

OLDEST = (2, 34)
"""``git add --sparse`` came with it."""

OLDEST_NAMED = ".".join(map(str, OLDEST))

LOCAL_VARIABLES = frozenset(
    (
        "GIT_ALTERNATE_OBJECT_DIRECTORIES",
        "GIT_COMMON_DIR",
        "GIT_CONFIG",
        "GIT_CONFIG_COUNT",
        "GIT_CONFIG_PARAMETERS",
        "GIT_DIR",
        "GIT_GRAFT_FILE",
        "GIT_IMPLICIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_NO_REPLACE_OBJECTS",
        "GIT_OBJECT_DIRECTORY",
        "GIT_PREFIX",
        "GIT_REPLACE_REF_BASE",
        "GIT_SHALLOW_FILE",
        "GIT_WORK_TREE",
    )
)
"""What ``git rev-parse --local-env-vars`` prints (git 2.39)."""

_PATHSPECS = ("GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS", "GIT_ICASE_PATHSPECS")


def environment_of_git(inherited: Mapping[str, str], *, foreign: bool = False) -> dict[str, str]:
    """Return the environment for a git command of ours.

    Magit and ``git --literal-pathspecs`` set variables for their own commands; ours have pathspecs of their own.
    A trace on standard error would be taken for what git says; one that goes to a file or a socket goes on. Git's
    local variables are meant for the repository whose hook or command we run in, not for a ``foreign`` one.
    """
    kept = {key: value for key, value in inherited.items() if not (foreign and key in LOCAL_VARIABLES)}
    for key, value in kept.items():
        traces = key.startswith("GIT_TRACE") and (value.isdigit() or value.lower() in ("true", "yes", "on"))
        if traces or key in _PATHSPECS:
            kept[key] = "0"
    return {**kept, "GIT_OPTIONAL_LOCKS": "0"}  # a reader that is killed must not leave an index.lock


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
