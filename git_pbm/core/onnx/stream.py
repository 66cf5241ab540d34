"""A forward-only stream of protobuf bytes that is fed from outside: readers are generators that wait for bytes."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeAlias, TypeVar

from git_pbm.core.onnx.summary import OnnxProblem

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
"""Protobuf's wire types; 3 and 4, groups, are no part of ONNX."""

T = TypeVar("T")
Reading: TypeAlias = Generator[None, None, T]

WORD_LIMIT = 1 << 16
"""Bytes of a name that is kept; longer ones are refused."""


class Stream:
    """The bytes that have been fed and not yet been read; what is skipped is never copied."""

    def __init__(self) -> None:
        self._chunk: bytes | bytearray | memoryview = b""
        self._place = 0
        self._held = bytearray()
        self.position = 0
        """Bytes read or skipped since the beginning of the file."""
        self.ended = False

    def feed(self, chunk: bytes | bytearray | memoryview) -> None:
        """The next bytes; those fed before must have been read."""
        self._chunk, self._place = chunk, 0

    @property
    def waiting(self) -> int:
        """Fed bytes that are not read yet."""
        return len(self._chunk) - self._place

    def skip(self, size: int) -> Reading[None]:
        """Pass over ``size`` bytes."""
        while size:
            step = min(size, self.waiting)
            if step == 0:
                yield from self._more()
                continue
            self._place += step
            self.position += step
            size -= step

    def take(self, size: int) -> Reading[bytes]:
        """The next ``size`` bytes; small things only. Raises :class:`OnnxProblem` over :data:`WORD_LIMIT`."""
        if size > WORD_LIMIT:
            raise OnnxProblem(f"a name of {size} bytes at byte {self.position}")
        if self.waiting >= size:
            taken = bytes(self._chunk[self._place : self._place + size])
            self._place += size
            self.position += size
            return taken
        held = bytearray()
        while len(held) < size:
            step = min(size - len(held), self.waiting)
            if step == 0:
                yield from self._more()
                continue
            held += self._chunk[self._place : self._place + step]
            self._place += step
            self.position += step
        return bytes(held)

    def varint(self) -> Reading[int]:
        """One base-128 number of at most ten bytes and 64 bits."""
        value = shift = 0
        while True:
            if self._place >= len(self._chunk):
                yield from self._more()
                continue
            byte = self._chunk[self._place]
            self._place += 1
            self.position += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value & 0xFFFFFFFFFFFFFFFF
            shift += 7
            if shift >= 70:
                raise OnnxProblem(f"a number of more than ten bytes at byte {self.position}")

    def _more(self) -> Reading[None]:
        if self.ended:
            raise OnnxProblem(f"truncated: the file ends after {self.position} bytes, in the middle of the model")
        yield

    def at_end(self) -> Reading[bool]:
        """Whether no byte is left; waits until that is known."""
        while self.waiting == 0:
            if self.ended:
                return True
            yield
        return False
