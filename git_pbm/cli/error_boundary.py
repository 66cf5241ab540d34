"""The one error boundary: expected trouble, a bug and a signal are three kinds of exit."""

from __future__ import annotations

import errno
import gc
import os
import sys

TYPE_CHECKING = False  # the exit codes are an enum, which the shortest start-ups do without
if TYPE_CHECKING:
    from collections.abc import Callable

    from git_pbm.errors import PbmError

_MACHINE_TROUBLE = frozenset(
    (
        errno.ENOSPC,
        errno.EIO,
        errno.EDQUOT,
        errno.EROFS,
        errno.EACCES,
        errno.EPERM,
        errno.EFBIG,
        errno.EMFILE,
        errno.ENFILE,
    )
)


def guarded(run: Callable[[], int]) -> int:
    """Run a command; whatever it raises becomes one line on standard error and an exit status."""
    gc.set_threshold(200_000)  # what a command makes lives to its end, and looking for rubbish is a fifth of its time
    try:
        status = run()
        sys.stdout.flush()
        return status
    except BrokenPipeError:
        # the reader of our output went away (`git pbm list | head -1`): be silent, as git is
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        from git_pbm.errors import ExitCode

        return ExitCode.BROKEN_PIPE
    except KeyboardInterrupt:
        import signal  # costs a third of a start-up

        from git_pbm.errors import exit_code_of_signal

        return exit_code_of_signal(signal.SIGINT)
    except Exception as error:
        return _failed(error)


def _failed(error: Exception) -> int:
    """Say what went wrong; returns the exit status."""
    from git_pbm.errors import PbmError, RefusedError

    if isinstance(error, OSError) and error.errno in _MACHINE_TROUBLE:
        # a full disk or a broken one before anything was changed: whatever changes something undoes it itself
        place = f"{error.filename}: " if error.filename else ""
        error = RefusedError(f"{place}{error.strerror}; nothing was changed", "make room or fix that, and try again")
    elif isinstance(error, MemoryError):  # a registry of millions, or a small limit
        error = RefusedError("there is not enough memory for this; nothing was changed", "raise the limit: ulimit -v")
    if not isinstance(error, PbmError):
        return _bug(error)
    _tell(error)
    return error.exit_code


def _tell(error: PbmError) -> None:
    from git_pbm.report.terminal import print_message, sanitize, styled

    hint = f" -> {error.hint}" if error.hint else ""
    print_message(f"{styled('git pbm:', 'error', sys.stderr)} {sanitize(error.message + hint)}")


def _bug(error: Exception) -> int:
    import traceback

    from git_pbm.errors import ExitCode
    from git_pbm.report.terminal import print_message

    print_message("".join(traceback.format_exception(error)).rstrip())
    print_message("git pbm: this is a bug in git pbm; please report it with the lines above")
    return ExitCode.BUG
