"""One file of the ledger as a value, its canonical text and its name; what it adds up to is judged elsewhere."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from git_pbm.core.documents.strict_json import JsonValue, text_of
from git_pbm.core.evaluations.scores import Scores
from git_pbm.core.names import EVALUATIONS_PATH

NAME_DIGITS = 16
VERSION = 1

ConfigValue: TypeAlias = "int | str | bool"


@dataclass(frozen=True, slots=True)
class EvaluatedModel:
    """A model as it played: ``networks`` is the SHA-256 of the lines that ``sha256sum *.onnx`` prints for it."""

    id: str
    tag: str
    networks: str

    @property
    def key(self) -> str:
        """What the ladder calls it."""
        return self.id

    @property
    def label(self) -> str:
        """What people call it."""
        return self.tag

    def to_json(self) -> dict[str, JsonValue]:
        """Return the JSON value, its fields in the canonical order."""
        return {"id": self.id, "tag": self.tag, "networks": self.networks}


@dataclass(frozen=True, slots=True)
class NamedOpponent:
    """An opponent that is not a model of the registry; two versions of a bot are two opponents."""

    name: str
    version: str

    @property
    def key(self) -> str:
        """What the ladder calls it."""
        return f"{self.name}@{self.version}"

    @property
    def label(self) -> str:
        """What people call it."""
        return self.key

    def to_json(self) -> dict[str, JsonValue]:
        """Return the JSON value, its fields in the canonical order."""
        return {"name": self.name, "version": self.version}


@dataclass(frozen=True, slots=True)
class Outcomes:
    """Games that the model won, drew and lost."""

    win: int
    draw: int
    loss: int

    @property
    def games(self) -> int:
        """The number of these games."""
        return self.win + self.draw + self.loss

    def plus(self, other: Outcomes) -> Outcomes:
        """Return the outcomes of both."""
        return Outcomes(self.win + other.win, self.draw + other.draw, self.loss + other.loss)

    def mirrored(self) -> Outcomes:
        """Return the outcomes for the other of two sides."""
        return Outcomes(self.loss, self.draw, self.win)

    def to_json(self) -> dict[str, JsonValue]:
        """Return the JSON value, its fields in the canonical order."""
        return {"win": self.win, "draw": self.draw, "loss": self.loss}


@dataclass(frozen=True, slots=True)
class Engine:
    """The program that played, and whether its checkout was clean."""

    name: str
    commit: str
    clean: bool

    def to_json(self) -> dict[str, JsonValue]:
        """Return the JSON value, its fields in the canonical order."""
        return {"name": self.name, "commit": self.commit, "clean": self.clean}


@dataclass(frozen=True, slots=True)
class Loaded:
    """Which networks the model's engine loaded, and how much is known: ``label``, ``log`` or ``in-memory``."""

    policy: str
    value: str | None
    how: str

    def to_json(self) -> dict[str, JsonValue]:
        """Return the JSON value, its fields in the canonical order."""
        value: dict[str, JsonValue] = {} if self.value is None else {"value": self.value}
        return {"policy": self.policy, **value, "how": self.how}


@dataclass(frozen=True, slots=True)
class LogFile:
    """A file that results were read from."""

    name: str
    sha256: str
    size: int

    def to_json(self) -> dict[str, JsonValue]:
        """Return the JSON value, its fields in the canonical order."""
        return {"name": self.name, "sha256": self.sha256, "size": self.size}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """The results of one match of a model, in one seat, against an opponent in the others."""

    arena: str
    model: EvaluatedModel
    opponent: EvaluatedModel | NamedOpponent
    games: int
    outcomes: Outcomes
    scores: Scores
    left_over: int
    faults: int
    cut_short: bool
    logs: tuple[LogFile, ...]
    source: str
    started: str
    ended: str
    by_seat: Mapping[str, Outcomes] | None = None
    engine: Engine | None = None
    config: Mapping[str, ConfigValue] | None = None
    seeds: tuple[int, int] | None = None
    loaded: Loaded | None = None
    notes: str | None = None

    @property
    def seats(self) -> int:
        """The seats of a game."""
        return self.scores.seats

    def to_json(self) -> dict[str, JsonValue]:
        """The JSON object in the order of the schema, absent fields left out."""
        by_seat: dict[str, JsonValue] | None = None
        if self.by_seat is not None:
            by_seat = {seat: [o.win, o.draw, o.loss] for seat, o in sorted(self.by_seat.items())}
        fields: dict[str, JsonValue] = {
            "version": VERSION,
            "kind": "match",
            "arena": self.arena,
            "model": self.model.to_json(),
            "opponent": self.opponent.to_json(),
            "seats": self.scores.seats,
            "seats_of_model": 1,
            "games": self.games,
            "outcomes": self.outcomes.to_json(),
            "by_seat": by_seat,
            "unit": self.scores.unit,
            "scores": [[score, self.scores.counts[score]] for score in sorted(self.scores.counts)],
            "left_over": self.left_over,
            "faults": self.faults,
            "cut_short": self.cut_short,
            "engine": None if self.engine is None else self.engine.to_json(),
            "config": None if self.config is None else dict(sorted(self.config.items())),
            "seeds": None if self.seeds is None else list(self.seeds),
            "loaded": None if self.loaded is None else self.loaded.to_json(),
            "logs": [log.to_json() for log in self.logs],
            "source": self.source,
            "started": self.started,
            "ended": self.ended,
            "notes": self.notes,
        }
        return {name: value for name, value in fields.items() if value is not None}

    def text(self) -> str:
        """The canonical text of the file."""
        return text_of(self.to_json(), ascii_only=True)

    @property
    def name(self) -> str:
        """The name of its file, without the suffix."""
        return name_of(self.text().encode("ascii"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Retraction:
    """What says that evaluations of a model do not count; the files themselves stay."""

    model: EvaluatedModel
    retracts: tuple[str, ...]
    reason: str
    date: str

    def to_json(self) -> dict[str, JsonValue]:
        """The JSON object in the order of the schema."""
        return {
            "version": VERSION,
            "kind": "retraction",
            "model": self.model.to_json(),
            "retracts": list(self.retracts),
            "reason": self.reason,
            "date": self.date,
        }

    def text(self) -> str:
        """The canonical text of the file."""
        return text_of(self.to_json(), ascii_only=True)

    @property
    def name(self) -> str:
        """The name of its file, without the suffix."""
        return name_of(self.text().encode("ascii"))


def name_of(data: bytes) -> str:
    """Return the name that a file with these bytes has: the first 16 digits of their SHA-256."""
    return hashlib.sha256(data).hexdigest()[:NAME_DIGITS]


def path_of(document: Evaluation | Retraction) -> str:
    """Return the path of a document from the top of the registry."""
    return f"{EVALUATIONS_PATH}/{document.model.id}/{document.name}.json"
