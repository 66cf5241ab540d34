"""The one error boundary: turns expected errors, bugs and signals into exit codes."""

from __future__ import annotations

import errno
import gc
import io
import os
import sys

from git_pbm.report.terminal import OutputError, flush_data, print_json, print_message, sanitize, styled

TYPE_CHECKING = False  # the exit codes are an enum, which the shortest start-ups do without
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

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


def guarded(run: Callable[[], int], argv: Sequence[str] = ()) -> int:
    """Run a command; whatever it raises becomes one line on standard error and an exit status.

    ``argv`` are the command's arguments: where they ask for JSON, standard output gets the error as an object.
    """
    gc.set_threshold(200_000)  # what a command makes lives to its end, and looking for rubbish is a fifth of its time
    if sys.stdout is None or sys.stderr is None:
        _open_standard_files()
    _escape_what_the_encoding_lacks()
    try:
        status = run()
        flush_data()
        return status
    except KeyboardInterrupt:
        import signal  # costs a third of a start-up

        from git_pbm.errors import exit_code_of_signal

        return exit_code_of_signal(signal.SIGINT)
    except Exception as error:
        return _failed(error, argv)


def _open_standard_files() -> None:
    """Give closed standard files a descriptor, as git does: a file that is opened later must not become one of them.

    Standard output is then one that takes nothing, so that whoever closed it learns that what it printed is lost.
    """
    for descriptor, mode in ((0, os.O_RDONLY), (1, os.O_RDONLY), (2, os.O_WRONLY)):
        try:
            os.fstat(descriptor)
        except OSError:
            opened = os.open(os.devnull, mode)  # the lowest that is free, which is this one
            os.set_inheritable(opened, True)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)


def _escape_what_the_encoding_lacks() -> None:
    """Write a character that the encoding of the output lacks as an escape, as standard error does."""
    stdout = sys.stdout
    if isinstance(stdout, io.TextIOWrapper) and stdout.errors == "strict":
        stdout.reconfigure(errors="backslashreplace")


def _failed(error: Exception, argv: Sequence[str]) -> int:
    """Say what went wrong; returns the exit status."""
    from git_pbm.errors import ErrorId, ExitCode, NotPrintedError, PbmError, RefusedError

    is_about_output = isinstance(error, OutputError | NotPrintedError) or isinstance(error.__cause__, OutputError)
    if is_about_output:
        _drop_output()
    if isinstance(error, OutputError) and error.errno == errno.EPIPE:
        return ExitCode.BROKEN_PIPE  # the reader went away (`git pbm list | head -1`): be silent, as git is
    if isinstance(error, OSError) and (error.errno in _MACHINE_TROUBLE or is_about_output):
        # a full disk or a broken one before anything was changed: whatever changes something undoes it itself
        place = f"{error.filename}: " if error.filename else "standard output: " if is_about_output else ""
        error = RefusedError(
            f"{place}{error.strerror}; nothing was changed",
            "make room or fix that, and try again",
            error_id=ErrorId.SYSTEM_ERROR,
        )
    elif isinstance(error, MemoryError):  # a registry of millions, or a small limit
        error = RefusedError(
            "out of memory; nothing was changed",
            "raise the limit, if one is set: ulimit -v unlimited",
            error_id=ErrorId.SYSTEM_ERROR,
        )
    expected = error if isinstance(error, PbmError) else _bug(error)
    if expected.error_id is not None and wants_json(argv):
        _print_error(expected)
    if expected is error:
        tell(expected)
    return expected.exit_code


def _drop_output() -> None:
    """Lose what still waits for standard output: Python would try again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)


def wants_json(argv: Sequence[str]) -> bool:
    """Whether the arguments ask for JSON, be they valid or not; the last word about the format counts."""
    found = ""
    for before, word in zip(("", *argv), argv, strict=False):
        if word == "--":
            break
        if word == "--json":
            found = "json"
        elif word.startswith("--format="):
            found = word.partition("=")[2]
        elif before == "--format":
            found = word
    return found == "json"


def _print_error(error: PbmError) -> None:
    from git_pbm.report.json.errors import error_json

    try:
        print_json({"error": error_json(error)})
        flush_data()
    except OutputError:
        _drop_output()


def tell(error: PbmError) -> None:
    """Print an error on standard error, with its id where ``PBM_VERBOSE`` is set."""
    hint = f" -> {error.hint}" if error.hint else ""
    error_id = f" [{error.error_id}]" if error.error_id and os.environ.get("PBM_VERBOSE") else ""
    print_message(f"{styled('git pbm:', 'error', sys.stderr)} {sanitize(error.message + hint)}{error_id}")


def _bug(error: Exception) -> PbmError:
    """Print the traceback of a bug; returns the error that a program gets."""
    import traceback

    from git_pbm.errors import PbmError

    print_message("".join(traceback.format_exception(error)).rstrip())
    print_message("git pbm: this is a bug in git pbm; please report it with the lines above")
    return PbmError(f"{type(error).__name__}: {error}", "report it, with what standard error says")
