"""fastchess's ``config.json``: what each pair of engines came to, pairs of games counted by what both gave."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from git_pbm.core.documents.strict_json import DocumentProblem, JsonValue, read_json
from git_pbm.core.evaluations.evaluation import Outcomes
from git_pbm.core.evaluations.importers.players import nobody, place_of_model
from git_pbm.core.evaluations.importers.results import Counts, ImportProblem, Request, Source
from git_pbm.core.evaluations.scores import MILLION, Scores

JSON_LIMIT = 64 << 20
_GAMES = ("wins", "losses", "draws")
_PAIRS = {  # what a pair gave, and its points in halves
    "penta_LL": 0,
    "penta_LD": 1,
    "penta_WL": 2,
    "penta_DD": 2,
    "penta_WD": 3,
    "penta_WW": 4,
}
_MIRRORED = {
    "wins": "losses",
    "losses": "wins",
    "penta_LL": "penta_WW",
    "penta_WW": "penta_LL",
    "penta_LD": "penta_WD",
    "penta_WD": "penta_LD",
}
_ASK = "take the file from where the match was played, or import its PGN"


def is_fastchess_json(data: bytes) -> bool:
    """Whether bytes are of a JSON object with ``stats`` of pairs of engines."""
    return re.match(rb"\s*\{", data) is not None and re.search(rb'"penta_WW"\s*:', data) is not None


def read_fastchess_json(source: Source, request: Request) -> Counts:
    """Read what the two players came to. Raises :class:`ImportProblem`."""
    document = object_in(source, _ASK)
    stats = document.get("stats")
    if not isinstance(stats, dict):
        raise ImportProblem(f"{source.name}: `stats` is not an object", _ASK)
    found = [_of_model(source, name, one, request) for name, one in stats.items()]
    own = [one for one in found if one is not None]
    if not own:
        raise nobody(source, request, {player for name in stats for player in name.split(" vs ", 1)})
    counts = {name: sum(one[name] for one in own) for name in (*_GAMES, *_PAIRS)}
    left_over = _left_over(source, counts)
    outcomes = Outcomes(counts["wins"], counts["draws"], counts["losses"])
    is_cut_short = _is_cut_short(document, outcomes.games)
    if is_cut_short and not request.cut_short:
        raise ImportProblem(
            f"{source.name}: {outcomes.games} games of {_planned(document)} were played",
            "play the others; or record it as it is, not to be counted: --cut-short",
        )
    return Counts(outcomes=outcomes, scores=_scores(counts), left_over=left_over, is_cut_short=is_cut_short)


def object_in(source: Source, remedy: str) -> Mapping[str, JsonValue]:
    """Return the JSON object that a source is. Raises :class:`ImportProblem`."""
    try:
        document = read_json(source.data, JSON_LIMIT)
    except DocumentProblem as problem:
        raise ImportProblem(f"{source.name}: {problem}", remedy) from None
    if not isinstance(document, dict):
        raise ImportProblem(f"{source.name}: not an object", remedy)
    return document


def _of_model(source: Source, name: str, value: JsonValue, request: Request) -> Mapping[str, int] | None:
    """The counts of ``A vs B`` as the model sees them; None where others played."""
    place = next((place for place in _places(source, name, request) if place is not None), None)
    if place is None:
        return None
    counts = _counts(source, name, value)
    return counts if place == 0 else {one: counts[_MIRRORED.get(one, one)] for one in counts}


def _places(source: Source, name: str, request: Request) -> Iterator[int | None]:
    """Which player the model is, wherever the name may be cut: names may have `` vs `` in them."""
    for cut in re.finditer(" vs ", name):
        yield place_of_model(f"{source.name}, {name}", (name[: cut.start()], name[cut.end() :]), request)


def _counts(source: Source, name: str, value: JsonValue) -> Mapping[str, int]:
    fields = value if isinstance(value, dict) else {}
    counts = {}
    for field in (*_GAMES, *_PAIRS):
        found = fields.get(field)
        if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found < 1 << 40:
            raise ImportProblem(f"{source.name}, {name}: `{field}` is not a count", _ASK)
        counts[field] = found
    return counts


def _left_over(source: Source, counts: Mapping[str, int]) -> int:
    """The games outside of pairs, 0 where there are no pairs. Raises :class:`ImportProblem` for too few games."""
    if not any(counts[name] for name in _PAIRS):
        return 0
    rest = {
        game: counts[game] - sum(counts[pair] * pair[-2:].count(letter) for pair in _PAIRS)
        for game, letter in zip(_GAMES, "WLD", strict=True)
    }
    for game, left in rest.items():
        if left < 0:
            raise ImportProblem(
                f"{source.name}: its pairs have {counts[game] - left} {game}, and its games {counts[game]}", _ASK
            )
    return sum(rest.values())


def _scores(counts: Mapping[str, int]) -> Scores:
    if any(counts[name] for name in _PAIRS):
        by_points = [(halves * MILLION // 4, counts[name]) for name, halves in _PAIRS.items()]
    else:
        by_points = [(0, counts["losses"]), (MILLION // 2, counts["draws"]), (MILLION, counts["wins"])]
    summed: dict[int, int] = {}
    for score, count in by_points:
        if count:
            summed[score] = summed.get(score, 0) + count
    return Scores(seats=2, unit=2 if any(counts[name] for name in _PAIRS) else 1, counts=summed)


def _planned(document: Mapping[str, JsonValue]) -> int | None:
    """How many games a pair of engines was to play; None where the file does not say."""
    rounds, games = document.get("rounds"), document.get("games")
    return rounds * games if isinstance(rounds, int) and isinstance(games, int) else None


def _is_cut_short(document: Mapping[str, JsonValue], played: int) -> bool:
    """Whether games are missing; a sequential test ends a match early, and that is its end."""
    sprt, planned = document.get("sprt"), _planned(document)
    is_sequential = isinstance(sprt, dict) and sprt.get("enabled") is True
    return planned is not None and played < planned and not is_sequential
