"""Who is who in a log: names of the registry are whole words there."""

from __future__ import annotations

import re

from git_pbm.core.evaluations.importers.results import ImportProblem, Request, Side

_IN_NAME = "[A-Za-z0-9._-]"


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
