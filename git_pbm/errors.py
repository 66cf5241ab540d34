"""Expected errors, as a few exception classes, each with its exit code."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """Every exit status of git pbm; a signal other than SIGPIPE ends it with :func:`exit_code_of_signal`."""

    OK = 0
    FINDINGS = 1
    """Findings, an unknown file, work for repair or resolve, or a merge conflict."""
    USAGE = 2
    UNVERIFIED = 3
    """No error was found, but this clone lacks objects that could contain one."""
    REFUSED = 4
    """Refused or busy; nothing was changed."""
    NOT_DEPLOYED = 5
    """Done, but the deployment, the disk or the report of it failed."""
    BUG = 70
    """EX_SOFTWARE of sysexits(3)."""
    GIT_UNUSABLE = 128
    """The exit status of git's own fatal errors."""
    BROKEN_PIPE = 141
    """As if ended by SIGPIPE: the reader of the output ended first."""


def exit_code_of_signal(signum: int) -> int:
    """Return the exit status that a shell gives a command which a signal ended."""
    return 128 + signum


class PbmError(Exception):
    """An expected error: one line that says what went wrong, and a hint that says what to type.

    Anything raised that is not a ``PbmError`` is a bug in git pbm.
    """

    exit_code: int = ExitCode.BUG

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(PbmError):
    """The arguments are invalid: an unknown model, options that contradict each other."""

    exit_code = ExitCode.USAGE


class RefusedError(PbmError):
    """The state of the repository, of a source or of a target forbids the command; nothing was changed."""

    exit_code = ExitCode.REFUSED


class BusyError(RefusedError):
    """Another process holds the lock; nothing was changed."""


class NotDeployedError(PbmError):
    """The change is committed, but the engine's folder, or the disk, could not be brought up to date."""

    exit_code = ExitCode.NOT_DEPLOYED


class NotPrintedError(PbmError):
    """Something was changed, and standard output does not take the words that say so."""

    exit_code = ExitCode.NOT_DEPLOYED


class UnverifiedError(PbmError):
    """The answer needs an object or a part of history that this clone does not have."""

    exit_code = ExitCode.UNVERIFIED


class GitError(PbmError):
    """git itself cannot work here: no repository, unsafe ownership, a broken installation."""

    exit_code = ExitCode.GIT_UNUSABLE


class InterruptedBySignal(PbmError):
    """A signal ended the command after everything was undone; ``signum`` is the signal's number."""

    def __init__(self, signum: int, message: str, hint: str = "") -> None:
        super().__init__(message, hint)
        self.signum = signum
        self.exit_code = exit_code_of_signal(signum)
