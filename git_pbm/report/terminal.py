"""Standard output is data, standard error is talk; colour and progress only on a terminal."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False  # whatever most commands can do without is imported where it is needed
if TYPE_CHECKING:
    from typing import TextIO

_STYLES = {"error": "31", "warning": "33", "good": "32", "strong": "1", "dim": "2"}
_COMMAND = r"(?m)^([ \t]*):(?=:)|##(?=\[)"
"""What makes a line of a log a workflow command for GitHub, the old kind (``##[...]``) anywhere in it."""


class OutputError(OSError):
    """Standard output does not take what is printed; ``errno`` says why."""


def print_data(text: str) -> None:
    """Data, for standard output; nothing in it acts on the CI service that keeps the log."""
    exactly(_inert(text))


def exactly(text: str) -> None:
    """Data that another program reads as it stands, or a workflow command that is meant as one."""
    try:
        print(text)
    except OSError as error:
        raise OutputError(error.errno, error.strerror) from error


def print_path(path: str) -> None:
    """A path to the byte, whatever the encoding of the output is: a shell takes it as an argument."""
    try:
        flush_data()
        sys.stdout.buffer.write(os.fsencode(path) + b"\n")
    except OutputError:
        raise
    except OSError as error:
        raise OutputError(error.errno, error.strerror) from error


def flush_data() -> None:
    """Hand on what was printed. Raises :class:`OutputError`."""
    try:
        sys.stdout.flush()
    except OSError as error:
        raise OutputError(error.errno, error.strerror) from error


def print_json(value: dict[str, object]) -> None:
    """One object with its version, in plain ASCII."""
    import json  # costs a tenth of a check of what is known

    print_data(json.dumps({"version": 1, **value}, indent=2, ensure_ascii=True))


def print_message(text: str) -> None:
    """Print a message on standard error. One that cannot be written is dropped and changes no exit code."""
    flush_data()
    try:
        print(_inert(text), file=sys.stderr, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def _inert(text: str) -> str:
    """The escapes are JSON's own, so that a JSON text stays the same value."""
    if "::" not in text and "##[" not in text:
        return text
    import re

    return re.sub(_COMMAND, lambda m: "#\\u0023" if m[0] == "##" else f"{m[1]}\\u003a", text)


def sanitize(text: str, *, keep_lines: bool = False) -> str:
    """Text of foreign origin made safe to show: control, bidi and other invisible characters are escaped."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if _is_plain(c) or (keep_lines and c == "\n") else _escaped(c) for c in text)


def _is_plain(character: str) -> bool:
    import unicodedata

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
    from git_pbm.report.colour import git_wants_colour

    return git_wants_colour()


def styled(text: str, style: str, stream: TextIO | None = None) -> str:
    """``text`` in a style, where the stream (standard output unless said) is coloured."""
    if not wants_colour(stream or sys.stdout):
        return text
    return f"\033[{_STYLES[style]}m{text}\033[0m"


def terminal_width() -> int | None:
    """Columns of the terminal that standard output goes to; None where it goes elsewhere."""
    if not sys.stdout.isatty():
        return None
    import shutil

    return shutil.get_terminal_size().columns


def width_of(text: str) -> int:
    """Columns that a text takes in a terminal; wide and combining characters as Unicode says."""
    if text.isascii():
        return len(text)
    import unicodedata

    wide = sum(unicodedata.east_asian_width(character) in "WF" for character in text)
    return len(text) + wide - sum(unicodedata.combining(character) != 0 for character in text)
