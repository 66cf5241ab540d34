"""Which players are connected by games; without a path of games two strengths cannot be compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def neighbours(pairs: Iterable[tuple[str, str]]) -> dict[str, set[str]]:
    """Return whom each player met, players in the order of their first game."""
    met: dict[str, set[str]] = {}
    for first, second in pairs:
        met.setdefault(first, set()).add(second)
        met.setdefault(second, set()).add(first)
    return met


def connected_with(player: str, met: Mapping[str, set[str]]) -> set[str]:
    """Return all players to whom a path of games leads, the player among them."""
    found, waiting = {player}, [player]
    while waiting:
        fresh = met.get(waiting.pop(), set()) - found
        found |= fresh
        waiting += fresh
    return found
