"""Git LFS pointers: strict text to digest; a pointer's oid is the SHA-256 of the content it stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

POINTER_LIMIT = 1024
"""Bytes; a pointer is shorter (git-lfs docs/spec.md: "Pointer files must be less than 1024 bytes")."""

_VERSION = b"version https://git-lfs.github.com/spec/v1\n"
_POINTER = re.compile(
    re.escape(_VERSION) + rb"((?:ext-[0-9]-[a-z0-9.-]+ sha256:[0-9a-f]{64}\n)*)"
    rb"oid sha256:([0-9a-f]{64})\n"
    rb"size (0|[1-9][0-9]{0,18})\n"
)
_EXTENSION = re.compile(rb"ext-([0-9])-[^ ]+ sha256:([0-9a-f]{64})\n")


@dataclass(frozen=True, slots=True)
class LfsPointer:
    """The SHA-256 of the content that a pointer stands for, and the size in bytes of what is stored for it.

    The two describe the same bytes unless an LFS extension changes the content on its way to the store;
    ``stored`` is the SHA-256 of what it made, by which the store names it.
    """

    sha256: str
    size: int
    stored: str = field(default="", compare=False)


def parse_pointer(data: bytes) -> LfsPointer | None:
    """The pointer that ``data`` is, byte for byte; None for anything else (CRLF, other order, trailing text).

    With extensions ``oid`` is the digest of what they made; the file's own is the input of the first one
    (git-lfs docs/extensions.md).
    """
    if len(data) >= POINTER_LIMIT:
        return None
    match = _POINTER.fullmatch(data)
    if match is None:
        return None
    extensions = _EXTENSION.findall(match[1])
    orders = [order for order, _ in extensions]
    if orders != sorted(set(orders)):
        return None
    content = extensions[0][1] if extensions else match[2]
    return LfsPointer(content.decode(), int(match[3]), match[2].decode())


def looks_like_pointer(data: bytes) -> bool:
    """Whether ``data`` begins like a pointer, also a malformed or an old one (git-media, hawser)."""
    return data.startswith((b"version https://git-lfs", b"version http://git-media.io/v/", b"version https://hawser"))


def pointer_text(sha256: str, size: int) -> bytes:
    """The pointer for content with this digest and size in bytes."""
    return _VERSION + f"oid sha256:{sha256}\nsize {size}\n".encode()
