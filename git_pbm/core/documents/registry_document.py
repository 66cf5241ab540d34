"""``registry.json`` as a value: read tolerantly, written canonically; its schema judges it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from git_pbm.core.documents.metadata import Metadata, _text
from git_pbm.core.documents.strict_json import JsonValue, text_of
from git_pbm.core.names import is_id

REGISTRY_LIMIT = 64 << 20
"""Bytes."""


ENTRY_FIELDS = ("tag", "date", "training", "parent")
"""The fields of an entry, in order; a person's own fields follow."""


@dataclass(frozen=True, slots=True)
class RegistryEntry:
    """What ``registry.json`` says about one model; ``date`` repeats metadata's ``created``."""

    tag: str
    date: str
    training: str
    parent: str | None = None
    extra: Mapping[str, JsonValue] = field(default_factory=dict)

    @classmethod
    def from_json(cls, value: Mapping[str, JsonValue]) -> RegistryEntry:
        """Read an entry tolerantly: a field of a wrong type is empty."""
        return cls(
            _text(value.get("tag")) or "",
            _text(value.get("date")) or "",
            _text(value.get("training")) or "",
            _text(value.get("parent")),
            {key: item for key, item in value.items() if key not in ENTRY_FIELDS},
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Return the JSON object, in the order in which it is written."""
        parent: dict[str, JsonValue] = {} if self.parent is None else {"parent": self.parent}
        return {"tag": self.tag, "date": self.date, "training": self.training, **parent, **self.extra}


@dataclass(frozen=True, slots=True)
class RegistryDocument:
    """``registry.json``; entries that are no objects, and keys that are no ids, are left out."""

    current: str | None
    models: Mapping[str, RegistryEntry]
    extra: Mapping[str, JsonValue] = field(default_factory=dict)

    @classmethod
    def from_json(cls, value: JsonValue) -> RegistryDocument | None:
        """The registry of a JSON object, None for any other value."""
        if not isinstance(value, dict):
            return None
        current, models = _text(value.get("current")), value.get("models")
        entries = models.items() if isinstance(models, dict) else ()
        return cls(
            current if current is not None and is_id(current) else None,
            {key: RegistryEntry.from_json(item) for key, item in entries if is_id(key) and isinstance(item, dict)},
            {key: item for key, item in value.items() if key not in ("current", "models")},
        )

    def to_json(self) -> dict[str, JsonValue]:
        """Return the JSON object, in the order in which it is written."""
        models: dict[str, JsonValue] = {key: self.models[key].to_json() for key in sorted(self.models)}
        return {"current": self.current, "models": models, **self.extra}

    def text(self) -> str:
        """The canonical text: ``current`` first, models sorted by id (measured to merge cleanly most often)."""
        return text_of(self.to_json())


def registry_entry_of(metadata: Metadata) -> RegistryEntry:
    """The entry that repeats a model's metadata."""
    return RegistryEntry(metadata.tag, metadata.created, metadata.training, metadata.parent)
