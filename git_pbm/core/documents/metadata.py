"""``metadata.json`` and ``registry.json`` as values: read tolerantly, written canonically; schemas judge them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from git_pbm.core.documents.strict_json import JsonValue, text_of

METADATA_LIMIT = 1 << 20

METADATA_FIELDS = (
    "hash",
    "created",
    "training",
    "tag",
    "params",
    "parent",
    "round",
    "iteration",
    "best_epoch",
    "best_loss",
    "entropy",
    "kl",
    "supervised_mix",
    "notes",
    "files",
)
"""The order in which they are written; a person's own fields follow."""

METRICS = ("best_epoch", "best_loss", "entropy", "kl", "supervised_mix")


@dataclass(frozen=True, slots=True)
class FileRecord:
    """What metadata says about one ONNX file: its SHA-256 and its size in bytes."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Metadata:
    """One ``metadata.json``. A required field that is missing or of a wrong type reads as ``""``."""

    hash: str
    created: str
    training: str
    tag: str
    params: str
    parent: str | None = None
    round: int | None = None
    iteration: int | None = None
    best_epoch: int | None = None
    best_loss: float | None = None
    entropy: float | None = None
    kl: float | None = None
    supervised_mix: float | None = None
    notes: str | None = None
    files: Mapping[str, FileRecord] | None = None
    extra: Mapping[str, JsonValue] = field(default_factory=dict)

    @classmethod
    def from_json(cls, value: JsonValue) -> Metadata | None:
        """Metadata of a JSON object, None for any other value."""
        if not isinstance(value, dict):
            return None
        return cls(
            hash=_text(value.get("hash")) or "",
            created=_text(value.get("created")) or "",
            training=_text(value.get("training")) or "",
            tag=_text(value.get("tag")) or "",
            params=_text(value.get("params")) or "",
            parent=_text(value.get("parent")),
            round=_integer(value.get("round")),
            iteration=_integer(value.get("iteration")),
            best_epoch=_integer(value.get("best_epoch")),
            best_loss=_number(value.get("best_loss")),
            entropy=_number(value.get("entropy")),
            kl=_number(value.get("kl")),
            supervised_mix=_number(value.get("supervised_mix")),
            notes=_text(value.get("notes")),
            files=_files(value.get("files")),
            extra={key: item for key, item in value.items() if key not in METADATA_FIELDS},
        )

    def to_json(self) -> dict[str, JsonValue]:
        """The JSON object, in the order of :data:`METADATA_FIELDS`, absent fields left out."""
        files: dict[str, JsonValue] | None = None
        if self.files is not None:
            files = {name: {"sha256": r.sha256, "size": r.size} for name, r in self.files.items()}
        values: dict[str, JsonValue] = {
            "hash": self.hash,
            "created": self.created,
            "training": self.training,
            "tag": self.tag,
            "params": self.params,
            "parent": self.parent,
            "round": self.round,
            "iteration": self.iteration,
            "best_epoch": self.best_epoch,
            "best_loss": self.best_loss,
            "entropy": self.entropy,
            "kl": self.kl,
            "supervised_mix": self.supervised_mix,
            "notes": self.notes,
            "files": files,
        }
        return {**{name: value for name, value in values.items() if value is not None}, **self.extra}

    def text(self) -> str:
        """The canonical text of the file."""
        return text_of(self.to_json())


def in_order(document: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """A document of metadata in the order of :data:`METADATA_FIELDS`; a person's own fields come last."""
    known = {name: document[name] for name in METADATA_FIELDS if name in document}
    return known | {name: value for name, value in document.items() if name not in known}


def _text(value: JsonValue) -> str | None:
    return value if isinstance(value, str) else None


def _integer(value: JsonValue) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _number(value: JsonValue) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _files(value: JsonValue) -> dict[str, FileRecord] | None:
    if not isinstance(value, dict):
        return None
    records = {}
    for name, item in value.items():
        if isinstance(item, dict):
            size = _integer(item.get("size"))
            records[name] = FileRecord(_text(item.get("sha256")) or "", -1 if size is None else size)
    return records
