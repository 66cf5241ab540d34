"""KataGo's log of ``gatekeeper``: the lines of each game, and the line that ends a match and repeats its sum."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fractions import Fraction

from git_pbm.core.evaluations.importers.players import nobody, place_of_model
from git_pbm.core.evaluations.importers.results import Game, Games, ImportProblem, Request, Source

_BEGIN = re.compile(r"Data write loop starting for neural net: (.+) vs (.+)$")
_GAME = re.compile(r"Game [0-9]+: (?:winner (black|white) (.+) (?:[BW]\+\S*)|draw .*|noresult)$")
_END = re.compile(r"Candidate (?:won|lost) match, score ([0-9.]+) to ([0-9.]+) in ([0-9]+) games, ")
_TIME = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}[+-][0-9]{4}): ")
_OTHER = {"black": "white", "white": "black"}
_HALF = Fraction(1, 2)
_CORRECT = "take the log from where the match was played"


@dataclass
class _Match:
    """A match of the log: its two nets, the accepted one first, and its games as the log has them."""

    where: str
    players: tuple[str, str]
    games: list[tuple[str | None, str | None]] = field(default_factory=list)
    """The colour and the name of each winner; None for a draw."""
    times: list[str] = field(default_factory=list)
    end: re.Match[str] | None = None


def is_gatekeeper_log(data: bytes) -> bool:
    """Whether bytes have a line that only ``gatekeeper`` writes."""
    return re.search(rb"Gatekeeper Engine starting|Data write loop starting for neural net: ", data) is not None


def read_gatekeeper_log(source: Source, request: Request) -> Games:
    """Read the games of two nets; other matches of the log are left out. Raises :class:`ImportProblem`."""
    matches = list(_matches(source))
    placed = [(match, place_of_model(match.where, match.players, request)) for match in matches]
    own = [(match, place) for match, place in placed if place is not None]
    games = [game for match, place in own for game in _games(match, place)]
    if not games:
        raise nobody(source, request, {name for match in matches for name in match.players}, len(own))
    for match, _ in own:
        _check_sum(match)
    is_cut_short = any(match.end is None for match, _ in own)
    if is_cut_short and not request.cut_short:
        raise ImportProblem(
            f"{source.name}: the line that ends a match (Candidate won match) is not in it",
            "play it to its end; or record it as it is, not to be counted: --cut-short",
        )
    times = [time for match, _ in own for time in match.times]
    return Games(
        games=tuple(games),
        started=min(times, default=None),
        ended=max(times, default=None),
        is_cut_short=is_cut_short,
    )


def _matches(source: Source) -> Iterator[_Match]:
    """The matches of a log; they follow each other."""
    lines = source.data[source.skip :].decode("utf-8", "replace").split("\n")
    found: _Match | None = None
    for number, line in enumerate(lines, source.data[: source.skip].count(b"\n") + 1):
        text = line.rstrip("\r")
        if (begin := _BEGIN.search(text)) is not None:
            if found is not None:
                yield found
            found = _Match(f"{source.name}, line {number}", (begin[1], begin[2]))
        if found is not None and found.end is None:
            _note(found, text)
    if found is not None:
        yield found


def _note(match: _Match, line: str) -> None:
    game = _GAME.search(line)
    if game is not None:
        match.games.append((game[1], game[2]))
    match.end = _END.search(line)
    if game is not None or match.end is not None:
        match.times += _times(line)


def _games(match: _Match, place: int) -> Iterable[Game]:
    """The games for the player at ``place``. A draw does not say who had which colour."""
    for colour, winner in match.games:
        if colour is None or winner is None:
            yield Game(score=_HALF)
        elif winner not in match.players:
            raise ImportProblem(f"{match.where}: {winner} won a game, and does not play there", _CORRECT)
        elif winner == match.players[place]:
            yield Game(score=Fraction(1), seat=colour)
        else:
            yield Game(score=Fraction(0), seat=_OTHER[colour])


def _check_sum(match: _Match) -> None:
    """The last line gives points of the candidate, points of the other, and games."""
    if match.end is None:
        return
    points = sum((game.score for game in _games(match, 1)), Fraction(0))
    stated, games = Fraction(match.end[1]), int(match.end[3])
    if games != len(match.games) or abs(points - stated) > Fraction(1, 1000):
        raise ImportProblem(
            f"{match.where}: its games are {len(match.games)} with {float(points):g} points for {match.players[1]}, "
            f"and its last line says {games} with {float(stated):g}",
            _CORRECT,
        )


def _times(line: str) -> Iterator[str]:
    stamp = _TIME.match(line)
    if stamp is not None:
        try:
            moment = datetime.strptime(stamp[1], "%Y-%m-%d %H:%M:%S%z").astimezone(UTC)
        except (ValueError, OverflowError):
            return
        yield moment.strftime("%Y-%m-%dT%H:%M:%SZ")
