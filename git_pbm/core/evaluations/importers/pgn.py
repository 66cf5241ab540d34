"""PGN as cutechess and fastchess write it: the header lines of each game, read for its players and its result."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

from git_pbm.core.documents.dates import is_calendar_day
from git_pbm.core.evaluations.importers.players import Record, games_of_two
from git_pbm.core.evaluations.importers.results import Games, Request, Source

_TAG = re.compile(r'\[([A-Za-z][A-Za-z0-9_]*) "(.*)"\]\s*')
_WHITE_SCORES = {"1-0": Fraction(1), "1/2-1/2": Fraction(1, 2), "0-1": Fraction(0), "*": None}
_FAULTS = ("abandoned", "stalled connection", "illegal move", "time forfeit", "rules infraction")
_TIME = re.compile(r"([0-9]{2}:[0-9]{2}:[0-9]{2})")

Headers = Mapping[str, str]


def is_pgn(data: bytes) -> bool:
    """Whether bytes begin with a header line of PGN."""
    return re.match(rb'\s*(?:\xef\xbb\xbf)?\[[A-Za-z]+ "', data) is not None


def read_pgn(source: Source, request: Request) -> Games:
    """Read the games of two players; those of others are left out. Raises :class:`ImportProblem`."""
    records = (_record(f"{source.name}, line {line}", headers) for line, headers in _headers(source))
    return games_of_two(source, request, records, _score_of)


def _score_of(result: str) -> Fraction | None:
    if result not in _WHITE_SCORES:
        raise ValueError(", ".join(_WHITE_SCORES))
    return _WHITE_SCORES[result]


def _headers(source: Source) -> Iterator[tuple[int, Headers]]:
    """The header lines of each game, and the number of the line they begin at."""
    lines = source.data[source.skip :].decode("utf-8", "replace").split("\n")
    begin = source.data[: source.skip].count(b"\n") + 1
    headers: dict[str, str] = {}
    first, in_headers = begin, False
    for number, line in enumerate(lines, begin):
        match = _TAG.fullmatch(line.removeprefix("\ufeff").rstrip("\r"))
        if match is None:
            in_headers = in_headers and not line.strip()
            continue
        if not in_headers and headers:
            yield first, headers
            headers = {}
        if not headers:
            first = number
        in_headers = True
        headers[match[1]] = match[2]
    if headers:
        yield first, headers


def _record(where: str, headers: Headers) -> Record:
    a_round, opening = headers.get("Round", "?"), headers.get("FEN") or headers.get("Opening") or ""
    return Record(
        where=where,
        players=(headers.get("White", ""), headers.get("Black", "")),
        seats=("white", "black"),
        result=headers.get("Result", ""),
        group=None if a_round in ("?", "-", "") else f"{a_round} {opening}",
        is_fault=headers.get("Termination", "").lower() in _FAULTS,
        time=_time(headers),
    )


def _time(headers: Headers) -> str | None:
    """When a game was played, as far as it says so; a date without a time is the beginning of that day."""
    for name in ("UTCDate", "Date"):
        day = headers.get(name, "").replace(".", "-")
        if len(day) == 10 and is_calendar_day(day):
            time = _TIME.fullmatch(headers.get("UTCTime", ""))
            return f"{day}T{time[1] if time else '00:00:00'}Z"
    return None
