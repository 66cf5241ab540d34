"""One strict JSON reader and one canonical writer; what two parsers could read differently is refused."""

from __future__ import annotations

import json
import math
import re
from typing import TypeAlias

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

DEPTH_LIMIT = 64
DIGITS_LIMIT = 32
CONTAINER_LIMIT = 1_000_000
"""Brackets and braces in one document: 64 MiB of ``[[],[],...`` would otherwise become gigabytes of objects."""
ITEM_LIMIT = 8_000_000

_SURROGATE = re.compile("[\ud800-\udfff]")


class DocumentProblem(ValueError):
    """Why a text is not strict JSON; ``line`` and ``column`` count from 1 and are None where unknown."""

    def __init__(self, message: str, line: int | None = None, column: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column

    def __str__(self) -> str:
        return self.message if self.line is None else f"line {self.line}, column {self.column}: {self.message}"


def read_json(data: bytes, limit: int) -> JsonValue:
    """The value of a strict JSON text of at most ``limit`` bytes. Raises :class:`DocumentProblem` and nothing else.

    Refused beyond what RFC 8259 refuses: a byte-order mark, anything but UTF-8, repeated keys, NaN and
    infinities (also as 1e999), integers of over 32 digits, depth over 64, lone surrogates.
    """
    text = _decoded(data, limit)
    try:
        value: JsonValue = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
            parse_float=_finite,
            parse_int=_short_integer,
        )
    except json.JSONDecodeError as error:
        raise DocumentProblem(f"not JSON: {error.msg}", error.lineno, error.colno) from None
    except RecursionError:
        raise DocumentProblem(f"nested deeper than {DEPTH_LIMIT} levels") from None
    _check_depth(value)
    if "\\u" in text:
        _check_surrogates(value)
    return value


def text_of(value: JsonValue) -> str:
    """The canonical text: two-space indent, ``\\n``, final newline."""
    return json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def _decoded(data: bytes, limit: int) -> str:
    if len(data) > limit:
        raise DocumentProblem(f"longer than {limit} bytes")
    if data.startswith((b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")):
        raise DocumentProblem("begins with a byte-order mark; write UTF-8 without one", 1, 1)
    if data.count(b"[") + data.count(b"{") > CONTAINER_LIMIT or data.count(b",") > ITEM_LIMIT:
        raise DocumentProblem(f"more than {CONTAINER_LIMIT} lists and objects, or {ITEM_LIMIT} items")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - (data.rfind(b"\n", 0, error.start) + 1) + 1
        raise DocumentProblem(f"not UTF-8 (byte {error.start})", line, column) from None


def _object(pairs: list[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise DocumentProblem(f"the key {json.dumps(key)[:80]} is repeated")
            seen.add(key)
    return value


def _refuse_constant(word: str) -> JsonValue:
    raise DocumentProblem(f"{word} is not JSON")


def _finite(word: str) -> float:
    value = float(word)
    if not math.isfinite(value):
        raise DocumentProblem(f"{word[:40]} is not a finite number")
    return value


def _short_integer(word: str) -> int:
    if len(word) > DIGITS_LIMIT + 1:
        raise DocumentProblem(f"an integer of {len(word)} digits")
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
    raise DocumentProblem(f"nested deeper than {DEPTH_LIMIT} levels")


def _check_surrogates(value: JsonValue) -> None:
    waiting: list[JsonValue] = [value]
    while waiting:
        item = waiting.pop()
        if isinstance(item, str) and _SURROGATE.search(item):
            raise DocumentProblem("a lone surrogate, which is no character")
        if isinstance(item, dict):
            waiting += [*item, *item.values()]
        elif isinstance(item, list):
            waiting += item
