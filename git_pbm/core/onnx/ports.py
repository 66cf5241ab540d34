"""The inputs and outputs of a graph: ``ValueInfoProto`` to :class:`Port`; types other than tensors have no shape."""

from __future__ import annotations

from functools import partial

from git_pbm.core.onnx.messages import LENGTH, Messages, nested, number_into, word_into
from git_pbm.core.onnx.stream import Reading
from git_pbm.core.onnx.summary import ELEMENT_TYPES, Dimension, OnnxProblem, Port

RANK_LIMIT = 64
"""Dimensions of one input or output, and of one tensor."""

_OTHER_TYPES = {4: "sequence", 5: "map", 7: "opaque", 9: "optional"}
"""Field numbers of ``TypeProto`` that are no tensor (onnx.proto, release 1.23)."""


def read_port(walk: Messages, size: int, depth: int) -> Reading[Port]:
    """One ``ValueInfoProto`` of ``size`` bytes."""
    walk.keep()
    words: dict[str, str] = {"name": ""}
    numbers: dict[str, int] = {"type": 0}
    other: list[str] = []
    shapes: list[list[Dimension]] = []

    def dimension(size: int, depth: int) -> Reading[None]:
        walk.keep()
        if len(shapes[0]) == RANK_LIMIT:
            raise OnnxProblem(f"an input or output of more than {RANK_LIMIT} dimensions")
        shapes[0].append((yield from _dimension(walk, size, depth + 1)))

    def shape(size: int, depth: int) -> Reading[None]:
        if not shapes:
            shapes.append([])
        yield from walk.message(size, depth + 1, {1: (LENGTH, dimension)})

    def other_type(name: str, size: int, _depth: int) -> Reading[None]:
        other[:] = [name]
        yield from walk.skip(size)

    tensor = nested(walk, {1: number_into(numbers, "type"), 2: (LENGTH, shape)})
    kinds = {1: tensor, 8: tensor}
    kinds |= {number: (LENGTH, partial(other_type, name)) for number, name in _OTHER_TYPES.items()}
    yield from walk.message(size, depth, {1: word_into(walk, words, "name"), 2: nested(walk, kinds)})
    kind = other[0] if other else element_type(numbers["type"])
    return Port(words["name"], kind, tuple(shapes[0]) if shapes else None)


def _dimension(walk: Messages, size: int, depth: int) -> Reading[Dimension]:
    """A number, a name, or None where neither is known; old exporters write -1 for that."""
    numbers: dict[str, int] = {}
    words: dict[str, str] = {}
    yield from walk.message(size, depth, {1: number_into(numbers, "it"), 2: word_into(walk, words, "it")})
    if numbers.get("it", -1) >= 0:
        return numbers["it"]
    return words.get("it") or None


def element_type(number: int) -> str:
    """The name of a ``TensorProto.DataType``."""
    return ELEMENT_TYPES[number] if 0 <= number < len(ELEMENT_TYPES) else f"type{number}"
