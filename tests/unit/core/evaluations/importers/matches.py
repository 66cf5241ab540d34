"""Matches of two players for tests, played by chance and a seed, and written in each format."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass

from git_pbm.core.evaluations.importers.results import Request, Side, Source

MODEL = Side(("af031d72", "rl-r1-i1"), aliases=("the new one",))
OPPONENT = Side(("04df89cf", "supervised-v1"))
TWO = Request(model=MODEL, opponent=OPPONENT)


@dataclass(frozen=True)
class Played:
    """A game: its round, whether the model had white, and its score in halves."""

    round: int
    is_white: bool
    halves: int


def pairs(count: int, seed: int) -> list[Played]:
    """Pairs of games with colours swapped."""
    chance = random.Random(seed)
    return [Played(n, is_white, chance.choice((0, 1, 1, 2))) for n in range(1, count + 1) for is_white in (True, False)]


def pgn(games: Sequence[Played], model: str = "rl-r1-i1", opponent: str = "supervised-v1") -> bytes:
    """The games as PGN."""
    return "\n".join(_game_of_pgn(game, model, opponent) for game in games).encode()


def _game_of_pgn(game: Played, model: str, opponent: str) -> str:
    white, black = (model, opponent) if game.is_white else (opponent, model)
    halves = game.halves if game.is_white else 2 - game.halves
    headers = {
        "Event": "a match",
        "Date": "2026.02.19",
        "Round": str(game.round),
        "White": white,
        "Black": black,
        "Result": ("0-1", "1/2-1/2", "1-0")[halves],
    }
    return "".join(f'[{name} "{value}"]\n' for name, value in headers.items()) + "\n1. e4 e5 *\n"


def rows(games: Sequence[Played]) -> list[dict[str, str]]:
    """The games as rows of a table."""
    scores = ("0", "0.5", "1")
    return [
        {"seat": "white" if game.is_white else "black", "score": scores[game.halves], "unit": str(game.round)}
        for game in games
    ]


def csv_of(table: Sequence[dict[str, str]]) -> bytes:
    """Rows as CSV."""
    lines = [",".join(table[0]), *(",".join(row.values()) for row in table)]
    return ("\n".join(lines) + "\n").encode()


def jsonl_of(table: Sequence[dict[str, str]]) -> bytes:
    """Rows as JSON Lines, scores as numbers."""
    return "".join(json.dumps({**row, "score": float(row["score"])}) + "\n" for row in table).encode()


def source(data: bytes | str, name: str = "match", skip: int = 0) -> Source:
    """A source with this content."""
    return Source(name, data.encode() if isinstance(data, str) else data, skip)
