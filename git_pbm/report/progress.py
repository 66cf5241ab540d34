"""Progress bars on standard error."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

_BIG = 32 << 20
"""Bytes from which on a progress bar is worth its lines."""


def progress_bar(label: str, total: int) -> Callable[[int], None] | None:
    """A bar on standard error for ``total`` bytes; None where nobody would see it or it is not worth it."""
    bar = growing_bar(label)
    if bar is None:
        return None
    bar.expect(total)
    return bar.advance


def growing_bar(label: str) -> Bar | None:
    """A bar whose total is told as it becomes known; None where nobody would see it."""
    return Bar(label) if sys.stderr.isatty() else None


class Bar:
    """A progress bar on standard error, drawn from :data:`_BIG` bytes on; any thread may advance it."""

    def __init__(self, label: str) -> None:
        self._label, self._total = label, 0
        self._done, self._drawn = 0, 0.0
        self._turn = threading.Lock()

    def expect(self, size: int) -> None:
        """Count ``size`` bytes more to do."""
        with self._turn:
            self._total += size

    def advance(self, size: int) -> None:
        """Count ``size`` bytes as done."""
        with self._turn:
            self._done += size
            if self._total < _BIG:
                return
            now = time.monotonic()
            if now - self._drawn < 0.1 and self._done < self._total:
                return
            self._drawn = now
            part = min(1.0, self._done / self._total)
            bar = "#" * round(part * 30)
            end = "\n" if self._done >= self._total else ""
            sys.stderr.write(f"\r{self._label} [{bar:<30}] {self._done >> 20}/{self._total >> 20} MiB{end}")
            sys.stderr.flush()
