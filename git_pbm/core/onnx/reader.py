"""Walks an ONNX file as it streams by: bounded in depth, fields and names; tensor payloads are skipped unread."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from git_pbm.core.onnx.fakes import diagnose
from git_pbm.core.onnx.stream import FIXED32, FIXED64, LENGTH, VARINT, Reading, Stream
from git_pbm.core.onnx.summary import ELEMENT_TYPES, OnnxProblem, OnnxSummary, Port

DEPTH_LIMIT = 32
FIELD_LIMIT = 1_000_000
NAME_LIMIT = 16 << 20
"""Bytes of all names together."""
EXTERNAL_SHOWN = 16

_FLOATS = {1, 10, 11, 16, 17, 18, 19, 20, 23, 24}
_QUANTISED = {2, 3, 4, 5, 21, 22, 25, 26}
_COUNTED = _FLOATS | _QUANTISED
"""Element types that hold weights: floats, and what quantisation makes of them. Indices (int32, int64) do not."""

FieldReader: TypeAlias = Callable[[int, int], Reading[None]]
"""Reads one field: it gets the value of a varint or the length of a payload (bytes), and the depth."""
Fields: TypeAlias = Mapping[int, tuple[int, FieldReader]]
"""Wire type and reader by field number."""

_EXTERNAL = 1
"""``TensorProto.DataLocation.EXTERNAL``."""


@dataclass(slots=True)
class _Tensor:
    name: str = ""
    element_type: int = 0
    dims: list[int] = field(default_factory=list)
    external: bool = False

    @property
    def parameters(self) -> int:
        return math.prod(self.dims) if self.element_type in _COUNTED else 0


@dataclass(slots=True)
class _Node:
    op: str = ""
    domain: str = ""
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    constant: int = 0


@dataclass(slots=True)
class _Graph:
    inputs: list[Port] = field(default_factory=list)
    outputs: list[Port] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)
    initializers: set[str] = field(default_factory=set)
    identities: list[tuple[str, str]] = field(default_factory=list)
    parameters: int = 0

    def total(self) -> int:
        """Weights, and the copies that ``Identity`` nodes make of them (exporters store equal tensors once)."""
        total, known = self.parameters, dict(self.weights)
        for source, target in self.identities:
            if source in known:
                total += known[source]
                known[target] = known[source]
        return total


class OnnxReader:
    """Takes a file's bytes piece by piece; after the first problem the rest is passed over."""

    def __init__(self) -> None:
        self._stream = Stream()
        self._head = b""
        self._fields = 0
        self._names = 0
        self._external: list[str] = []
        self._problem: OnnxProblem | None = None
        self._summary: OnnxSummary | None = None
        self._walk = self._model()

    def feed(self, chunk: bytes | bytearray | memoryview) -> None:
        """Take the next bytes. Raises nothing: a problem is what :meth:`finish` returns."""
        if len(self._head) < 64:
            self._head += bytes(chunk[: 64 - len(self._head)])
        if self._problem is None and len(chunk):
            self._stream.feed(chunk)
            self._advance()

    def finish(self) -> OnnxSummary | OnnxProblem:
        """The summary of the whole file, or why it is no usable ONNX model."""
        self._stream.ended = True
        if self._problem is None:
            self._advance()
        if self._problem is not None:
            return diagnose(self._head, self._problem)
        if self._summary is None:
            return OnnxProblem("no ONNX model")
        return self._summary

    def _advance(self) -> None:
        try:
            next(self._walk)
        except StopIteration:
            return
        except OnnxProblem as problem:
            self._problem = problem

    # -- walking messages

    def _message(self, end: int | None, depth: int, fields: Fields) -> Reading[None]:
        """Read fields up to byte ``end`` (None: up to the end of the file); unknown ones are passed over."""
        stream = self._stream
        if depth > DEPTH_LIMIT:
            raise OnnxProblem(f"nested deeper than {DEPTH_LIMIT} levels at byte {stream.position}")
        while True:
            if end is None:
                if (yield from stream.at_end()):
                    return
            elif stream.position >= end:
                if stream.position > end:
                    raise OnnxProblem(f"a field runs over the end of its message at byte {stream.position}")
                return
            self._fields += 1
            if self._fields > FIELD_LIMIT:
                raise OnnxProblem(f"more than {FIELD_LIMIT} fields")
            start = stream.position
            key = yield from stream.varint()
            number, wire = key >> 3, key & 7
            if number == 0 or number > 0x1FFFFFFF:
                raise OnnxProblem(f"no protobuf field at byte {start}")
            size = 0
            if wire in (VARINT, LENGTH):
                size = yield from stream.varint()
            elif wire in (FIXED32, FIXED64):
                size = 4 if wire == FIXED32 else 8
            else:
                raise OnnxProblem(f"wire type {wire} (a group) at byte {start}")
            if wire != VARINT and end is not None and stream.position + size > end:
                raise OnnxProblem(f"a field runs over the end of its message at byte {start}")
            wanted = fields.get(number)
            if wanted is None:
                yield from stream.skip(0 if wire == VARINT else size)
            elif wanted[0] != wire and not (wanted[0] == VARINT and wire == LENGTH):
                raise OnnxProblem(f"field {number} with wire type {wire} instead of {wanted[0]} at byte {start}")
            elif wanted[0] == VARINT and wire == LENGTH:
                yield from self._packed(size, depth, wanted[1])
            else:
                yield from wanted[1](size, depth)

    def _packed(self, size: int, depth: int, reader: FieldReader) -> Reading[None]:
        end = self._stream.position + size
        while self._stream.position < end:
            self._fields += 1
            if self._fields > FIELD_LIMIT:
                raise OnnxProblem(f"more than {FIELD_LIMIT} fields")
            value = yield from self._stream.varint()
            yield from reader(value, depth)

    def _word(self, size: int) -> Reading[str]:
        self._names += size
        if self._names > NAME_LIMIT:
            raise OnnxProblem(f"more than {NAME_LIMIT} bytes of names")
        start = self._stream.position
        taken = yield from self._stream.take(size)
        try:
            return taken.decode("utf-8")
        except UnicodeDecodeError:
            raise OnnxProblem(f"a name that is not UTF-8 at byte {start}") from None

    # -- the messages of onnx.proto

    def _model(self) -> Reading[None]:
        numbers: dict[str, int] = {}
        words: dict[str, str] = {}
        graphs: list[_Graph] = []
        extra: list[int] = []
        opsets: list[tuple[str, int]] = []

        def graph(size: int, depth: int) -> Reading[None]:
            if graphs:
                raise OnnxProblem("a second graph")
            graphs.append((yield from self._graph(size, depth + 1)))

        def opset(size: int, depth: int) -> Reading[None]:
            found: dict[str, str | int] = {"domain": "", "version": 0}
            end = self._stream.position + size
            fields = {1: self._keep_word(found, "domain"), 2: self._keep_number(found, "version")}
            yield from self._message(end, depth + 1, fields)
            opsets.append((str(found["domain"]), int(found["version"])))

        def function(size: int, depth: int) -> Reading[None]:
            extra.append((yield from self._function(size, depth + 1)))

        fields = {
            1: self._keep_number(numbers, "ir_version"),
            2: self._keep_word(words, "producer"),
            3: self._keep_word(words, "producer_version"),
            7: (LENGTH, graph),
            8: (LENGTH, opset),
            25: (LENGTH, function),
        }
        yield from self._message(None, 0, fields)
        if self._stream.position == 0:
            raise OnnxProblem("the file is empty")
        if not graphs:
            raise OnnxProblem("no graph in it")
        if not opsets or not numbers.get("ir_version"):
            raise OnnxProblem("no ONNX model: it names no operator set or no IR version")
        top = graphs[0]
        if not top.outputs:
            raise OnnxProblem("its graph has no output")
        self._summary = OnnxSummary(
            top.total() + sum(extra),
            tuple(port for port in top.inputs if port.name not in top.initializers),
            tuple(top.outputs),
            numbers["ir_version"],
            tuple(opsets),
            words.get("producer", ""),
            words.get("producer_version", ""),
            tuple(self._external),
        )

    def _keep_word(self, words: dict[str, str] | dict[str, str | int], name: str) -> tuple[int, FieldReader]:
        def keep(size: int, _depth: int) -> Reading[None]:
            words[name] = yield from self._word(size)

        return LENGTH, keep

    def _keep_number(self, numbers: dict[str, int] | dict[str, str | int], name: str) -> tuple[int, FieldReader]:
        def keep(value: int, _depth: int) -> Reading[None]:
            numbers[name] = value
            yield from ()

        return VARINT, keep

    def _graph(self, size: int, depth: int) -> Reading[_Graph]:
        graph = _Graph()

        def node(size: int, depth: int) -> Reading[None]:
            yield from self._node(size, depth + 1, graph)

        def initializer(size: int, depth: int) -> Reading[None]:
            tensor = yield from self._tensor(size, depth + 1)
            graph.initializers.add(tensor.name)
            graph.parameters += tensor.parameters
            if tensor.parameters:
                graph.weights[tensor.name] = tensor.parameters

        def sparse(size: int, depth: int) -> Reading[None]:
            tensor = yield from self._sparse(size, depth + 1)
            graph.initializers.add(tensor.name)
            graph.parameters += tensor.parameters
            if tensor.parameters:
                graph.weights[tensor.name] = tensor.parameters

        def entry(size: int, depth: int) -> Reading[None]:
            graph.inputs.append((yield from self._port(size, depth + 1)))

        def exit_(size: int, depth: int) -> Reading[None]:
            graph.outputs.append((yield from self._port(size, depth + 1)))

        fields = {
            1: (LENGTH, node),
            5: (LENGTH, initializer),
            11: (LENGTH, entry),
            12: (LENGTH, exit_),
            15: (LENGTH, sparse),
        }
        yield from self._message(self._stream.position + size, depth, fields)
        return graph

    def _function(self, size: int, depth: int) -> Reading[int]:
        graph = _Graph()

        def node(size: int, depth: int) -> Reading[None]:
            yield from self._node(size, depth + 1, graph)

        yield from self._message(self._stream.position + size, depth, {7: (LENGTH, node)})
        return graph.total()

    def _node(self, size: int, depth: int, graph: _Graph) -> Reading[None]:
        node = _Node()

        def source(size: int, _depth: int) -> Reading[None]:
            node.inputs.append((yield from self._word(size)))

        def target(size: int, _depth: int) -> Reading[None]:
            node.outputs.append((yield from self._word(size)))

        def op(size: int, _depth: int) -> Reading[None]:
            node.op = yield from self._word(size)

        def domain(size: int, _depth: int) -> Reading[None]:
            node.domain = yield from self._word(size)

        def attribute(size: int, depth: int) -> Reading[None]:
            yield from self._attribute(size, depth + 1, node, graph)

        fields = {
            1: (LENGTH, source),
            2: (LENGTH, target),
            4: (LENGTH, op),
            5: (LENGTH, attribute),
            7: (LENGTH, domain),
        }
        yield from self._message(self._stream.position + size, depth, fields)
        if node.domain not in ("", "ai.onnx") or not node.outputs:
            return
        if node.op == "Constant" and node.constant > 1:
            graph.parameters += node.constant
            graph.weights[node.outputs[0]] = node.constant
        elif node.op == "Identity" and node.inputs:
            graph.identities.append((node.inputs[0], node.outputs[0]))

    def _attribute(self, size: int, depth: int, node: _Node, graph: _Graph) -> Reading[None]:
        def tensor(size: int, depth: int) -> Reading[None]:
            node.constant = (yield from self._tensor(size, depth + 1)).parameters

        def sparse(size: int, depth: int) -> Reading[None]:
            node.constant = (yield from self._sparse(size, depth + 1)).parameters

        def subgraph(size: int, depth: int) -> Reading[None]:
            graph.parameters += (yield from self._graph(size, depth + 1)).total()

        fields = {
            5: (LENGTH, tensor),
            6: (LENGTH, subgraph),
            10: (LENGTH, tensor),
            11: (LENGTH, subgraph),
            22: (LENGTH, sparse),
            23: (LENGTH, sparse),
        }
        yield from self._message(self._stream.position + size, depth, fields)

    def _tensor(self, size: int, depth: int) -> Reading[_Tensor]:
        tensor = _Tensor()

        def dim(value: int, _depth: int) -> Reading[None]:
            if value >> 63 or len(tensor.dims) >= 64:
                raise OnnxProblem(f"a tensor of impossible shape at byte {self._stream.position}")
            tensor.dims.append(value)
            yield from ()

        def kind(value: int, _depth: int) -> Reading[None]:
            tensor.element_type = value
            yield from ()

        def name(size: int, _depth: int) -> Reading[None]:
            tensor.name = yield from self._word(size)

        def external(size: int, _depth: int) -> Reading[None]:
            tensor.external = True
            yield from self._stream.skip(size)

        def location(value: int, _depth: int) -> Reading[None]:
            tensor.external = tensor.external or value == _EXTERNAL
            yield from ()

        fields = {
            1: (VARINT, dim),
            2: (VARINT, kind),
            8: (LENGTH, name),
            13: (LENGTH, external),
            14: (VARINT, location),
        }
        yield from self._message(self._stream.position + size, depth, fields)
        if tensor.external and len(self._external) < EXTERNAL_SHOWN:
            self._external.append(tensor.name or "a tensor without a name")
        return tensor

    def _sparse(self, size: int, depth: int) -> Reading[_Tensor]:
        """A sparse tensor: its values are what it holds."""
        found = _Tensor()

        def values(size: int, depth: int) -> Reading[None]:
            tensor = yield from self._tensor(size, depth + 1)
            found.name, found.element_type, found.dims = tensor.name, tensor.element_type, tensor.dims

        def indices(size: int, depth: int) -> Reading[None]:
            yield from self._tensor(size, depth + 1)

        yield from self._message(self._stream.position + size, depth, {1: (LENGTH, values), 2: (LENGTH, indices)})
        return found

    def _port(self, size: int, depth: int) -> Reading[Port]:
        words: dict[str, str] = {"name": ""}
        numbers: dict[str, int] = {"type": 0}
        shape: list[int | str | None] = []
        shaped: list[bool] = []

        def nested(
            fields: Fields,
        ) -> FieldReader:
            def walk(size: int, depth: int) -> Reading[None]:
                yield from self._message(self._stream.position + size, depth + 1, fields)

            return walk

        def dimension(size: int, depth: int) -> Reading[None]:
            value: dict[str, str | int] = {}
            fields = {1: self._keep_number(value, "dim"), 2: self._keep_word(value, "dim")}
            yield from self._message(self._stream.position + size, depth + 1, fields)
            found = value.get("dim")
            shape.append(found if found != "" else None)

        def tensor_shape(size: int, depth: int) -> Reading[None]:
            shaped.append(True)
            yield from nested({1: (LENGTH, dimension)})(size, depth)

        tensor_type = nested({1: self._keep_number(numbers, "type"), 2: (LENGTH, tensor_shape)})
        fields = {
            1: self._keep_word(words, "name"),
            2: (LENGTH, nested({1: (LENGTH, tensor_type), 8: (LENGTH, tensor_type)})),
        }
        yield from self._message(self._stream.position + size, depth, fields)
        number = numbers["type"]
        element_type = ELEMENT_TYPES[number] if number < len(ELEMENT_TYPES) else f"type{number}"
        return Port(words["name"], element_type, tuple(shape) if shaped else None)


def read(chunks: Iterable[bytes]) -> OnnxSummary | OnnxProblem:
    """The summary of a whole file given as pieces, or why it is no usable ONNX model."""
    reader = OnnxReader()
    for chunk in chunks:
        reader.feed(chunk)
    return reader.finish()
