"""Running git so that it changes something: signals are recorded, children waited for, descriptors handed on."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import FrameType
from typing import IO

from git_pbm.errors import InterruptedBySignal
from git_pbm.gitio.repository import GitFailure, Repository

DURABLE = ("-c", "core.fsync=all", "-c", "gc.auto=0", "-c", "maintenance.auto=false")
"""git's defaults sync nothing, and a collection started behind our back would outlive the lock."""

_CAUGHT = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
_UNVERIFIED = b"unverified"
"""What a hook of ours prints that passed without having seen everything."""
_PATIENCE = 30.0
"""Seconds to wait for a hook that outlives its git, before undoing under its feet."""


class GitRunner:
    """Starts changing git commands while signals are only recorded.

    git dies of a signal at once and does not wait for its hook, so every child also inherits the write end
    of a pipe: its read end is at end of file when the last of them is gone.
    """

    def __init__(self, repository: Repository, lock_descriptor: int) -> None:
        self._repository = repository
        self._lock = lock_descriptor
        self._child: subprocess.Popen[bytes] | None = None
        self._before: dict[int, object] = {}
        self.caught: int | None = None

    def __enter__(self) -> GitRunner:
        for number in _CAUGHT:
            self._before[number] = signal.getsignal(number)
            if self._before[number] is not signal.SIG_IGN:
                signal.signal(number, self._record)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]

    def _record(self, number: int, _frame: FrameType | None) -> None:
        if self.caught is None:
            self.caught = number
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(number)

    def stop_if_interrupted(self) -> None:
        """Raise :class:`InterruptedBySignal` where a signal has come."""
        if self.caught is not None:
            raise InterruptedBySignal(self.caught, f"stopped by {signal.Signals(self.caught).name}")

    def git(
        self,
        *argv: str,
        stdin: bytes | None = None,
        environment: Mapping[str, str] | None = None,
        runs_hooks: bool = False,
        settings: Sequence[str] = (),
    ) -> None:
        """Run a changing git command to its end. Raises :class:`GitFailure`.

        Where it ``runs_hooks``, all that it and they print goes to standard error once it has failed, or where a hook
        could not verify something; hooks that pass are not heard.
        """
        read_end, write_end = os.pipe()
        # a file, not a pipe: what a hook leaves running in the background would keep a pipe open for ever
        held = tempfile.TemporaryFile() if runs_hooks else None  # noqa: SIM115
        try:
            self._child = subprocess.Popen(
                ["git", *DURABLE, *settings, *argv],
                cwd=self._repository.folder,
                env={**self._repository.environment(environment), "GIT_OPTIONAL_LOCKS": "1"},
                stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE,
                stdout=subprocess.DEVNULL if held is None else held,
                stderr=subprocess.PIPE if held is None else held,
                pass_fds=(self._lock, write_end),
            )
            os.close(write_end)
            write_end = -1
            _, stderr = self._child.communicate(stdin)
            status = self._child.returncode
            if self.caught is not None or status < 0:
                _wait_for_end(read_end)
        finally:
            self._child = None
            os.close(read_end)
            if write_end >= 0:
                os.close(write_end)
        if held is not None:
            _say(held, always=status != 0)
        if status != 0:
            raise GitFailure(argv, status, os.fsdecode(stderr or b""))


def _say(held: IO[bytes], *, always: bool) -> None:
    """Print what was held back on standard error, ``always`` or where something could not be verified."""
    with held, suppress(OSError):  # nobody may be listening any more
        held.seek(0)
        printed = held.read()
        if always or _UNVERIFIED in printed:
            os.write(2, printed)


def _wait_for_end(read_end: int) -> None:
    deadline = time.monotonic() + _PATIENCE
    while (left := deadline - time.monotonic()) > 0:
        ready, _, _ = select.select([read_end], [], [], left)
        if ready and not os.read(read_end, 1):
            return
