"""Who may change a repository or an engine's folder now: flock, handed on to git's processes."""

from __future__ import annotations

import fcntl
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from git_pbm.errors import BusyError

_PAUSE = 0.05
"""Seconds between two tries."""


class Lock:
    """A held flock. Children that inherit ``descriptor`` keep it held after this process is dead."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor

    def release(self) -> None:
        """Unlock explicitly: a background child of a hook may keep the descriptor open for long."""
        fcntl.flock(self.descriptor, fcntl.LOCK_UN)
        os.close(self.descriptor)


@contextmanager
def hold(path: str, wait: float, what: str, *, folder: bool = False) -> Iterator[Lock]:
    """Hold the lock at ``path`` (a file made where missing, or an existing folder) for a ``with`` block.

    Waits up to ``wait`` seconds. Raises :class:`BusyError`, naming the holder where it left its name.
    """
    if folder:
        descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    else:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o666)
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            break
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = "" if folder else _holder(descriptor)
                os.close(descriptor)
                raise BusyError(
                    f"another git pbm works on {what}{holder}",
                    "try again when it is done, or wait longer with --wait SECONDS",
                ) from None
            time.sleep(_PAUSE)
        except BaseException:
            os.close(descriptor)
            raise
    lock = Lock(descriptor)
    try:
        if not folder:
            _sign(descriptor)
        yield lock
    finally:
        lock.release()


def is_held(path: str) -> bool:
    """Whether somebody holds the lock at ``path`` now."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def _sign(descriptor: int) -> None:
    command = " ".join(sys.argv[1:2])
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()} git pbm {command}\n".encode(), 0)


def _holder(descriptor: int) -> str:
    pid, _, command = os.pread(descriptor, 200, 0).decode("utf-8", "replace").strip().partition(" ")
    return f" (process {pid}, {command})" if pid.isdigit() and command.isprintable() else ""
