"""Git LFS pointers: strict text to digest; a pointer's oid is the SHA-256 of the content it stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass

POINTER_LIMIT = 1024
"""Bytes; the specification's own bound (git-lfs docs/spec.md: "less than 1024 bytes")."""

_VERSION = b"version https://git-lfs.github.com/spec/v1\n"
_POINTER = re.compile(
    rb"version https://git-lfs\.github\.com/spec/v1\n"
    rb"(?:ext-[0-9]-[a-z0-9.-]+ sha256:[0-9a-f]{64}\n)*"
    rb"oid sha256:([0-9a-f]{64})\n"
    rb"size (0|[1-9][0-9]{0,18})\n"
)


@dataclass(frozen=True, slots=True)
class LfsPointer:
    """The SHA-256 and the size in bytes of the content that a pointer stands for."""

    sha256: str
    size: int


def parse_pointer(data: bytes) -> LfsPointer | None:
    """The pointer that ``data`` is, byte for byte; None for anything else (CRLF, other order, trailing text)."""
    if len(data) > POINTER_LIMIT:
        return None
    match = _POINTER.fullmatch(data)
    return LfsPointer(match[1].decode(), int(match[2])) if match else None


def looks_like_pointer(data: bytes) -> bool:
    """Whether ``data`` begins like a pointer, also a malformed or an old one (git-media, hawser)."""
    return data.startswith((b"version https://git-lfs", b"version http://git-media.io/v/", b"version https://hawser"))


def pointer_text(sha256: str, size: int) -> bytes:
    """The pointer for content with this digest and size in bytes."""
    return _VERSION + f"oid sha256:{sha256}\nsize {size}\n".encode()
