"""The rows of a ladder, as tables have them."""

from __future__ import annotations

from git_pbm.operations.evaluating.ladder import LadderResult

TITLES = ("model", "id", "elo", "low", "high", "games", "opponents")


def ladder_rows(result: LadderResult) -> list[tuple[str, ...]]:
    """Return one row a player, from the strongest down; the id of another program is empty."""
    rows = []
    for one in result.ladder.ratings:
        model_id = one.key if one.key in result.tags else ""
        elo = [_without_sign(f"{value:.0f}") for value in (one.elo, one.low, one.high)]
        rows.append((result.tags.get(one.key, one.key), model_id, *elo, str(one.games), str(one.opponents)))
    return rows


def _without_sign(number: str) -> str:
    return "0" if number == "-0" else number
