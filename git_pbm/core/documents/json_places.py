"""Where a refused thing stands in a JSON text; walked only after a refusal, and it judges nothing itself."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

# Possessive repeats (Python 3.11) keep no way back: a string of 60 MB costs no memory here.
# Both patterns stay text until a refusal needs them: compiling them costs 0.3 ms of every start.
_PIECE = r'(?s)("(?:[^"\\]++|\\.)*+")(\s*+:)?|[\[\]{}]|[^\s\[\]{},:"]++'
LONE_SURROGATE = "[\ud800-\udfff]"


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column of a character, both counted from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def first_word(text: str, word: str) -> int | None:
    """The offset of the first number or bare word that begins with ``word``."""
    return next((token.start() for token in re.finditer(_PIECE, text) if token[0].startswith(word)), None)


def first_deeper_than(text: str, limit: int) -> int | None:
    """The offset of the first bracket or brace that opens level ``limit`` + 1."""
    depth = 0
    for token in re.finditer(_PIECE, text):
        if token[0] in ("[", "{"):
            depth += 1
            if depth > limit:
                return token.start()
        elif token[0] in ("]", "}"):
            depth -= 1
    return None


def first_lone_surrogate(text: str) -> int | None:
    """The offset of the first string that holds half of a surrogate pair."""
    strings = ((token.start(), token[1]) for token in re.finditer(_PIECE, text) if token[1] is not None)
    return next(
        (start for start, string in strings if "\\u" in string and re.search(LONE_SURROGATE, _read(string))), None
    )


def first_repeat_of(text: str, key: str) -> int | None:
    """The offset where one object gives ``key`` for the second time."""
    return next(_repeats(text, key), None)


def _repeats(text: str, key: str) -> Iterator[int]:
    seen = [False]
    for token in re.finditer(_PIECE, text):
        if token[0] in ("[", "{"):
            seen.append(False)
        elif token[0] in ("]", "}"):
            seen.pop()
        elif token[2] is not None and _read(token[1]) == key:
            if seen[-1]:
                yield token.start()
            seen[-1] = True


def _read(string: str) -> str:
    return str(json.loads(string, strict=False)) if "\\" in string else string[1:-1]
