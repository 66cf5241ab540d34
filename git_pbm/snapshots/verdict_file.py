"""The file of the verdict cache: one line a digest, ``<digest> <models> <crc32>``; a torn line is not believed."""

from __future__ import annotations

import os
import zlib
from contextlib import suppress
from functools import cached_property

from git_pbm.fs.small_files import read_small

LIMIT = 256
"""Digests that are remembered; the older half is forgotten then."""


class VerdictFile:
    """Digests and the number of models that each stands for, in a file that several processes append to."""

    def __init__(self, path: str) -> None:
        self._path = path

    @cached_property
    def known(self) -> dict[bytes, int]:
        """What is remembered, by digest."""
        known: dict[bytes, int] = {}
        for line in (read_small(self._path, LIMIT << 8) or b"").split(b"\n"):
            said, _, checksum = line.rpartition(b" ")
            if checksum == b"%08x" % zlib.crc32(said):
                key, _, models = said.partition(b" ")
                known[key] = int(models)
        return known

    def add(self, keys: list[bytes], models: int) -> None:
        """Append; a read-only or full disk only costs the memory of it, here and below."""
        fresh = [key for key in keys if self.known.get(key) != models]
        self.known.update(dict.fromkeys(fresh, models))
        if not fresh:
            return
        if len(self.known) > LIMIT:
            write_whole(self._path, b"".join(_line(*known) for known in list(self.known.items())[-LIMIT // 2 :]))
        else:
            self._append(b"".join(_line(key, models) for key in fresh))

    def _append(self, lines: bytes) -> None:
        with suppress(OSError):
            os.makedirs(os.path.dirname(self._path), exist_ok=True)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o666)
            try:
                os.write(descriptor, lines)
            finally:
                os.close(descriptor)


def write_whole(path: str, content: bytes) -> None:
    """Replace a file of the cache, or leave it as it is where the disk does not take it."""
    temporary = f"{path}.new"  # one that is torn by two writers is not believed
    try:
        with open(temporary, "wb") as file:
            file.write(content)
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            os.unlink(temporary)


def _line(key: bytes, models: int) -> bytes:
    said = b"%b %d" % (key, models)
    return b"%b %08x\n" % (said, zlib.crc32(said))
