"""One read-only state of a registry, whatever holds it: the port through which every rule looks."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Protocol

from git_pbm.core.names import Role, role_of
from git_pbm.core.registry.facts import Facts, Unavailable, gather, validated

ATTRIBUTES = ("text", "eol", "crlf", "ident", "filter", "working-tree-encoding")
"""The git attributes that decide whether bytes are converted; asked for by :meth:`Snapshot.attributes`."""


@dataclass(frozen=True, slots=True)
class FileEntry:
    """A regular file. ``object_id`` is its git blob id, or empty where git does not know the bytes."""

    executable: bool = False
    object_id: str = ""


@dataclass(frozen=True, slots=True)
class LinkEntry:
    """A symbolic link. ``target`` is None where it was not read or is not here (then ``object_id`` names it)."""

    target: str | None
    object_id: str = ""


class EntryKind(StrEnum):
    """What an entry is that is neither a file nor a link; the value names it in messages, with its article."""

    CONFLICT = "an unresolved merge conflict"
    SUBMODULE = "a submodule"
    FIFO = "a FIFO"
    SOCKET = "a socket"
    DEVICE = "a device"
    DEEP_FOLDER = "a folder of too long a path"
    UNKNOWN = "no regular file"


@dataclass(frozen=True, slots=True)
class OtherEntry:
    """Anything else."""

    kind: EntryKind
    object_id: str = ""


Entry = FileEntry | LinkEntry | OtherEntry


class Snapshot(Protocol):
    """What rules may know: the entries at the registry's paths, facts about their bytes, git's attributes."""

    @property
    def label(self) -> str:
        """What this is, for people: ``the staged tree``."""
        ...

    @property
    def entries(self) -> Mapping[str, Entry]:
        """Every entry at or below the registry's own paths, by path relative to the root."""
        ...

    def facts(self, path: str) -> Facts | Unavailable:
        """The facts about the file entry at ``path``. Raises ``KeyError`` where there is none."""
        ...

    def attributes(self, paths: Collection[str]) -> Mapping[str, Mapping[str, str]] | Unavailable:
        """For each path the :data:`ATTRIBUTES` that are specified: ``{"text": "unset", "filter": "lfs"}``.

        ``Unavailable`` where this clone lacks the file that specifies them.
        """
        ...


BINARY: Mapping[str, str] = {"text": "unset"}


@dataclass(frozen=True)
class MemorySnapshot:
    """A registry held in memory: ``files`` maps paths to bytes, ``links`` to targets, ``others`` to kinds."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    others: Mapping[str, EntryKind] = field(default_factory=dict)
    executables: frozenset[str] = frozenset()
    missing: frozenset[str] = frozenset()
    given_attributes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    default_attributes: Mapping[str, str] = field(default_factory=lambda: BINARY)
    label: str = "memory"
    _facts: dict[str, Facts] = field(default_factory=dict, repr=False, compare=False)

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """See :class:`Snapshot`."""
        entries: dict[str, Entry] = {path: FileEntry(path in self.executables) for path in (*self.files, *self.missing)}
        entries.update({path: LinkEntry(target) for path, target in self.links.items()})
        entries.update({path: OtherEntry(kind) for path, kind in self.others.items()})
        return dict(sorted(entries.items()))

    def facts(self, path: str) -> Facts | Unavailable:
        """See :class:`Snapshot`."""
        if path in self.missing:
            return Unavailable(f"object of {path}", path)
        if path not in self._facts:
            role = role_of(path)
            self._facts[path] = validated(gather(role, [self.files[path]]), role)
        return self._facts[path]

    def attributes(self, paths: Collection[str]) -> Mapping[str, Mapping[str, str]]:
        """See :class:`Snapshot`."""
        return {path: self.given_attributes.get(path, self.default_attributes) for path in paths}


@dataclass(frozen=True, slots=True)
class Placed:
    """What an overlay puts at a path: the entry, and for a file its facts."""

    entry: Entry
    facts: Facts | None = None


@dataclass(frozen=True)
class OverlaySnapshot:
    """A base with some paths replaced (``Placed``) or taken away (None): the registry that a plan would make."""

    base: Snapshot
    changes: Mapping[str, Placed | None]
    network_attributes: Mapping[str, str] = field(default_factory=dict)
    """What a changed ``.gitattributes`` says about networks; laid over the base's attributes."""

    @property
    def label(self) -> str:
        """See :class:`Snapshot`."""
        return f"{self.base.label} with the change"

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """See :class:`Snapshot`."""
        entries = dict(self.base.entries)
        for path, placed in self.changes.items():
            if placed is None:
                entries.pop(path, None)
            else:
                entries[path] = placed.entry
        return entries

    def facts(self, path: str) -> Facts | Unavailable:
        """See :class:`Snapshot`."""
        if path in self.changes:
            placed = self.changes[path]
            if placed is None or placed.facts is None:
                raise KeyError(path)
            return placed.facts
        return self.base.facts(path)

    def attributes(self, paths: Collection[str]) -> Mapping[str, Mapping[str, str]] | Unavailable:
        """See :class:`Snapshot`."""
        found = self.base.attributes(paths)
        if not self.network_attributes or isinstance(found, Unavailable):
            return found
        return {
            path: {**known, **self.network_attributes} if role_of(path) is Role.NETWORK else known
            for path, known in found.items()
        }
