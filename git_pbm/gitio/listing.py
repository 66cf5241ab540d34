"""Entries as git lists them, read and written."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from git_pbm.core.names import GITATTRIBUTES_PATH
from git_pbm.core.registry.snapshot import Entry, EntryKind, FileEntry, LinkEntry, OtherEntry

_FILE, _EXECUTABLE, _LINK, _GITLINK = "100644", "100755", "120000", "160000"
_ABSENT = "000000"


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row of ``git diff-tree --raw`` and its like: what was at a path before, and what is now; None for nothing."""

    path: str
    before: Entry | None
    entry: Entry | None


def raw_row(meta: str, path: str) -> RawRow:
    """Return a row from what is before its path (``:100644 100755 <id> <id> M``) and the path."""
    old, mode, old_id, object_id, status = meta.removeprefix(":").split(" ")
    before = None if old == _ABSENT else entry_of(old, old_id)
    if status == "U":
        return RawRow(path, before, entry_of(_FILE, object_id, "1"))
    return RawRow(path, before, None if mode == _ABSENT else entry_of(mode, object_id))


def raw_rows(listing: bytes) -> Iterator[RawRow]:
    """Yield the rows of ``--raw -z`` without renames."""
    fields = iter(os.fsdecode(listing).split("\0"))
    for meta, path in zip(fields, fields, strict=False):
        yield raw_row(meta, path)


def entries_of(listing: bytes) -> dict[str, Entry]:
    """The entries of ``git ls-files --stage -z``, by path; of ``current`` only the link's blob is known."""
    entries: dict[str, Entry] = {}
    for meta, path in _rows(listing):
        mode, object_id, stage = meta.split(" ")
        plain = mode == _FILE and stage == "0"  # nearly all are, and there may be tens of thousands
        entries[path] = FileEntry(False, object_id) if plain else entry_of(mode, object_id, stage)
    return entries


def listing_of(entries: Mapping[str, Entry]) -> bytes | None:
    """What ``git ls-files --stage -z`` lists of entries like these; None where git does not know some bytes."""
    lines = []
    for path, entry in entries.items():
        if not entry.object_id or isinstance(entry, OtherEntry):
            return None
        mode = _LINK if isinstance(entry, LinkEntry) else _EXECUTABLE if entry.executable else _FILE
        lines.append((os.fsencode(path), f"{mode} {entry.object_id} 0\t".encode()))
    return b"".join(meta + path + b"\0" for path, meta in sorted(lines))


def with_attributes(entries: Mapping[str, Entry], attributes_file: Entry | None) -> dict[str, Entry]:
    """The entries of a registry, and that of ``.gitattributes`` where there is one."""
    return {**entries, **({GITATTRIBUTES_PATH: attributes_file} if attributes_file is not None else {})}


def entry_of(mode: str, object_id: str, stage: str = "0") -> Entry:
    """An entry as git lists it: mode in octal digits, object id, and the stage in an index."""
    if stage != "0":
        return OtherEntry(EntryKind.CONFLICT, object_id)
    if mode == _LINK:
        return LinkEntry(None, object_id)
    if mode == _GITLINK:
        return OtherEntry(EntryKind.SUBMODULE, object_id)
    return FileEntry(mode == _EXECUTABLE, object_id)


def tree_entries_of(listing: bytes) -> dict[str, Entry]:
    """The entries of ``git ls-tree -r -z``, by path; of links only the blob is known."""
    entries: dict[str, Entry] = {}
    for meta, path in _rows(listing):
        mode, _kind, object_id = meta.split(" ")
        entries[path] = entry_of(mode, object_id)
    return entries


def _rows(listing: bytes) -> Iterator[tuple[str, str]]:
    for row in filter(None, os.fsdecode(listing).split("\0")):
        meta, _, path = row.partition("\t")
        yield meta, path
