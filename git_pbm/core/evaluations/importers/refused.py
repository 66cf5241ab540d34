"""Files that are known and cannot be imported, each with what to import instead."""

from __future__ import annotations

import re
from dataclasses import dataclass

from git_pbm.core.evaluations.importers.results import ImportProblem, Source

_LOOKED_AT = 1 << 20
"""Bytes at the beginning that are looked at."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What a file is, a line that it has, why it cannot be imported, and what to do."""

    name: str
    line: re.Pattern[bytes]
    why: str
    remedy: str


_KNOWN = (
    _Known(
        "a log of cutechess",
        re.compile(rb"^(?:Started game [0-9]+ of |Finished game [0-9]+ \(|Score of .+ vs .+: [0-9]+ - )", re.MULTILINE),
        "it does not say which games are a pair",
        "import the PGN of the match: cutechess-cli -pgnout FILE",
    ),
    _Known(
        "a log of fastchess",
        re.compile(rb"^Results of .+ vs .+ \(", re.MULTILINE),
        "it repeats sums that change",
        "import the PGN of the match (-pgnout file=FILE), or its config.json",
    ),
    _Known(
        "a log of a benchmark",
        re.compile(rb"=== .+ vs [0-9]+ .+ games ===|=== BENCHMARK: |Engine git hash: \w+, Model hash: "),
        "it has sums without their games",
        "import the games: botmatch -json, or a CSV with a line a game",
    ),
    _Known(
        "games of self-play",
        re.compile(rb'\A\s*\{(?=[^\n]*"game_id"\s*:)(?=[^\n]*"final_sc_counts"\s*:)'),
        "one model played against itself, which says nothing of its strength",
        "play it against another model",
    ),
)


def refuse_known(source: Source) -> None:
    """Raise :class:`ImportProblem` for a file of a kind that is known and cannot be imported."""
    for known in _KNOWN:
        if known.line.search(source.data[:_LOOKED_AT]) is not None:
            raise ImportProblem(f"{source.name}: {known.name}: {known.why}", known.remedy)
