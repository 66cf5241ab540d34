"""Walks an ONNX file as it streams by, in constant memory; tensor payloads are passed over unread and uncopied.

What counts as a parameter: every element of an initializer of a float or quantised type (a scalar is one), the
values of a sparse one, a ``Constant`` of more than one such element, a copy for each ``Identity`` of a weight of
the same graph; in the graph, its subgraphs and the functions. Not: index tensors, bools, text, training graphs.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from git_pbm.core.onnx.format_sniffing import HEAD, diagnose
from git_pbm.core.onnx.graphs import Graph, GraphWalk
from git_pbm.core.onnx.messages import LENGTH, number_into, word_into
from git_pbm.core.onnx.stream import Reading
from git_pbm.core.onnx.summary import OnnxProblem, OnnxSummary


@dataclass(slots=True)
class _Found:
    """What the fields of a ``ModelProto`` have told so far."""

    numbers: dict[str, int] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    graphs: list[Graph] = field(default_factory=list)
    functions: list[int] = field(default_factory=list)
    opsets: list[tuple[str, int]] = field(default_factory=list)

    def summary(self, external: Iterable[str]) -> OnnxSummary:
        """The summary of a whole file. Raises :class:`OnnxProblem` where it is not a usable model."""
        if not self.graphs:
            raise OnnxProblem("no graph in it")
        ir_version = self.numbers.get("ir_version", 0)
        if not self.opsets or ir_version <= 0:
            raise OnnxProblem("no ONNX model: it names no operator set or no IR version")
        (top,) = self.graphs
        if not top.outputs:
            raise OnnxProblem("its graph has no output")
        return OnnxSummary(
            parameters=top.total() + sum(self.functions),
            inputs=tuple(port for port in top.inputs if port.name not in top.initializers),
            outputs=tuple(top.outputs),
            ir_version=ir_version,
            opsets=tuple(self.opsets),
            producer=self.words.get("producer", ""),
            producer_version=self.words.get("producer_version", ""),
            external_data=tuple(external),
        )


class OnnxReader:
    """Takes a file's bytes piece by piece; after the first problem the rest is passed over."""

    def __init__(self) -> None:
        self._walk = GraphWalk()
        self._head = b""
        self._problem: OnnxProblem | None = None
        self._summary: OnnxSummary | None = None
        self._reading = self._model()

    def feed(self, chunk: bytes | bytearray | memoryview) -> None:
        """Take the next bytes, which may be reused afterwards. A problem is not raised: :meth:`finish` returns it."""
        if isinstance(chunk, memoryview):
            chunk = chunk.cast("B")
        if len(self._head) < HEAD:
            self._head += bytes(chunk[: HEAD - len(self._head)])
        if self._problem is None and len(chunk):
            self._walk.feed(chunk)
            self._advance()

    @property
    def has_failed(self) -> bool:
        """Whether a problem was met."""
        return self._problem is not None

    def finish(self) -> OnnxSummary | OnnxProblem:
        """The summary of the whole file, or why it is not a usable ONNX model."""
        self._walk.ended = True
        if self._problem is None:
            self._advance()
        if self._problem is not None:
            return diagnose(self._head, self._problem)
        assert self._summary is not None, "the walk ends with a summary or a problem"
        return self._summary

    def _advance(self) -> None:
        try:
            next(self._reading)
        except StopIteration:
            return
        except OnnxProblem as problem:
            # Without its traceback, whose frames hold on to the walk and the caller's last chunk.
            self._problem = OnnxProblem(problem.diagnosis)
        finally:
            self._walk.release()

    def _model(self) -> Reading[None]:
        walk, found = self._walk, _Found()

        def graph(size: int, depth: int) -> Reading[None]:
            if found.graphs:
                raise OnnxProblem(f"a second graph at byte {walk.position}")
            found.graphs.append((yield from walk.graph(size, depth + 1)))

        def opset(size: int, depth: int) -> Reading[None]:
            walk.keep()
            domain: dict[str, str] = {}
            version: dict[str, int] = {}
            fields = {1: word_into(walk, domain, "it"), 2: number_into(version, "it")}
            yield from walk.message(size, depth + 1, fields)
            found.opsets.append((domain.get("it", ""), version.get("it", 0)))

        def function(size: int, depth: int) -> Reading[None]:
            found.functions.append((yield from walk.function(size, depth + 1)))

        def training(size: int, depth: int) -> Reading[None]:
            yield from walk.training(size, depth + 1)

        fields = {
            1: number_into(found.numbers, "ir_version"),
            2: word_into(walk, found.words, "producer"),
            3: word_into(walk, found.words, "producer_version"),
            7: (LENGTH, graph),
            8: (LENGTH, opset),
            20: (LENGTH, training),
            25: (LENGTH, function),
        }
        yield from walk.message(None, 0, fields)
        if walk.position == 0:
            raise OnnxProblem("the file is empty")
        self._summary = found.summary(walk.external)


def read(chunks: Iterable[bytes]) -> OnnxSummary | OnnxProblem:
    """The summary of a whole file given as pieces, or why it is not a usable ONNX model."""
    reader = OnnxReader()
    for chunk in chunks:
        reader.feed(chunk)
    return reader.finish()
