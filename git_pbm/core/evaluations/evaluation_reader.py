"""Bytes of the ledger to values; what is not canonical, or is not of the schema's types, is refused with its field."""

from __future__ import annotations

import re
from collections.abc import Mapping

from git_pbm.core.documents.dates import is_calendar_day
from git_pbm.core.documents.strict_json import JsonValue, read_json
from git_pbm.core.evaluations.evaluation import (
    VERSION,
    ConfigValue,
    Engine,
    EvaluatedModel,
    Evaluation,
    Loaded,
    LogFile,
    NamedOpponent,
    Outcomes,
    Retraction,
)
from git_pbm.core.evaluations.fields import (
    GAMES_LIMIT,
    INTEGER_LIMIT,
    EvaluationProblem,
    boolean_of,
    check_constant,
    integer_of,
    integers_of,
    list_of,
    object_of,
    optional_of,
    text_of,
)
from git_pbm.core.evaluations.scores import MILLION, Scores
from git_pbm.core.names import is_hash, is_id, tag_problem
from git_pbm.core.registry.ledger import LEDGER_FILE_LIMIT

SEATS_LIMIT = 1000
HOW = ("label", "log", "in-memory")

MATCH_FIELDS = (
    *("version", "kind", "arena", "model", "opponent", "seats", "seats_of_model", "games", "outcomes", "unit"),
    *("scores", "left_over", "faults", "cut_short", "logs", "source", "started", "ended"),
)
OPTIONAL_FIELDS = ("by_seat", "engine", "config", "seeds", "loaded", "notes")
RETRACTION_FIELDS = ("version", "kind", "model", "retracts", "reason", "date")

_ARENA = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_NAME = re.compile(r"[0-9a-f]{16}")
_COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_SOURCE = re.compile(r"[a-z][a-z0-9-]{0,31}")
_TIME = re.compile(r"T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z")


def read_document(data: bytes) -> Evaluation | Retraction:
    """Return the document that these bytes hold.

    Raises :class:`DocumentProblem` where they are not strict JSON, else :class:`EvaluationProblem`.
    """
    return document_of(read_json(data, LEDGER_FILE_LIMIT))


def document_of(value: JsonValue) -> Evaluation | Retraction:
    """Return the document of a JSON value. Raises :class:`EvaluationProblem`."""
    kind = value.get("kind") if isinstance(value, dict) else None
    if kind == "retraction":
        return _retraction(object_of(value, "the document", RETRACTION_FIELDS))
    if kind == "match":
        return _match(object_of(value, "the document", MATCH_FIELDS, OPTIONAL_FIELDS))
    raise EvaluationProblem("`kind` is neither match nor retraction")


def is_arena_name(text: str) -> bool:
    """Whether an arena may have this name."""
    return _ARENA.fullmatch(text) is not None


def _match(fields: Mapping[str, JsonValue]) -> Evaluation:
    check_constant(fields, "version", VERSION)
    check_constant(fields, "seats_of_model", 1)
    seats = integer_of(fields["seats"], "seats", 2, SEATS_LIMIT)
    return Evaluation(
        arena=text_of(fields["arena"], "arena", is_arena_name),
        model=_model(fields["model"], "model"),
        opponent=_opponent(fields["opponent"]),
        games=integer_of(fields["games"], "games", 1, GAMES_LIMIT),
        outcomes=_outcomes(fields["outcomes"]),
        scores=Scores(seats=seats, unit=integer_of(fields["unit"], "unit", 1, seats), counts=_counts(fields["scores"])),
        left_over=integer_of(fields["left_over"], "left_over", 0, GAMES_LIMIT),
        faults=integer_of(fields["faults"], "faults", 0, GAMES_LIMIT),
        cut_short=boolean_of(fields["cut_short"], "cut_short"),
        logs=tuple(_log(log, f"logs[{n}]") for n, log in enumerate(list_of(fields["logs"], "logs"))),
        source=text_of(fields["source"], "source", lambda text: _SOURCE.fullmatch(text) is not None),
        started=text_of(fields["started"], "started", is_time),
        ended=text_of(fields["ended"], "ended", is_time),
        by_seat=optional_of(fields, "by_seat", _by_seat),
        engine=optional_of(fields, "engine", _engine),
        config=optional_of(fields, "config", config_of),
        seeds=optional_of(fields, "seeds", _seeds),
        loaded=optional_of(fields, "loaded", _loaded),
        notes=optional_of(fields, "notes", lambda notes: text_of(notes, "notes", lambda text: text != "")),
    )


def _retraction(fields: Mapping[str, JsonValue]) -> Retraction:
    check_constant(fields, "version", VERSION)
    names = [
        text_of(name, f"retracts[{n}]", lambda text: _NAME.fullmatch(text) is not None)
        for n, name in enumerate(list_of(fields["retracts"], "retracts"))
    ]
    if not names or names != sorted(set(names)):
        raise EvaluationProblem("`retracts` is not a sorted list of different names")
    return Retraction(
        model=_model(fields["model"], "model"),
        retracts=tuple(names),
        reason=text_of(fields["reason"], "reason", lambda text: text.strip() != ""),
        date=text_of(fields["date"], "date", is_calendar_day),
    )


def is_time(text: str) -> bool:
    """Whether a text is a time of a calendar day: ``YYYY-MM-DDTHH:MM:SSZ``."""
    return is_calendar_day(text[:10]) and _TIME.fullmatch(text[10:]) is not None


def is_line(text: str) -> bool:
    """Whether a text is one line of 1 to 200 printable characters."""
    return 0 < len(text) <= 200 and text.isprintable()


def config_of(value: object) -> dict[str, ConfigValue]:
    """Return the configuration of an arena. Raises :class:`EvaluationProblem`."""
    if not isinstance(value, dict):
        raise EvaluationProblem("`config` is not an object")
    for key, item in value.items():
        if not is_line(key):
            raise EvaluationProblem("a key of `config` is not one line")
        if not isinstance(item, bool | int | str):
            raise EvaluationProblem(f"`config.{key}` is neither an integer, nor a text, nor true or false")
        if isinstance(item, str) and not is_line(item):
            raise EvaluationProblem(f"`config.{key}` is not one line")
        if isinstance(item, int) and abs(item) > INTEGER_LIMIT:
            raise EvaluationProblem(f"`config.{key}` is beyond 2^53")
    return value


def _model(value: JsonValue, where: str) -> EvaluatedModel:
    fields = object_of(value, where, ("id", "tag", "networks"))
    return EvaluatedModel(
        text_of(fields["id"], f"{where}.id", is_id),
        text_of(fields["tag"], f"{where}.tag", lambda text: tag_problem(text) is None),
        text_of(fields["networks"], f"{where}.networks", is_hash),
    )


def _opponent(value: JsonValue) -> EvaluatedModel | NamedOpponent:
    if isinstance(value, dict) and "id" in value:
        return _model(value, "opponent")
    fields = object_of(value, "opponent", ("name", "version"))
    return NamedOpponent(*(text_of(fields[name], f"opponent.{name}", is_line) for name in ("name", "version")))


def _outcomes(value: JsonValue) -> Outcomes:
    fields = object_of(value, "outcomes", ("win", "draw", "loss"))
    return Outcomes(*(integer_of(fields[n], f"outcomes.{n}", 0, GAMES_LIMIT) for n in ("win", "draw", "loss")))


def _by_seat(value: JsonValue) -> dict[str, Outcomes]:
    if not isinstance(value, dict) or not value:
        raise EvaluationProblem("`by_seat` is not an object with seats")
    if not all(map(is_line, value)):
        raise EvaluationProblem("a seat in `by_seat` is not one line")
    return {seat: Outcomes(*integers_of(row, f"by_seat.{seat}", 3, 0)) for seat, row in value.items()}


def _counts(value: JsonValue) -> dict[int, int]:
    rows = [integers_of(row, f"scores[{n}]", 2, 0) for n, row in enumerate(list_of(value, "scores"))]
    scores = [score for score, _ in rows]
    if scores != sorted(set(scores)) or not all(score <= MILLION and count for score, count in rows):
        raise EvaluationProblem("`scores` is not in ascending order of 0 to 1,000,000 with counts of 1 or more")
    return dict(zip(scores, (count for _, count in rows), strict=True))


def _engine(value: JsonValue) -> Engine:
    fields = object_of(value, "engine", ("name", "commit", "clean"))
    return Engine(
        text_of(fields["name"], "engine.name", is_line),
        text_of(fields["commit"], "engine.commit", lambda text: _COMMIT.fullmatch(text) is not None),
        boolean_of(fields["clean"], "engine.clean"),
    )


def _seeds(value: JsonValue) -> tuple[int, int]:
    first, last = integers_of(value, "seeds", 2, -INTEGER_LIMIT)
    return first, last


def _loaded(value: JsonValue) -> Loaded:
    fields = object_of(value, "loaded", ("policy", "how"), ("value",))
    return Loaded(
        text_of(fields["policy"], "loaded.policy", is_hash),
        text_of(fields["value"], "loaded.value", is_hash) if "value" in fields else None,
        text_of(fields["how"], "loaded.how", lambda text: text in HOW),
    )


def _log(value: JsonValue, where: str) -> LogFile:
    fields = object_of(value, where, ("name", "sha256", "size"))
    return LogFile(
        text_of(fields["name"], f"{where}.name", is_line),
        text_of(fields["sha256"], f"{where}.sha256", is_hash),
        integer_of(fields["size"], f"{where}.size", 0, INTEGER_LIMIT),
    )
