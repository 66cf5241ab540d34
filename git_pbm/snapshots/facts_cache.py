"""Facts remembered between runs, by git blob id, in the repository's own git folder; deleting them is harmless."""

from __future__ import annotations

import json
import os
import zlib
from contextlib import suppress
from dataclasses import replace

from git_pbm.core.names import Role
from git_pbm.core.registry.facts import FACTS_VERSION, Facts, facts_from_json, facts_to_json
from git_pbm.gitio.repository import Repository

LIMIT = 64 << 20
"""Bytes of remembered facts after which the older half is forgotten."""

REMEMBERED = (Role.NETWORK, Role.METADATA, Role.REGISTRY)
"""The roles whose facts cost something to find out."""

_HEADER = f"git-pbm facts {FACTS_VERSION}\n".encode()


class FactsCache:
    """A file of one record a line: ``<crc32> <role> <blob id> <json>``; a line that does not check is ignored.

    Writers append whole lines with one ``write`` each, so that concurrent ones cannot tear a record that
    is then believed: the checksum covers role, blob id and facts.
    """

    def __init__(self, repository: Repository) -> None:
        self._path = os.path.join(repository.own_folder, "facts")
        self._lines: dict[bytes, bytes] | None = None
        self._fresh: list[bytes] = []

    def get(self, role: Role, object_id: str) -> Facts | None:
        """The facts about a blob, or None where none are remembered (or what is remembered is damaged)."""
        line = self._load().get(_key(role, object_id))
        if line is None:
            return None
        checksum, _, record = line.partition(b" ")
        if f"{zlib.crc32(record):08x}".encode() != checksum:
            return None
        try:
            value = json.loads(record.split(b" ", 2)[2])
            return facts_from_json(value) if isinstance(value, dict) else None
        except (ValueError, IndexError):
            return None

    def holds(self, role: Role, object_id: str) -> bool:
        """Whether facts about a blob are remembered, undamaged; without reading them."""
        checksum, _, record = self._load().get(_key(role, object_id), b"").partition(b" ")
        return f"{zlib.crc32(record):08x}".encode() == checksum

    def put(self, role: Role, object_id: str, facts: Facts) -> None:
        """Note facts; they reach the disk with :meth:`save`."""
        if role is Role.REGISTRY:
            # it changes with every model and is large: its blob is read each time, the schema's verdict is kept
            facts = replace(facts, document=None)
        text = json.dumps(facts_to_json(facts), ensure_ascii=True, separators=(",", ":"))
        record = _key(role, object_id) + b" " + text.encode()
        line = f"{zlib.crc32(record):08x} ".encode() + record
        self._load()[_key(role, object_id)] = line
        self._fresh.append(line)

    def save(self) -> None:
        """Append what is new. A read-only or full disk only costs the memory of it."""
        if not self._fresh:
            return
        try:
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            if _begins_rightly(self._path) and os.path.getsize(self._path) < LIMIT:
                self._append(b"".join(line + b"\n" for line in self._fresh))
            else:
                self._rewrite()
        except OSError:
            return
        self._fresh.clear()

    def _append(self, data: bytes) -> None:
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND)
        try:
            os.write(descriptor, data)
        finally:
            os.close(descriptor)

    def _rewrite(self) -> None:
        kept = list(self._load().values())
        while sum(map(len, kept)) > LIMIT // 2:
            kept = kept[len(kept) // 2 :]
        temporary = f"{self._path}.{os.getpid()}"
        try:
            with open(temporary, "wb") as file:
                file.write(_HEADER)
                file.writelines(line + b"\n" for line in kept)
            os.replace(temporary, self._path)
        except OSError:
            with suppress(OSError):
                os.unlink(temporary)
            raise

    def _load(self) -> dict[bytes, bytes]:
        if self._lines is None:
            self._lines = _read(self._path)
        return self._lines


def _read(path: str) -> dict[bytes, bytes]:
    try:
        with open(path, "rb") as file:
            data = file.read(2 * LIMIT)
    except OSError:
        return {}
    if not data.startswith(_HEADER):
        return {}
    lines = data[len(_HEADER) :].split(b"\n")
    del lines[-1]
    keyed: dict[bytes, bytes] = {}
    for line in lines:
        parts = line.split(b" ", 3)
        if len(parts) == 4:
            keyed[parts[1] + b" " + parts[2]] = line
    return keyed


def _begins_rightly(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return file.read(len(_HEADER)) == _HEADER
    except FileNotFoundError:
        return False


def _key(role: Role, object_id: str) -> bytes:
    return f"{role.value} {object_id}".encode()
