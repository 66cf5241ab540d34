"""Who is who in a log, and the games of two players among those of others."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from git_pbm.core.evaluations.importers.results import Game, Games, ImportProblem, Request, Side, Source

_IN_NAME = "[A-Za-z0-9._-]"
_WHO = "say who is who: --player NAME=MODEL --player NAME=MODEL"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """A game as a file has it: ``where`` it is there, its two players with their seats, and the result it states."""

    where: str
    players: tuple[str, str]
    seats: tuple[str, str]
    result: str
    group: str | None = None
    is_fault: bool = False
    time: str | None = None


def games_of_two(
    source: Source, request: Request, records: Iterable[Record], score_of: Callable[[str], Fraction | None]
) -> Games:
    """Return the games of the two players; those of others are left out.

    ``score_of`` returns the first player's score, None for a game without a result, and raises ``ValueError`` with
    what the results are. Raises :class:`ImportProblem`.
    """
    games: list[Game] = []
    times: list[str] = []
    names: set[str] = set()
    unfinished = 0
    for record in records:
        names.update(record.players)
        place = place_of_model(record.where, record.players, request)
        if place is None:
            continue
        if record.time is not None:
            times.append(record.time)
        score = _score(record, score_of)
        if score is None:
            unfinished += 1
            continue
        own = score if place == 0 else 1 - score
        games.append(Game(score=own, seat=record.seats[place], group=record.group, is_fault=record.is_fault))
    if not games:
        raise nobody(source, request, names, unfinished)
    refuse_unfinished(source, request, unfinished)
    return Games(
        games=tuple(games),
        started=min(times, default=None),
        ended=max(times, default=None),
        is_cut_short=unfinished > 0,
    )


def _score(record: Record, score_of: Callable[[str], Fraction | None]) -> Fraction | None:
    try:
        return score_of(record.result)
    except ValueError as error:
        raise ImportProblem(
            f"{record.where}: the result {record.result or 'is absent'} is none of {error}",
            "the file may be cut off: take it from where the match was played",
        ) from None


def place_of_model(where: str, players: Sequence[str], request: Request) -> int | None:
    """Return which of two players the model is; None for a game with somebody else.

    Raises :class:`ImportProblem` where both players are one side.
    """
    first, second = (side_of(name, request) for name in players)
    if first is not None and first is second:
        raise ImportProblem(
            f"{where}: {players[0]} and {players[1]} are both {first.names[0]}",
            "a model does not play itself; say who they are: --player NAME=MODEL",
        )
    if first is None or second is None:
        return None
    return 0 if first is request.model else 1


def nobody(source: Source, request: Request, names: Collection[str], unfinished: int = 0) -> ImportProblem:
    """Return the problem of a source without a game of the two that has a result."""
    known = ", ".join(sorted(filter(None, names))[:6]) or "nobody"
    wanted = f"{request.model.names[0]} and {request.opponent.names[0]}"
    why = "with a result" if unfinished else f"(its players: {known})"
    return ImportProblem(f"{source.name}: no game between {wanted} {why}", _WHO)


def refuse_unfinished(source: Source, request: Request, unfinished: int) -> None:
    """Raise :class:`ImportProblem` for games without a result, unless the match may be cut short."""
    if unfinished and not request.cut_short:
        raise ImportProblem(
            f"{source.name}: {unfinished} of its games have no result",
            "play them; or record it as it is, not to be counted: --cut-short",
        )


def side_of(name: str, request: Request) -> Side | None:
    """Return the side that a name in a log means, None for neither. Raises :class:`ImportProblem` for both."""
    sides = (request.model, request.opponent)
    for is_meant in (_is_equal, _has_word):
        found = [side for side in sides if is_meant(name, side)]
        if len(found) > 1:
            raise ImportProblem(
                f"{name} means both {request.model.names[0]} and {request.opponent.names[0]}",
                "say who it is: --player NAME=MODEL",
            )
        if found:
            return found[0]
    return None


def _is_equal(name: str, side: Side) -> bool:
    return name in side.names or name in side.aliases


def _has_word(name: str, side: Side) -> bool:
    return any(re.search(rf"(?<!{_IN_NAME}){re.escape(word)}(?!{_IN_NAME})", name) for word in side.names)
