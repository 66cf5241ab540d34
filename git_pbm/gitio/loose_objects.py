"""git's blob of a file, written in the pass that copies the file: stored, not deflated; ``git add`` then finds it.

It never touches an index or a reference: git hashes the file itself, and believes in our object only where
its own id for the bytes is the object's name. Why: docs/decisions/004-how-bytes-reach-git.md.
"""

from __future__ import annotations

import hashlib
import os
import zlib
from collections.abc import Mapping, Sequence

from git_pbm.core.names import ID_DIGITS, model_path
from git_pbm.fs.atomic_files import remove_if_there, sync_folder
from git_pbm.gitio.attributes import check_attributes
from git_pbm.gitio.repository import Repository

_BLOCK = 0xFFFF
"""Bytes of the largest stored block (RFC 1951, 3.2.4)."""

_ZLIB_HEADER = b"\x78\x01"
"""Deflate with the largest window, no dictionary (RFC 1950); git itself writes the same at level 0."""

_KNOWN_EXTENSIONS = frozenset(
    ("extensions.objectformat", "extensions.partialclone", "extensions.worktreeconfig", "extensions.preciousobjects")
)
"""Extensions under which a loose object is what it always was (gitformat-loose, gitrepository-layout)."""


class BlobWriter:
    """One blob, piece by piece: git's id for it and, where ``path`` is given, the object in a file of its own.

    ``size`` (bytes) stands at the beginning of the object, so it must be known before.
    """

    def __init__(self, path: str | None, size: int, object_format: str) -> None:
        header = b"blob %d\0" % size
        self._digest = hashlib.new(object_format, header, usedforsecurity=False)
        self._checksum = zlib.adler32(header)
        self._missing = size
        self._path = path
        self._descriptor = -1
        if path is not None:
            self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o444)
            write_all(self._descriptor, [_ZLIB_HEADER, _block_header(len(header), last=False), header])

    def feed(self, piece: memoryview) -> None:
        """Take the next bytes."""
        self._digest.update(piece)
        self._missing -= len(piece)
        if self._path is None:
            return
        self._checksum = zlib.adler32(piece, self._checksum)
        parts: list[bytes | memoryview] = []
        for start in range(0, len(piece), _BLOCK):
            block = piece[start : start + _BLOCK]
            parts += (_block_header(len(block), last=False), block)
        write_all(self._descriptor, parts)

    def finish(self) -> str:
        """git's id, when the object is whole and durable; empty where another number of bytes came than was said."""
        if self._missing:
            if self._path is not None:
                os.unlink(self._path)
            return ""
        if self._path is not None:
            write_all(self._descriptor, [_block_header(0, last=True), self._checksum.to_bytes(4, "big")])
            os.fsync(self._descriptor)
        return self._digest.hexdigest()

    def __enter__(self) -> BlobWriter:
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor >= 0:
            os.close(self._descriptor)


def write_all(descriptor: int, parts: Sequence[bytes | memoryview]) -> None:
    """Write all the parts, however little the kernel takes at a time."""
    written = os.writev(descriptor, parts)
    for part in parts:
        rest = part[written:]
        written = max(0, written - len(part))
        while rest:
            rest = rest[os.write(descriptor, rest) :]


def _block_header(size: int, *, last: bool) -> bytes:
    return bytes((last,)) + size.to_bytes(2, "little") + (size ^ _BLOCK).to_bytes(2, "little")


def object_file(folder: str, name: str) -> str:
    """Where the object of a file that is taken in waits, in the staging folder."""
    return os.path.join(folder, f"{name}.object")


def takes_loose_blobs(repository: Repository, name: str) -> bool:
    """Whether a model's file of this name reaches the repository's own object store as it is.

    False wherever something is unusual: an object store elsewhere, shared permissions, an extension that is
    not known here, a filter. Then ``git add`` does all of it.
    """
    if os.environ.get("GIT_OBJECT_DIRECTORY") or repository.settings.get("core.sharedrepository"):
        return False
    extensions = {key for key in repository.settings if key.startswith("extensions.")}
    if not extensions <= _KNOWN_EXTENSIONS:
        return False
    path = f"{model_path('0' * ID_DIGITS)}/{name}"
    filters = any(key.startswith("filter.") for key in repository.settings)
    return not filters or is_stored_as_is(check_attributes(repository, [path], cached=False)[path])


def is_stored_as_is(attributes: Mapping[str, str]) -> bool:
    """Whether git attributes leave a file's bytes alone; a filter may hide anything."""
    return all(value == "unset" for value in attributes.values())


def bring_in(repository: Repository, path: str, object_id: str) -> None:
    """Rename a finished blob to its place among git's objects, durably; one that git has already stays.

    What cannot be renamed there (another file system) is left to ``git add``.
    """
    objects = os.path.join(repository.common_dir, "objects")
    folder = os.path.join(objects, object_id[:2])
    target = os.path.join(folder, object_id[2:])
    if os.path.lexists(target):
        remove_if_there(path)
        return
    made = not os.path.isdir(folder)
    try:
        if made:
            os.mkdir(folder)
        os.rename(path, target)
    except OSError:
        return
    for parent in (folder, objects) if made else (folder,):
        sync_folder(parent)
