"""A forward-only stream of bytes fed from outside: readers are generators that wait for bytes; nothing is rewound."""

from __future__ import annotations

from collections.abc import Generator
from typing import TypeAlias, TypeVar

from git_pbm.core.onnx.summary import OnnxProblem

T = TypeVar("T")
Reading: TypeAlias = Generator[None, None, T]

WORD_LIMIT = 1 << 16
"""Bytes of one name; longer ones are refused."""


class Stream:
    """The bytes that have been fed and not yet been read; what is skipped is never copied."""

    def __init__(self) -> None:
        self._chunk: bytes | bytearray | memoryview = b""
        self._place = 0
        self.position = 0
        """Bytes read or skipped since the beginning of the file."""
        self.ended = False

    def feed(self, chunk: bytes | bytearray | memoryview) -> None:
        """The next bytes; those fed before must have been read."""
        self._chunk, self._place = chunk, 0

    def release(self) -> None:
        """Let go of the last chunk: its owner may reuse or release it as soon as it has been taken."""
        self._chunk, self._place = b"", 0

    @property
    def waiting(self) -> int:
        """Fed bytes that are not read yet."""
        return len(self._chunk) - self._place

    def skip(self, size: int) -> Reading[None]:
        """Pass over ``size`` bytes."""
        end = self.position + size
        while self.position < end:
            step = min(end - self.position, self.waiting)
            if step == 0:
                yield from self._more(f" {end - self.position} bytes before a field of {size} bytes is over")
            self._place += step
            self.position += step

    def take(self, size: int) -> Reading[bytes]:
        """The next ``size`` bytes; small things only. Raises :class:`OnnxProblem` over :data:`WORD_LIMIT`."""
        if size > WORD_LIMIT:
            raise OnnxProblem(f"a name of {size} bytes at byte {self.position}")
        taken = b""
        while True:
            step = min(size - len(taken), self.waiting)
            taken += bytes(self._chunk[self._place : self._place + step])
            self._place += step
            self.position += step
            if len(taken) == size:
                return taken
            yield from self._more(" in the middle of a name")

    def short_varint(self) -> int | None:
        """The next number where it is a single byte that has been fed, which is nearly always; None: wait for it."""
        place = self._place
        if place < len(self._chunk) and (byte := self._chunk[place]) < 0x80:
            self._place = place + 1
            self.position += 1
            return byte
        return None

    def varint(self) -> Reading[int]:
        """One base-128 number of at most ten bytes and 64 bits."""
        value = shift = 0
        while True:
            if self._place >= len(self._chunk):
                yield from self._more("")
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

    def _more(self, where: str) -> Reading[None]:
        if self.ended:
            raise OnnxProblem(f"truncated: the file ends after {self.position} bytes{where}; copy or export it again")
        yield

    def at_end(self) -> Reading[bool]:
        """Whether no byte is left; waits until that is known."""
        while self.waiting == 0:
            if self.ended:
                return True
            yield
        return False
