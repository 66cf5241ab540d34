"""The one table of formats, and the way from sources to results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from git_pbm.core.evaluations.importers.pgn import is_pgn, read_pgn
from git_pbm.core.evaluations.importers.results import Game, Games, ImportProblem, Request, Results, Source
from git_pbm.core.evaluations.importers.rows import is_csv, is_json_lines, read_csv, read_json_lines
from git_pbm.core.evaluations.importers.units import by_seat_of, outcomes_of, scores_of


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, whether bytes are of it, and what reads it."""

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[Source, Request], Games]


FORMATS = (
    Format("pgn", is_pgn, read_pgn),
    Format("jsonl", is_json_lines, read_json_lines),
    Format("csv", is_csv, read_csv),
)
NAMES = tuple(one.name for one in FORMATS)


def import_results(sources: Sequence[Source], request: Request) -> Results:
    """Return what the sources of one match add up to. Raises :class:`ImportProblem`."""
    found = _format_of(sources, request)
    read = [found.read(source, request) for source in sources]
    games = [game for each in read for game in each.games]
    by_seat = by_seat_of(games)
    _refuse_games(sources[0], games, len(by_seat or ()), request)
    scores, left_over = scores_of(games, request.seats)
    return Results(
        source=found.name,
        outcomes=outcomes_of(games),
        by_seat=by_seat,
        scores=scores,
        left_over=left_over,
        faults=sum(game.is_fault for game in games),
        cut_short=request.cut_short or any(each.is_cut_short for each in read),
        seeds=_seeds(games),
        started=min(filter(None, (each.started for each in read)), default=None),
        ended=max(filter(None, (each.ended for each in read)), default=None),
    )


def _refuse_games(source: Source, games: Sequence[Game], seats: int, request: Request) -> None:
    if not games:
        raise ImportProblem(f"{source.name}: no game in it", "name the file that has the results")
    if seats > request.seats:
        raise ImportProblem(
            f"{source.name}: games in {seats} seats, and the arena has {request.seats}",
            "name the arena: --arena NAME; its seats are in .pbm.toml",
        )


def _format_of(sources: Sequence[Source], request: Request) -> Format:
    """The one format of all sources."""
    formats = {_recognised(source, request) for source in sources}
    if len(formats) > 1:
        raise ImportProblem(
            f"{sources[0].name} and {sources[-1].name} are of different formats", "import them one after the other"
        )
    return formats.pop()


def _recognised(source: Source, request: Request) -> Format:
    if request.format is not None:
        return next(one for one in FORMATS if one.name == request.format)
    found = next((one for one in FORMATS if one.recognises(source.data)), None)
    if found is None:
        raise ImportProblem(f"{source.name}: none of the formats {', '.join(NAMES)}", "name one: --from-format NAME")
    return found


def _seeds(games: Sequence[Game]) -> tuple[int, int] | None:
    seeds = [game.seed for game in games if game.seed is not None]
    return (min(seeds), max(seeds)) if len(seeds) == len(games) else None
