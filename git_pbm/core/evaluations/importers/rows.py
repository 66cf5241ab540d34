"""Tables of games: CSV and JSON Lines, one row a game, with the model's score in it."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial

from git_pbm.core.documents.strict_json import DocumentProblem, read_json
from git_pbm.core.evaluations.importers.results import Game, Games, ImportProblem, Request, Source

COLUMNS = ("seat", "score", "unit", "seed")
_HEADER = re.compile(rb"[\"a-z]*(?:score|seat|unit|seed)[\"a-z]*(?:,[\"a-z]+)*\r?\n")
_SCORE = re.compile(r"0|1|[01]?\.[0-9]{1,18}")
_LINE_LIMIT = 1 << 16
_COLUMNS = f"the columns are {', '.join(COLUMNS)}; only score is needed"


def is_csv(data: bytes) -> bool:
    """Whether bytes begin with the header line of a table of games."""
    return _HEADER.match(data) is not None


def is_json_lines(data: bytes) -> bool:
    """Whether bytes begin with a JSON object that has a score, on a line of its own."""
    first, newline, _ = data[:_LINE_LIMIT].lstrip().partition(b"\n")
    return newline == b"\n" and first.startswith(b"{") and b'"score"' in first


def read_csv(source: Source, request: Request) -> Games:
    """Read a table. Raises :class:`ImportProblem`."""
    del request
    header, _, _ = source.data.partition(b"\n")
    names = next(csv.reader([_text(header)]), [])
    if len(set(names)) < len(names):
        raise _problem(source, 1, "a column is there twice")
    body = source.data[max(source.skip, len(header) + 1) :]
    first = source.data[: len(source.data) - len(body)].count(b"\n") + 1
    try:
        return Games(games=tuple(_games(source, names, csv.reader(_lines(body)), first)))
    except csv.Error as error:
        raise ImportProblem(f"{source.name}: {error}", _COLUMNS) from error


def _games(source: Source, names: Sequence[str], rows: Iterator[list[str]], first: int) -> Iterator[Game]:
    for number, row in enumerate(rows, first):
        if not row:
            continue
        if len(row) != len(names):
            raise _problem(source, number, f"{len(row)} fields under {len(names)} columns")
        yield _game(dict(zip(names, row, strict=True)), partial(_problem, source, number))


def read_json_lines(source: Source, request: Request) -> Games:
    """Read lines. Raises :class:`ImportProblem`."""
    del request
    games = []
    first = source.data[: source.skip].count(b"\n") + 1
    for number, line in enumerate(source.data[source.skip :].split(b"\n"), first):
        if not line.strip():
            continue
        try:
            row = read_json(line, _LINE_LIMIT)
        except DocumentProblem as problem:
            raise _problem(source, number, str(problem)) from None
        if not isinstance(row, dict):
            raise _problem(source, number, "not an object")
        texts = {name: _as_text(value) for name, value in row.items() if value is not None}
        games.append(_game(texts, partial(_problem, source, number)))
    return Games(games=tuple(games))


def _game(row: Mapping[str, str], problem: Callable[[str], ImportProblem]) -> Game:
    unknown = sorted(set(row) - set(COLUMNS))
    if unknown:
        raise problem(f"unknown column {unknown[0]}")
    score, seed = row.get("score", ""), row.get("seed", "")
    if _SCORE.fullmatch(score) is None or Fraction(score) > 1:
        raise problem(f"the score {score or 'is absent'} is not a number from 0 to 1")
    if seed and re.fullmatch(r"[0-9]{1,15}", seed) is None:
        raise problem(f"the seed {seed} is not a whole number")
    group = row.get("unit") or seed or None
    return Game(score=Fraction(score), seat=row.get("seat") or None, group=group, seed=int(seed) if seed else None)


def _as_text(value: object) -> str:
    """A field as a table would have it; a float in its shortest decimal form."""
    return repr(value) if isinstance(value, float) else str(value)


def _problem(source: Source, line: int, why: str) -> ImportProblem:
    return ImportProblem(f"{source.name}, line {line}: {why}", _COLUMNS)


def _lines(data: bytes) -> list[str]:
    """The lines of a table; only line feeds end one."""
    return [f"{line}\n" for line in _text(data).split("\n")]


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")
