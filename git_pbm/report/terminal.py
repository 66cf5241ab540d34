"""Standard output is data, standard error is talk; colour and progress only on a terminal."""

from __future__ import annotations

import os
import re
import shutil
import sys
import threading
import time
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from typing import TextIO

_STYLES = {"error": "31", "warning": "33", "good": "32", "strong": "1", "dim": "2", "name": "36"}
_BIG = 32 << 20
"""Bytes from which on a progress bar is worth its lines."""


_COMMAND = re.compile(r"^([ \t]*):(?=:)|##(?=\[)", re.MULTILINE)
"""What makes a line of a log a workflow command for GitHub, the old kind (``##[...]``) anywhere in it."""


def out(text: str) -> None:
    """Data, for standard output; nothing in it acts on the CI service that keeps the log."""
    print(_inert(text))


def exactly(text: str) -> None:
    """Data that another program reads as it stands, or a workflow command that is meant as one."""
    print(text)


def say(text: str) -> None:
    """Talk, for standard error."""
    sys.stdout.flush()
    print(_inert(text), file=sys.stderr)


def _inert(text: str) -> str:
    """The escapes are JSON's own, so that a JSON text stays the same value."""
    if "::" not in text and "##[" not in text:
        return text
    return _COMMAND.sub(lambda m: "#\\u0023" if m[0] == "##" else f"{m[1]}\\u003a", text)


def shown(text: str, *, keep_lines: bool = False) -> str:
    """Text of foreign origin made safe to show: control, bidi and other invisible characters are escaped."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if _is_plain(c) or (keep_lines and c == "\n") else _escaped(c) for c in text)


def _is_plain(character: str) -> bool:
    return character == " " or (character.isprintable() and unicodedata.category(character)[0] not in "CZ")


def _escaped(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def wants_colour(stream: TextIO) -> bool:
    """Whether to colour: a terminal that is not dumb, and neither NO_COLOR nor git's settings forbid it."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    if not stream.isatty() and os.environ.get("GIT_PAGER_IN_USE") != "true":
        return False
    return _git_wants_colour()


@lru_cache
def _git_wants_colour() -> bool:
    """What ``color.pbm``, else ``color.ui`` says about a terminal; asked once, and only where there is one."""
    import subprocess

    argv = ["git", "config", "--get-colorbool", "color.pbm", "true"]
    try:
        return subprocess.run(argv, capture_output=True, check=False).stdout.strip() != b"false"
    except OSError:
        return True


def styled(text: str, style: str, stream: TextIO | None = None) -> str:
    """``text`` in a style, where the stream (standard output unless said) is coloured."""
    if not wants_colour(stream or sys.stdout):
        return text
    return f"\033[{_STYLES[style]}m{text}\033[0m"


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
        with self._turn:
            self._total += size

    def advance(self, size: int) -> None:
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


def terminal_width() -> int | None:
    """Columns of the terminal that standard output goes to; None where it goes elsewhere."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def width_of(text: str) -> int:
    """Columns that a text takes in a terminal; wide and combining characters as Unicode says."""
    if text.isascii():
        return len(text)
    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) != 0 for character in text)
