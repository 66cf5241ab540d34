"""Graphs, their nodes and functions: how many weights they hold; what the nodes compute is not looked at."""

from __future__ import annotations

from dataclasses import dataclass, field

from git_pbm.core.onnx.messages import LENGTH, Fields
from git_pbm.core.onnx.ports import read_port
from git_pbm.core.onnx.stream import Reading
from git_pbm.core.onnx.summary import Port
from git_pbm.core.onnx.tensors import Tensor, TensorWalk

_STANDARD = ("", "ai.onnx")
"""The domain of ``Constant`` and ``Identity``, and its other spelling."""


@dataclass(slots=True)
class Graph:
    """What a graph shows. ``parameters`` counts initializers, constants and subgraphs, but not copies."""

    inputs: list[Port] = field(default_factory=list)
    outputs: list[Port] = field(default_factory=list)
    weights: dict[str, int] = field(default_factory=dict)
    initializers: set[str] = field(default_factory=set)
    identities: list[tuple[str, str]] = field(default_factory=list)
    parameters: int = 0

    def add_weight(self, name: str, parameters: int) -> None:
        """Count a tensor, and know it by its name."""
        self.parameters += parameters
        if parameters:
            self.weights[name] = parameters

    def total(self) -> int:
        """Parameters, and the copies that ``Identity`` nodes of this graph make of its weights.

        torch's exporter stores equal tensors once and adds an ``Identity`` for each further use; nodes come
        before initializers in the file and are in topological order, so one pass at the end suffices.
        """
        total, known = self.parameters, self.weights.copy()
        for source, target in self.identities:
            if source in known:
                total += known[source]
                known[target] = known[source]
        return total


@dataclass(slots=True)
class _Node:
    op: str = ""
    domain: str = ""
    inputs: list[str] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    constant: int = 0


class GraphWalk(TensorWalk):
    """Reads graphs and functions, and the tensors anywhere in them."""

    def graph(self, size: int, depth: int) -> Reading[Graph]:
        """One ``GraphProto`` of ``size`` bytes."""
        graph = Graph()

        def add_initializer(tensor: Tensor) -> None:
            self.keep()
            graph.initializers.add(tensor.name)
            graph.add_weight(tensor.name, tensor.parameters)

        def node(size: int, depth: int) -> Reading[None]:
            yield from self._node(size, depth + 1, graph)

        def initializer(size: int, depth: int) -> Reading[None]:
            add_initializer((yield from self.tensor(size, depth + 1)))

        def sparse(size: int, depth: int) -> Reading[None]:
            add_initializer((yield from self.sparse(size, depth + 1)))

        def entry(size: int, depth: int) -> Reading[None]:
            graph.inputs.append((yield from read_port(self, size, depth + 1)))

        def outlet(size: int, depth: int) -> Reading[None]:
            graph.outputs.append((yield from read_port(self, size, depth + 1)))

        fields = {
            1: (LENGTH, node),
            5: (LENGTH, initializer),
            11: (LENGTH, entry),
            12: (LENGTH, outlet),
            15: (LENGTH, sparse),
        }
        yield from self.message(size, depth, fields)
        return graph

    def function(self, size: int, depth: int) -> Reading[int]:
        """One ``FunctionProto``: the parameters in its nodes; defaults of its attributes are read, not counted."""
        graph = Graph()

        def node(size: int, depth: int) -> Reading[None]:
            yield from self._node(size, depth + 1, graph)

        def default(size: int, depth: int) -> Reading[None]:
            yield from self._attribute(size, depth + 1, _Node(), Graph())

        yield from self.message(size, depth, {7: (LENGTH, node), 11: (LENGTH, default)})
        return graph.total()

    def training(self, size: int, depth: int) -> Reading[None]:
        """One ``TrainingInfoProto``: no part of the model that is deployed, but its tensors must be in the file."""

        def graph(size: int, depth: int) -> Reading[None]:
            yield from self.graph(size, depth + 1)

        yield from self.message(size, depth, {1: (LENGTH, graph), 2: (LENGTH, graph)})

    def _node(self, size: int, depth: int, graph: Graph) -> Reading[None]:
        node = _Node()
        yield from self.message(size, depth, self._node_fields(node, graph))
        if node.domain not in _STANDARD or not node.outputs:
            return
        if node.op == "Constant" and node.constant > 1:
            self.keep()
            graph.add_weight(node.outputs[0], node.constant)
        elif node.op == "Identity" and node.inputs:
            self.keep()
            graph.identities.append((node.inputs[0], node.outputs[0]))

    def _node_fields(self, node: _Node, graph: Graph) -> Fields:
        def source(size: int, _depth: int) -> Reading[None]:
            node.inputs.append((yield from self.word(size)))

        def target(size: int, _depth: int) -> Reading[None]:
            node.outputs.append((yield from self.word(size)))

        def op(size: int, _depth: int) -> Reading[None]:
            node.op = yield from self.word(size)

        def domain(size: int, _depth: int) -> Reading[None]:
            node.domain = yield from self.word(size)

        def attribute(size: int, depth: int) -> Reading[None]:
            yield from self._attribute(size, depth + 1, node, graph)

        return {
            1: (LENGTH, source),
            2: (LENGTH, target),
            4: (LENGTH, op),
            5: (LENGTH, attribute),
            7: (LENGTH, domain),
        }

    def _attribute(self, size: int, depth: int, node: _Node, graph: Graph) -> Reading[None]:
        def tensor(size: int, depth: int) -> Reading[None]:
            node.constant = (yield from self.tensor(size, depth + 1)).parameters

        def sparse(size: int, depth: int) -> Reading[None]:
            node.constant = (yield from self.sparse(size, depth + 1)).parameters

        def subgraph(size: int, depth: int) -> Reading[None]:
            graph.parameters += (yield from self.graph(size, depth + 1)).total()

        fields = {
            5: (LENGTH, tensor),
            6: (LENGTH, subgraph),
            10: (LENGTH, tensor),
            11: (LENGTH, subgraph),
            22: (LENGTH, sparse),
            23: (LENGTH, sparse),
        }
        yield from self.message(size, depth, fields)
