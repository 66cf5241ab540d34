"""PGN as cutechess and fastchess write it: the header lines of each game, read for its players and its result."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fractions import Fraction

from git_pbm.core.documents.dates import is_calendar_day
from git_pbm.core.evaluations.importers.players import side_of
from git_pbm.core.evaluations.importers.results import Game, Games, ImportProblem, Request, Source

_TAG = re.compile(r'\[([A-Za-z][A-Za-z0-9_]*) "(.*)"\]\s*')
_WHITE_SCORES = {"1-0": Fraction(1), "1/2-1/2": Fraction(1, 2), "0-1": Fraction(0)}
_FAULTS = ("abandoned", "stalled connection", "illegal move", "time forfeit", "rules infraction")
_TIME = re.compile(r"([0-9]{2}:[0-9]{2}:[0-9]{2})")

Headers = Mapping[str, str]


def is_pgn(data: bytes) -> bool:
    """Whether bytes begin with a header line of PGN."""
    return re.match(rb'\s*(?:\xef\xbb\xbf)?\[[A-Za-z]+ "', data) is not None


def read_pgn(source: Source, request: Request) -> Games:
    """Read the games of two players; those of others are left out. Raises :class:`ImportProblem`."""
    games: list[Game] = []
    times: list[str] = []
    unfinished = 0
    names: set[str] = set()
    for line, headers in _headers(source):
        players = [headers.get("White", ""), headers.get("Black", "")]
        names.update(players)
        sides = [side_of(name, request) for name in players]
        if sides[0] is sides[1] and sides[0] is not None:
            raise ImportProblem(
                f"{source.name}, line {line}: {players[0]} and {players[1]} are both {sides[0].names[0]}",
                "a model does not play itself; say who they are: --player NAME=MODEL",
            )
        if None in sides:
            continue
        times += _times(headers)
        if headers.get("Result") == "*":
            unfinished += 1
            continue
        games.append(_game(source, line, headers, is_white=sides[0] is request.model))
    if not games:
        _refuse(source, request, names, unfinished)
    if unfinished and not request.cut_short:
        raise ImportProblem(
            f"{source.name}: {unfinished} of its games have no result (*)",
            "play them; or record it as it is, not to be counted: --cut-short",
        )
    ended = max(times, default=None)
    return Games(games=tuple(games), started=min(times, default=None), ended=ended, is_cut_short=unfinished > 0)


def _refuse(source: Source, request: Request, names: set[str], unfinished: int) -> None:
    """Raise for a source without a game of the two that has a result."""
    known = ", ".join(sorted(filter(None, names))[:6]) or "nobody"
    wanted = f"{request.model.names[0]} and {request.opponent.names[0]}"
    why = "with a result" if unfinished else f"(its players: {known})"
    raise ImportProblem(
        f"{source.name}: no game between {wanted} {why}", "say who is who: --player NAME=MODEL --player NAME=MODEL"
    )


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


def _game(source: Source, line: int, headers: Headers, *, is_white: bool) -> Game:
    result = headers.get("Result", "")
    if result not in _WHITE_SCORES:
        raise ImportProblem(
            f"{source.name}, line {line}: the result {result or 'is absent'} is none of {', '.join(_WHITE_SCORES)}",
            "the file may be cut off: take it from where the match was played",
        )
    score = _WHITE_SCORES[result] if is_white else 1 - _WHITE_SCORES[result]
    a_round, opening = headers.get("Round", "?"), headers.get("FEN") or headers.get("Opening") or ""
    return Game(
        score=score,
        seat="white" if is_white else "black",
        group=None if a_round in ("?", "-", "") else f"{a_round} {opening}",
        is_fault=headers.get("Termination", "").lower() in _FAULTS,
    )


def _times(headers: Headers) -> Iterator[str]:
    """When a game began and ended, as far as it says so; a date without a time is the beginning of that day."""
    for day_name, time_name in (("UTCDate", "UTCTime"), ("Date", "UTCTime")):
        day = headers.get(day_name, "").replace(".", "-")
        if len(day) == 10 and is_calendar_day(day):
            time = _TIME.fullmatch(headers.get(time_name, ""))
            yield f"{day}T{time[1] if time else '00:00:00'}Z"
            return
