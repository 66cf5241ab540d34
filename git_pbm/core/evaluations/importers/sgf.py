"""SGF: games of two players, as KataGo's ``match`` writes them (``.sgfs``, a game a line) and as others do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

from git_pbm.core.documents.dates import is_calendar_day
from git_pbm.core.evaluations.importers.players import Record, games_of_two
from git_pbm.core.evaluations.importers.results import Games, Request, Source

_VALUE = r"\[[^\]\\]*+(?:\\.[^\]\\]*+)*+(?:\]|\\?\Z)"
"""A value that is not closed goes to the end of the file, so that no part of it is looked at twice."""

_TOKEN = re.compile(rf"[()]|{_VALUE}", re.DOTALL)
_ROOT = re.compile(rf"\(\s*;((?:\s*[A-Za-z]+\s*(?:{_VALUE}\s*)+)*)", re.DOTALL)
_PROPERTY = re.compile(rf"([A-Za-z]+)\s*({_VALUE})", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_RESULTS = "B+..., W+..., 0, Draw, Void, ?"

Properties = Mapping[str, str]


def is_sgf(data: bytes) -> bool:
    """Whether bytes begin with a game tree of SGF."""
    return re.match(rb"\s*(?:\xef\xbb\xbf)?\s*\(\s*;\s*[A-Z]{1,2}\s*\[", data) is not None


def read_sgf(source: Source, request: Request) -> Games:
    """Read the games of two players; those of others are left out. Raises :class:`ImportProblem`."""
    records = (_record(f"{source.name}, game {n}", one) for n, one in enumerate(_roots(source), 1))
    return games_of_two(source, request, records, _score_of)


def _roots(source: Source) -> Iterator[Properties]:
    """The properties in the first node of each game; of the moves nothing is kept."""
    text = source.data[source.skip :].decode("utf-8", "replace")
    depth = 0
    for token in _TOKEN.finditer(text):
        if token[0] == "(":
            root = _ROOT.match(text, token.start()) if depth == 0 else None
            if root is not None:
                yield {name: _ESCAPED.sub(r"\1", value[1:-1]).strip() for name, value in _PROPERTY.findall(root[1])}
            depth += 1
        elif token[0] == ")":
            depth = max(depth - 1, 0)


def _record(where: str, properties: Properties) -> Record:
    result = properties.get("RE", "")
    day = properties.get("DT", "")[:10]
    return Record(
        where=where,
        players=(properties.get("PB", ""), properties.get("PW", "")),
        seats=("black", "white"),
        result=result,
        group=properties.get("RO") or None,
        is_fault=result[2:3].upper() in ("T", "F"),
        time=f"{day}T00:00:00Z" if len(day) == 10 and is_calendar_day(day) else None,
    )


def _score_of(result: str) -> Fraction | None:
    """Black's score; a game that came to no result is half a win for both, as KataGo counts it."""
    word = result.lower()
    if word[:2] in ("b+", "w+"):
        return Fraction(word[0] == "b")
    if word in ("0", "draw", "jigo", "void"):
        return Fraction(1, 2)
    if word in ("", "?"):
        return None
    raise ValueError(_RESULTS)
