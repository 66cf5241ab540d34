"""The one error boundary: expected trouble, a bug and a signal are three kinds of exit."""

from __future__ import annotations

import errno
import gc
import os
import sys

from git_pbm import errors

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

INTERNAL_ERROR = 70
GIT_UNUSABLE = 128

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

_STATUS = (
    (errors.UsageError, 2),
    (errors.UnverifiedError, 3),
    (errors.RefusedError, 4),
    (errors.NotDeployedError, 5),
    (errors.GitError, GIT_UNUSABLE),
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
        return _status_of("SIGPIPE")
    except KeyboardInterrupt:
        return _status_of("SIGINT")
    except errors.InterruptedBySignal as error:
        _tell(error)
        return 128 + error.signum
    except errors.PbmError as error:
        _tell(error)
        return next((status for kind, status in _STATUS if isinstance(error, kind)), INTERNAL_ERROR)
    except OSError as error:
        return _machine_trouble(error) if error.errno in _MACHINE_TROUBLE else _bug()
    except MemoryError:
        return _no_memory()
    except Exception:
        return _bug()


def _status_of(name: str) -> int:
    import signal  # costs a third of a start-up

    return 128 + signal.Signals[name]


def _machine_trouble(error: OSError) -> int:
    """A full disk or a broken one before anything was changed: whatever changes something undoes it itself."""
    place = f"{error.filename}: " if error.filename else ""
    _tell(errors.RefusedError(f"{place}{error.strerror}; nothing was changed", "make room or fix that, and try again"))
    return 4


def _no_memory() -> int:
    """More than this machine lets us hold: a registry of millions, or a small limit."""
    _tell(errors.RefusedError("there is not enough memory for this; nothing was changed", "raise the limit: ulimit -v"))
    return 4


def _tell(error: errors.PbmError) -> None:
    from git_pbm.report.terminal import print_message, sanitize, styled

    hint = f" -> {error.hint}" if error.hint else ""
    print_message(f"{styled('git pbm:', 'error', sys.stderr)} {sanitize(error.message + hint)}")


def _bug() -> int:
    import traceback

    from git_pbm.report.terminal import print_message

    print_message(traceback.format_exc().rstrip())
    print_message("git pbm: this is a bug in git pbm; please report it with the lines above")
    return INTERNAL_ERROR
