"""``botmatch -json``: games of one model in one seat against bots in the others, each with what every seat held."""

from __future__ import annotations

import re
from collections.abc import Mapping
from fractions import Fraction

from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.evaluations.importers.fastchess import object_in
from git_pbm.core.evaluations.importers.results import Game, Games, ImportProblem, Request, Source

_ASK = "take the file from where the games were played"


def is_botmatch_json(data: bytes) -> bool:
    """Whether bytes are of a JSON object with games that say what every seat held."""
    begins = re.match(rb'\s*\{\s*"(?:total|errors|results)"', data)
    return begins is not None and re.search(rb'"results"\s*:', data) is not None


def read_botmatch_json(source: Source, request: Request) -> Games:
    """Read the games; a game that failed is null there. Raises :class:`ImportProblem`."""
    document = object_in(source, _ASK)
    results = document.get("results")
    if not isinstance(results, list):
        raise ImportProblem(f"{source.name}: `results` is not a list", _ASK)
    games = [
        _game(f"{source.name}, game {number}", number, result, source, request)
        for number, result in enumerate(results, 1)
        if result is not None
    ]
    missing = _missing(source, document, len(results), len(results) - len(games))
    if missing and not request.cut_short:
        raise ImportProblem(
            f"{source.name}: {missing} of its games are not there",
            "play them; or record it as it is, not to be counted: --cut-short",
        )
    return Games(games=tuple(games), failed=len(results) - len(games), is_cut_short=missing > 0)


def _missing(source: Source, document: Mapping[str, JsonValue], listed: int, failed: int) -> int:
    """How many games the file states and does not list."""
    total, errors = document.get("total", listed), document.get("errors", failed)
    if not isinstance(total, int) or not isinstance(errors, int) or not failed <= errors or total < listed:
        raise ImportProblem(
            f"{source.name}: it states {total} games with {errors} errors, and lists {listed} with {failed}", _ASK
        )
    return total - listed


def _game(where: str, number: int, result: JsonValue, source: Source, request: Request) -> Game:
    held = _held(where, result)
    if len(held) != request.seats:
        raise ImportProblem(
            f"{where}: {len(held)} seats, and the arena has {request.seats}",
            "name the arena: --arena NAME; its seats are in .pbm.toml",
        )
    seat = source.seat
    if seat is None or seat not in held:
        raise ImportProblem(
            f"{where}: who was the model is not in it; its seats are {', '.join(sorted(held))}",
            "say where the model sat: --seat SEAT",
        )
    winner = result.get("Winner") if isinstance(result, dict) else None
    if not isinstance(winner, str) or (winner and winner not in held):
        raise ImportProblem(f"{where}: the winner {winner} is in none of its seats", _ASK)
    return Game(score=_score(where, winner, held, seat, request.scoring), seat=seat, group=str(number))


def _held(where: str, result: JsonValue) -> Mapping[str, int]:
    """How many centres each seat held in the end."""
    held = result.get("SCCounts") if isinstance(result, dict) else None
    found = {seat: count for seat, count in held.items() if isinstance(count, int)} if isinstance(held, dict) else {}
    if not isinstance(held, dict) or len(found) < len(held) or min(found.values(), default=-1) < 0:
        raise ImportProblem(f"{where}: `SCCounts` is not an object of counts", _ASK)
    return found


def _score(where: str, winner: str, held: Mapping[str, int], seat: str, scoring: str) -> Fraction:
    """What the model's seat scored: 1 for a win; how a draw is shared is the arena's affair."""
    if winner:
        return Fraction(winner == seat)
    if scoring == "solo":
        raise ImportProblem(
            f"{where}: nobody won, and the arena's scoring is solo",
            'correct .pbm.toml: scoring = "draw-size" or "sum-of-squares"',
        )
    if scoring == "win-draw-loss":
        return Fraction(1, 2)
    squares = sum(count**2 for count in held.values())
    if squares == 0:
        raise ImportProblem(f"{where}: nobody holds anything", _ASK)
    if scoring == "sum-of-squares":
        return Fraction(held[seat] ** 2, squares)
    survivors = sum(count > 0 for count in held.values())
    return Fraction(held[seat] > 0, 1) / survivors
