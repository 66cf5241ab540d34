"""Protobuf messages as they stream by: wire types, bounds and budgets; no knowledge of what ONNX means by them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias

from git_pbm.core.onnx.stream import Reading, Stream
from git_pbm.core.onnx.summary import OnnxProblem

VARINT, FIXED64, LENGTH, FIXED32 = 0, 1, 2, 5
"""Protobuf's wire types (protobuf.dev/programming-guides/encoding); 3 and 4, groups, are no part of ONNX."""
NUMBERS = 8
"""No wire type: a repeated number, which writers may pack into one payload."""

DEPTH_LIMIT = 100
"""Messages inside one another, as protobuf's own readers have it; a graph inside a node of a graph takes three."""
FIELD_LIMIT = 2_000_000
NAME_LIMIT = 16 << 20
"""Bytes of all names together."""
KEPT_LIMIT = 300_000
"""Tensors, copies, inputs, outputs and dimensions remembered until the end."""
_DOCUMENTED = "a limit of git pbm (docs/reference/onnx.md)"

FieldReader: TypeAlias = Callable[[int, int], Reading[None]]
"""Reads one field: it gets the value of a number or the length of a payload (bytes), and the depth."""
Fields: TypeAlias = Mapping[int, tuple[int, FieldReader]]
"""Wire type (or :data:`NUMBERS`) and reader by field number."""


class Messages(Stream):
    """Reads the fields of messages within budgets that hold for the whole file."""

    def __init__(self) -> None:
        super().__init__()
        self._fields = self._names = self._kept = 0

    def message(self, size: int | None, depth: int, fields: Fields) -> Reading[None]:
        """Read a message of ``size`` bytes (None: up to the end of the file); unknown fields are passed over."""
        if depth > DEPTH_LIMIT:
            raise OnnxProblem(f"nested deeper than {DEPTH_LIMIT} levels at byte {self.position}, {_DOCUMENTED}")
        end = None if size is None else self.position + size
        while end is None or self.position < end:
            if end is None and (yield from self.at_end()):
                return
            yield from self._field(end, depth, fields)
        if self.position > end:
            raise OnnxProblem(f"a field runs over the end of its message at byte {self.position}")

    def _field(self, end: int | None, depth: int, fields: Fields) -> Reading[None]:
        self._count_field()
        start = self.position
        key = self.short_varint()
        if key is None:
            key = yield from self.varint()
        number, wire = key >> 3, key & 7
        if not 0 < number <= 0x1FFFFFFF:
            raise OnnxProblem(f"no protobuf field at byte {start}")
        if wire in (VARINT, LENGTH):
            short = self.short_varint()
            value = (yield from self.varint()) if short is None else short
        elif wire in (FIXED32, FIXED64):
            value = 4 if wire == FIXED32 else 8
        else:
            raise OnnxProblem(f"wire type {wire}, a group or worse, at byte {start}")
        if wire != VARINT and end is not None and self.position + value > end:
            raise OnnxProblem(f"a field runs over the end of its message at byte {start}")
        reader = self._reader_of(number, wire, fields)
        if reader is None:
            raise OnnxProblem(f"field {number} has wire type {wire}, which is not its own, at byte {start}")
        yield from reader(value, depth)

    def _reader_of(self, number: int, wire: int, fields: Fields) -> FieldReader | None:
        """What reads a field, or passes over an unknown one; None where the wire type is not the field's own."""
        known = fields.get(number)
        if known is None:
            return _ignore if wire == VARINT else self._pass_over
        wanted, reader = known
        if wanted == NUMBERS and wire == LENGTH:
            return partial(self._packed, reader)
        return reader if wire == wanted or (wanted == NUMBERS and wire == VARINT) else None

    def _pass_over(self, size: int, _depth: int) -> Reading[None]:
        return self.skip(size)

    def _packed(self, reader: FieldReader, size: int, depth: int) -> Reading[None]:
        end = self.position + size
        while self.position < end:
            self._count_field()
            value = yield from self.varint()
            yield from reader(value, depth)
        if self.position > end:
            raise OnnxProblem(f"a number runs over the end of its field at byte {self.position}")

    def _count_field(self) -> None:
        self._fields += 1
        if self._fields > FIELD_LIMIT:
            raise OnnxProblem(f"more than {FIELD_LIMIT} fields, {_DOCUMENTED}")

    def word(self, size: int) -> Reading[str]:
        """A name of ``size`` bytes."""
        self._names += size
        if self._names > NAME_LIMIT:
            raise OnnxProblem(f"more than {NAME_LIMIT} bytes of names, {_DOCUMENTED}")
        start = self.position
        taken = yield from self.take(size)
        try:
            return taken.decode("utf-8")
        except UnicodeDecodeError:
            raise OnnxProblem(f"a name that is not UTF-8 at byte {start}") from None

    def keep(self) -> None:
        """Count one thing that is remembered until the end. Raises :class:`OnnxProblem` over :data:`KEPT_LIMIT`."""
        self._kept += 1
        if self._kept > KEPT_LIMIT:
            raise OnnxProblem(f"more than {KEPT_LIMIT} tensors, inputs, outputs and dimensions, {_DOCUMENTED}")


def _ignore(_value: int, _depth: int) -> Reading[None]:
    """Read no more of a number: its value is all there is."""
    yield from ()


def signed(value: int) -> int:
    """A varint as the signed 64-bit number that it stands for."""
    return value - (1 << 64) if value >> 63 else value


def number_into(numbers: dict[str, int], name: str) -> tuple[int, FieldReader]:
    """A field whose last value is wanted as a number."""

    def keep(value: int, _depth: int) -> Reading[None]:
        numbers[name] = signed(value)
        yield from ()

    return VARINT, keep


def word_into(walk: Messages, words: dict[str, str], name: str) -> tuple[int, FieldReader]:
    """A field whose last value is wanted as text."""

    def keep(size: int, _depth: int) -> Reading[None]:
        words[name] = yield from walk.word(size)

    return LENGTH, keep


def nested(walk: Messages, fields: Fields) -> tuple[int, FieldReader]:
    """A field that is a message, of which only ``fields`` are wanted."""

    def descend(size: int, depth: int) -> Reading[None]:
        yield from walk.message(size, depth + 1, fields)

    return LENGTH, descend
