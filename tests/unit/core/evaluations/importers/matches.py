"""Matches of two players for tests, played by chance and a seed, and written in each format."""

from __future__ import annotations

import json
import random
from collections import Counter
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


def sgfs(games: Sequence[Played], model: str = "rl-r1-i1", opponent: str = "supervised-v1") -> bytes:
    """The games as SGF, one a line, as KataGo writes them: black and white as they have it, moves and comments too."""
    lines = []
    for game in games:
        white, black = (model, opponent) if game.is_white else (opponent, model)
        halves = game.halves if game.is_white else 2 - game.halves
        result = ("B+R", "0", "W+3.5")[halves]
        root = f"FF[4]GM[1]SZ[9]PB[{black}]PW[{white}]HA[0]KM[7.5]RU[chinese]RO[{game.round}]RE[{result}]"
        lines.append(f"(;{root};B[dd]C[0.5 (a\\] bracket) RE[W+R\\]];W[ff])\n")
    return "".join(lines).encode()


def gatekeeper_log(
    games: Sequence[Played], candidate: str = "rl-r1-i1", accepted: str = "supervised-v1", *, ends: bool = True
) -> bytes:
    """The games as KataGo's gatekeeper logs them; the model is the candidate."""
    lines = [
        "Gatekeeper Engine starting...",
        f"Data write loop starting for neural net: {accepted} vs {candidate}",
    ]
    for number, game in enumerate(games):
        own, other = ("white", "black") if game.is_white else ("black", "white")
        said = (
            f"winner {other} {accepted} {other[0].upper()}+R",
            "draw 0",
            f"winner {own} {candidate} {own[0].upper()}+1.5",
        )
        lines.append(f"Game {number}: {said[game.halves]}")
    points = sum(game.halves for game in games) / 2
    scores = f"score {points:.3f} to {len(games) - points:.3f} in {len(games)} games"
    won = 2 * points >= len(games)
    if ends:
        end = f"won match, {scores}, accepting" if won else f"lost match, {scores}, rejecting"
        lines.append(f"Candidate {end} candidate {candidate}")
    return "".join(
        f"2026-02-19 01:{n // 60 % 60:02}:{n % 60:02}+0100: {line}\n" for n, line in enumerate(lines)
    ).encode()


def fastchess_json(
    games: Sequence[Played], model: str = "rl-r1-i1", opponent: str = "supervised-v1", **fields: object
) -> bytes:
    """Whole pairs as fastchess counts them: every second one under the name the other way round."""
    stats: dict[str, Counter[str]] = {f"{model} vs {opponent}": Counter(), f"{opponent} vs {model}": Counter()}
    by_round: dict[int, list[Played]] = {}
    for game in games:
        by_round.setdefault(game.round, []).append(game)
    for played in by_round.values():
        is_other_way = played[0].round % 2 == 1
        name = f"{opponent} vs {model}" if is_other_way else f"{model} vs {opponent}"
        halves = sorted((2 - game.halves if is_other_way else game.halves for game in played), reverse=True)
        stats[name].update(("losses", "draws", "wins")[one] for one in halves)
        stats[name]["penta_" + "".join("LDW"[one] for one in halves).replace("DL", "LD")] += 1
    names = ("wins", "losses", "draws", "penta_WW", "penta_WD", "penta_WL", "penta_DD", "penta_LD", "penta_LL")
    document = {
        "sprt": {"alpha": 0.05, "enabled": False},
        "rounds": len(by_round),
        "games": 2,
        "engines": [{"name": model}, {"name": opponent}],
        **fields,
        "stats": {name: {one: counts[one] for one in names} for name, counts in stats.items()},
    }
    return (json.dumps(document, indent=4) + "\n").encode()


def source(data: bytes | str, name: str = "match", skip: int = 0) -> Source:
    """A source with this content."""
    return Source(name, data.encode() if isinstance(data, str) else data, skip)
