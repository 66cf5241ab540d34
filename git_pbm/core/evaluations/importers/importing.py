"""The one table of formats, and the way from sources to results."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from git_pbm.core.evaluations.importers.botmatch import is_botmatch_json, read_botmatch_json
from git_pbm.core.evaluations.importers.fastchess import is_fastchess_json, read_fastchess_json
from git_pbm.core.evaluations.importers.gatekeeper import is_gatekeeper_log, read_gatekeeper_log
from git_pbm.core.evaluations.importers.pgn import is_pgn, read_pgn
from git_pbm.core.evaluations.importers.refused import refuse_known
from git_pbm.core.evaluations.importers.results import Counts, Game, Games, ImportProblem, Request, Results, Source
from git_pbm.core.evaluations.importers.rows import is_csv, is_json_lines, read_csv, read_json_lines
from git_pbm.core.evaluations.importers.sgf import is_sgf, read_sgf
from git_pbm.core.evaluations.importers.units import by_seat_of, outcomes_of, scores_of


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, whether bytes are of it, and what reads it.

    A file that ``grows`` has one game after the other: what is appended to it are further games. One that
    ``needs_seat`` does not say which seat the model had.
    """

    name: str
    recognises: Callable[[bytes], bool]
    read: Callable[[Source, Request], Games | Counts]
    grows: bool = True
    needs_seat: bool = False


FORMATS = (
    Format("pgn", is_pgn, read_pgn),
    Format("sgfs", is_sgf, read_sgf),
    Format("fastchess-json", is_fastchess_json, read_fastchess_json, grows=False),
    Format("botmatch-json", is_botmatch_json, read_botmatch_json, grows=False, needs_seat=True),
    Format("jsonl", is_json_lines, read_json_lines),
    Format("csv", is_csv, read_csv),
    Format("gatekeeper-log", is_gatekeeper_log, read_gatekeeper_log),
)
NAMES = tuple(one.name for one in FORMATS)
SEATLESS = tuple(one.name for one in FORMATS if one.needs_seat)
CUMULATIVE = ("fastchess-json",)
"""Formats that state the sum of all games so far, and say it anew when more are played."""


def import_results(sources: Sequence[Source], request: Request) -> Results:
    """Return what the sources of one match add up to. Raises :class:`ImportProblem`."""
    found = _format_of(sources, request)
    for source in sources:
        _refuse_use(source, found)
    read = [found.read(source, request) for source in sources]
    cut_short = request.cut_short or any(each.is_cut_short for each in read)
    counts = [each for each in read if isinstance(each, Counts)]
    if counts:
        return _of_counts(found, sources[0], request, counts, cut_short=cut_short)
    games = [each for each in read if isinstance(each, Games)]
    return _of_games(found, sources[0], request, games, cut_short=cut_short)


def _of_games(found: Format, source: Source, request: Request, read: Sequence[Games], *, cut_short: bool) -> Results:
    games = [game for each in read for game in each.games]
    by_seat = by_seat_of(games)
    _refuse_games(source, games, len(by_seat or ()), request)
    scores, left_over = scores_of(games, request.seats)
    return Results(
        source=found.name,
        outcomes=outcomes_of(games),
        by_seat=by_seat,
        scores=scores,
        left_over=left_over,
        faults=sum(game.is_fault for game in games) + sum(each.failed for each in read),
        cut_short=cut_short,
        seeds=_seeds(games),
        started=min(filter(None, (each.started for each in read)), default=None),
        ended=max(filter(None, (each.ended for each in read)), default=None),
    )


def _of_counts(found: Format, source: Source, request: Request, read: Sequence[Counts], *, cut_short: bool) -> Results:
    """Add up sums; those of pairs and those of single games have no common unit."""
    if request.seats != 2:
        raise _other_seats(source, 2, request)
    outcomes, scores = read[0].outcomes, read[0].scores
    for each in read[1:]:
        if each.scores.unit != scores.unit:
            raise ImportProblem(
                f"{source.name} and another: one has pairs, and one single games", "import them one after the other"
            )
        outcomes, scores = outcomes.plus(each.outcomes), scores.plus(each.scores)
    if not outcomes.games:
        raise _empty(source)
    return Results(
        source=found.name,
        outcomes=outcomes,
        by_seat=None,
        scores=scores,
        left_over=sum(each.left_over for each in read),
        faults=0,
        cut_short=cut_short,
        seeds=None,
        started=None,
        ended=None,
    )


def _refuse_use(source: Source, found: Format) -> None:
    """Raise for what a person says of a source that does not fit its format."""
    if source.seat is not None and not found.needs_seat:
        raise ImportProblem(f"{source.name}: --seat is for a format that does not say it", "leave out --seat")
    if source.skip and not found.grows:
        raise ImportProblem(
            f"{source.name}: its beginning is a source of another evaluation", "import the file of this match"
        )


def _refuse_games(source: Source, games: Sequence[Game], seats: int, request: Request) -> None:
    if not games:
        raise _empty(source)
    if seats > request.seats:
        raise _other_seats(source, seats, request)


def _other_seats(source: Source, seats: int, request: Request) -> ImportProblem:
    return ImportProblem(
        f"{source.name}: games in {seats} seats, and the arena has {request.seats}",
        "name the arena: --arena NAME; its seats are in .pbm.toml",
    )


def _empty(source: Source) -> ImportProblem:
    return ImportProblem(f"{source.name}: no game in it", "name the file that has the results")


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
        refuse_known(source)
        raise ImportProblem(f"{source.name}: none of the formats {', '.join(NAMES)}", "name one: --from-format NAME")
    return found


def _seeds(games: Sequence[Game]) -> tuple[int, int] | None:
    seeds = [game.seed for game in games if game.seed is not None]
    return (min(seeds), max(seeds)) if len(seeds) == len(games) else None
