"""One strict JSON reader and one canonical writer; what two parsers could read differently is refused."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from functools import partial
from typing import TypeAlias

from git_pbm.core.documents.json_places import (
    LONE_SURROGATE,
    first_deeper_than,
    first_lone_surrogate,
    first_repeat_of,
    first_word,
    line_and_column,
)

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

DEPTH_LIMIT = 64
DIGITS_LIMIT = 32
CONTAINER_LIMIT = 400_000
"""Brackets and braces in one document: 64 MiB of ``[[],[],...`` would otherwise become gigabytes of objects."""
ITEM_LIMIT = 1_000_000
"""Commas in one document; both limits leave room for 250,000 models."""
WIDTH_LIMIT = 128 << 20
"""Bytes of the decoded text: Python stores every character as wide as the widest (PEP 393)."""


class DocumentProblem(ValueError):
    """Why a text is not strict JSON; ``line`` and ``column`` count from 1 and are None where unknown."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return self.message if self.line is None else f"line {self.line}, column {self.column}: {self.message}"


class _Refused(Exception):
    """A refusal whose place is still to be found: the parser does not tell where it is."""

    def __init__(self, message: str, find: Callable[[str], int | None]) -> None:
        super().__init__(message)
        self.message = message
        self.find = find

    def placed_in(self, text: str) -> DocumentProblem:
        offset = self.find(text)
        return DocumentProblem(self.message, *(line_and_column(text, offset) if offset is not None else (None, None)))


UNMERGED = "an unresolved merge conflict"
_CONFLICT = re.compile(r"^<{7,} ", re.MULTILINE)
"""How git marks a conflict, in the marker sizes that it uses."""


def read_json(data: bytes, limit: int) -> JsonValue:
    """The value of a strict JSON text of at most ``limit`` bytes. Raises :class:`DocumentProblem` and nothing else.

    Refused beyond what RFC 8259 refuses: a byte-order mark, anything but UTF-8, repeated keys, NaN and
    infinities (also as 1e999), integers of over 32 digits, depth over 64, lone surrogates.
    """
    text = _decoded(data, limit)
    try:
        return _parsed(text)
    except json.JSONDecodeError as error:
        marker = _CONFLICT.search(text)
        if marker is not None:
            raise DocumentProblem(UNMERGED, *line_and_column(text, marker.start())) from None
        raise DocumentProblem(f"not JSON: {error.msg}", error.lineno, error.colno) from None
    except RecursionError:
        problem = _too_deep().placed_in(text)
    except _Refused as refused:
        problem = refused.placed_in(text)
    raise problem


def text_of(value: JsonValue, *, ascii_only: bool = False) -> str:
    r"""The canonical text: two-space indent, ``\n``, final newline; ``ascii_only`` where its hash is a name."""
    return json.dumps(value, indent=2, ensure_ascii=ascii_only, allow_nan=False) + "\n"


def _parsed(text: str) -> JsonValue:
    value: JsonValue = json.loads(
        text,
        object_pairs_hook=_object,
        parse_constant=_refuse_constant,
        parse_float=_finite,
        parse_int=_short_integer,
    )
    _check_depth(value)
    if "\\u" in text:
        _check_surrogates(value)
    return value


def _decoded(data: bytes, limit: int) -> str:
    if len(data) > limit:
        raise DocumentProblem(f"longer than {limit} bytes")
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise DocumentProblem("begins with a byte-order mark; write UTF-8 without one", 1, 1)
    if b"\0" in data:
        raise DocumentProblem(f"not JSON: a NUL at byte {data.index(0)} (UTF-16?); write UTF-8")
    if data.count(b"[") + data.count(b"{") > CONTAINER_LIMIT or data.count(b",") > ITEM_LIMIT:
        raise DocumentProblem(f"more than {CONTAINER_LIMIT} lists and objects, or {ITEM_LIMIT} items")
    if not data.isascii() and len(data) * (4 if re.search(rb"[\xf0-\xf4]", data) else 2) > WIDTH_LIMIT:
        raise DocumentProblem(f"as text it takes more than {WIDTH_LIMIT} bytes")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8")
        raise DocumentProblem(f"not UTF-8 (byte {error.start})", *line_and_column(before, len(before))) from None


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        keys = (key for key, _ in pairs)
        while (key := next(keys)) not in seen:
            seen.add(key)
        raise _Refused(f"the key {json.dumps(key)[:80]} is repeated", partial(first_repeat_of, key=key))
    return value


def _refuse_constant(word: str) -> JsonValue:
    raise _Refused(f"{word} is not JSON", partial(first_word, word=word))


def _finite(word: str) -> float:
    value = float(word)
    if not math.isfinite(value):
        raise _Refused(f"{word[:40]} is not a finite number", partial(first_word, word=word))
    return value


def _short_integer(word: str) -> int:
    digits = len(word.removeprefix("-"))
    if digits > DIGITS_LIMIT:
        raise _Refused(f"an integer of {digits} digits", partial(first_word, word=word))
    return int(word)


def _check_depth(value: JsonValue) -> None:
    level: list[JsonValue] = [value]
    for _ in range(DEPTH_LIMIT):
        deeper: list[JsonValue] = []
        for item in level:
            if isinstance(item, dict):
                deeper += [inner for inner in item.values() if isinstance(inner, dict | list)]
            elif isinstance(item, list):
                deeper += [inner for inner in item if isinstance(inner, dict | list)]
        if not deeper:
            return
        level = deeper
    raise _too_deep()


def _too_deep() -> _Refused:
    return _Refused(f"nested deeper than {DEPTH_LIMIT} levels", partial(first_deeper_than, limit=DEPTH_LIMIT))


def _check_surrogates(value: JsonValue) -> None:
    surrogate = re.compile(LONE_SURROGATE)
    waiting: list[JsonValue] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str) and surrogate.search(item):
            raise _Refused("a lone surrogate, which is not a character", first_lone_surrogate)
        if isinstance(item, dict):
            waiting += [*item, *item.values()]
        elif isinstance(item, list):
            waiting += item
