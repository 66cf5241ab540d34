"""The streaming ONNX reader held to the onnx package: the same facts by two ways."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from onnx import TensorProto, helper, numpy_helper

from git_pbm.core.onnx import OnnxProblem, OnnxSummary, read
from git_pbm.core.onnx.summary import ELEMENT_TYPES
from tests.support.forged import forged_pair
from tests.support.networks import policy_bytes, value_bytes
from tests.support.tiny import tiny_policy, tiny_value

SHIPPED = sorted(Path(onnx.__file__).parent.glob("backend/test/data/**/*.onnx"))
NOT_WEIGHTS = {"UNDEFINED", "INT32", "INT64", "STRING", "BOOL", "UINT32", "UINT64", "COMPLEX64", "COMPLEX128"}


def summary(data: bytes) -> OnnxSummary:
    found = read([data])
    assert isinstance(found, OnnxSummary), found
    return found


def counted(tensor: onnx.TensorProto) -> int:
    return 0 if TensorProto.DataType.Name(tensor.data_type) in NOT_WEIGHTS else math.prod(tensor.dims)


def parameters_of(graph: onnx.GraphProto | onnx.FunctionProto) -> int:
    """Parameters as the onnx package sees them: over parsed messages."""
    known: dict[str, int] = {}
    if isinstance(graph, onnx.GraphProto):
        known = {t.name: counted(t) for t in graph.initializer}
        known |= {t.values.name: counted(t.values) for t in graph.sparse_initializer}
    total = sum(known.values())
    for node in graph.node:
        for attribute in node.attribute:
            graphs = [attribute.g] if attribute.HasField("g") else []
            total += sum(parameters_of(inner) for inner in (*graphs, *attribute.graphs))
        standard = node.domain in ("", "ai.onnx")
        if node.op_type == "Constant" and standard:
            size = sum(counted(a.t) for a in node.attribute if a.HasField("t"))
            size += sum(counted(a.sparse_tensor.values) for a in node.attribute if a.HasField("sparse_tensor"))
            if size > 1:
                known[node.output[0]] = size
                total += size
        if node.op_type == "Identity" and standard and node.input[0] in known:
            known[node.output[0]] = known[node.input[0]]
            total += known[node.input[0]]
    return total


def tensors_of(message: Any) -> Iterable[onnx.TensorProto]:
    """Every tensor anywhere in a message, whatever holds it."""
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        for item in [value] if hasattr(value, "ListFields") else value:
            if isinstance(item, onnx.TensorProto):
                yield item
            else:
                yield from tensors_of(item)


def interface(ports: Iterable[onnx.ValueInfoProto], initial: set[str]) -> list[tuple[str, str, object]]:
    found: list[tuple[str, str, object]] = []
    for port in ports:
        kind = port.type.WhichOneof("value")
        if port.name in initial or kind not in ("tensor_type", "sparse_tensor_type"):
            continue
        tensor = getattr(port.type, kind)
        shape = None
        if tensor.HasField("shape"):
            shape = tuple(
                d.dim_value if d.HasField("dim_value") and d.dim_value >= 0 else d.dim_param or None
                for d in tensor.shape.dim
            )
        found.append((port.name, ELEMENT_TYPES[tensor.elem_type], shape))
    return found


def agree(data: bytes) -> OnnxSummary:
    """Hold our summary of a model to the onnx package, fact by fact."""
    model, ours = onnx.load_from_string(data), summary(data)
    initial = {t.name for t in model.graph.initializer} | {t.values.name for t in model.graph.sparse_initializer}
    others = {"sequence", "map", "optional", "opaque", "undefined"}
    assert ours.parameters == parameters_of(model.graph) + sum(parameters_of(f) for f in model.functions)
    for found, ports, skipped in (
        (ours.inputs, model.graph.input, initial),
        (ours.outputs, model.graph.output, set[str]()),
    ):
        assert [p.name for p in found] == [p.name for p in ports if p.name not in skipped]
        assert [(p.name, p.element_type, p.shape) for p in found if p.element_type not in others] == interface(
            ports, skipped
        )
    assert ours.opsets == tuple((o.domain, o.version) for o in model.opset_import)
    assert (ours.producer, ours.producer_version) == (model.producer_name, model.producer_version)
    assert ours.ir_version == model.ir_version
    outside = {t.name or "a tensor without a name" for t in tensors_of(model) if t.data_location == 1}
    assert set(ours.external_data) == outside
    return ours


def graph_of(nodes: list[onnx.NodeProto], weights: list[onnx.TensorProto], **more: Any) -> onnx.ModelProto:
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3])]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)]
    graph = helper.make_graph(nodes, "g", inputs, outputs, weights, **more)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])


def tensor(name: str, *shape: int, kind: type = np.float32) -> onnx.TensorProto:
    return numpy_helper.from_array(np.zeros(shape, dtype=kind), name)


def constant(name: str, value: onnx.TensorProto) -> onnx.NodeProto:
    return helper.make_node("Constant", [], [name], value=value)


def subgraph(*weights: onnx.TensorProto, nodes: tuple[onnx.NodeProto, ...] = ()) -> onnx.GraphProto:
    out = helper.make_tensor_value_info("o", TensorProto.FLOAT, None)
    return helper.make_graph([*nodes, helper.make_node("Identity", ["x"], ["o"])], "body", [], [out], list(weights))


def with_function(node: onnx.NodeProto) -> onnx.ModelProto:
    model = graph_of([PASS], [])
    model.functions.append(helper.make_function("mine", "F", [], ["b"], [node], [helper.make_opsetid("", 17)]))
    return model


def sparse(values: onnx.TensorProto, indices: onnx.TensorProto) -> onnx.SparseTensorProto:
    return onnx.SparseTensorProto(values=values, indices=indices, dims=[3, 5])


PASS = helper.make_node("Identity", ["x"], ["y"])
COPIES = [helper.make_node("Identity", [a], [b]) for a, b in (("w", "w2"), ("w2", "w3"), ("x", "x2"), ("n", "n2"))]
CASES: dict[str, tuple[onnx.ModelProto, int]] = {
    "copies": (graph_of([*COPIES, PASS], [tensor("w", 3, 5), tensor("n", 8, kind=np.int64)]), 45),
    "constants": (
        graph_of(
            [
                constant("w", tensor("w", 3, 4)),
                constant("s", tensor("s", 1)),
                constant("i", tensor("i", 9, kind=np.int64)),
                helper.make_node("Identity", ["w"], ["y"]),
            ],
            [tensor("q", 6, kind=np.int8), tensor("n", 8, kind=np.int64)],
        ),
        12 + 12 + 6,
    ),
    "a scalar and an empty tensor": (graph_of([PASS], [tensor("s"), tensor("e", 0, 4)]), 1),
    "sparse": (graph_of([PASS], [], sparse_initializer=[sparse(tensor("w", 4), tensor("i", 4, kind=np.int64))]), 4),
    "branches": (
        graph_of(
            [
                helper.make_node("If", ["c"], ["y"], then_branch=subgraph(tensor("a", 7)), else_branch=subgraph()),
                helper.make_node("Loop", ["", ""], ["z"], body=subgraph(nodes=(constant("k", tensor("k", 2)),))),
            ],
            [tensor("c", kind=np.bool_)],
        ),
        9,
    ),
    "function": (with_function(constant("b", tensor("k", 11))), 11),
    "inputs with initializers": (graph_of([PASS], [tensor("x", 3)]), 6),
}


@pytest.mark.parametrize("case", CASES)
def test_hand_made_networks_read_as_onnx_reads_them(case: str) -> None:
    model, parameters = CASES[case]
    assert agree(model.SerializeToString()).parameters == parameters


def outside() -> onnx.TensorProto:
    weight = tensor("far", 3, 4)
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value="weights.bin")
    return weight


def models_with_weights_outside() -> list[onnx.ModelProto]:
    far, near = outside(), tensor("w", 4)
    branch = helper.make_node("If", ["c"], ["y"], then_branch=subgraph(), else_branch=subgraph(far))
    default = with_function(constant("b", near))
    default.functions[0].attribute_proto.append(helper.make_attribute("k", far))
    training = graph_of([PASS], [near])
    training.training_info.add().algorithm.CopyFrom(subgraph(far))
    return [
        graph_of([PASS], [far]),
        graph_of([constant("k", far), PASS], []),
        graph_of([branch], []),
        graph_of([PASS], [], sparse_initializer=[sparse(far, near)]),
        graph_of([PASS], [], sparse_initializer=[sparse(near, far)]),
        graph_of([helper.make_node("Constant", [], ["k"], sparse_value=sparse(far, near)), PASS], []),
        with_function(constant("b", far)),
        default,
        training,
    ]


def test_weights_outside_the_file_are_found_wherever_onnx_has_a_tensor() -> None:
    for model in models_with_weights_outside():
        assert agree(model.SerializeToString()).external_data == ("far",)


def test_no_mutation_hides_weights_outside_the_file() -> None:
    """Whatever protobuf still reads, and finds a tensor outside in, is refused or reported."""
    chance = random.Random(3)
    seeds = [model.SerializeToString() for model in models_with_weights_outside()]
    seen = 0
    for count in range(3000):
        data = bytearray(seeds[count % len(seeds)])
        for _ in range(chance.randint(1, 3)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            model = onnx.load_from_string(bytes(data))
        except DecodeError:
            continue
        found = read([bytes(data)])
        if isinstance(found, OnnxSummary) and any(t.data_location == TensorProto.EXTERNAL for t in tensors_of(model)):
            seen += 1
            assert found.external_data
    assert seen > 300


@pytest.mark.parametrize("parameters", [2000, 5000, 123_457, 1_000_003])
def test_networks_of_several_sizes_read_as_onnx_reads_them(parameters: int) -> None:
    for data in (policy_bytes(parameters, 7), value_bytes(parameters, 7)):
        assert agree(data).parameters == parameters
        onnx.checker.check_model(data, full_check=True)


@pytest.mark.parametrize("data", [tiny_policy(1), tiny_value(2), tiny_policy(3, weights=2000), *forged_pair()])
def test_networks_written_without_onnx_are_valid_for_it(data: bytes) -> None:
    onnx.checker.check_model(data, full_check=True)
    agree(data)


def test_the_two_builders_share_one_interface() -> None:
    assert summary(tiny_policy(1)).inputs == summary(policy_bytes(2000)).inputs
    assert summary(tiny_policy(1)).outputs == summary(policy_bytes(2000)).outputs
    assert summary(tiny_value(1)).inputs == summary(value_bytes(2000)).inputs
    assert summary(tiny_value(1)).outputs == summary(value_bytes(2000)).outputs


def test_networks_are_built_alike_each_time() -> None:
    assert policy_bytes.__wrapped__(3000, 4) == policy_bytes.__wrapped__(3000, 4)
    assert len({policy_bytes(3000, seed) for seed in range(5)} | {tiny_policy(seed) for seed in range(5)}) == 10


def test_element_types_are_called_as_onnx_calls_them() -> None:
    longer = {"float": "float32", "double": "float64"}
    for name, number in TensorProto.DataType.items():
        if number < len(ELEMENT_TYPES):  # a later onnx may know more, which are then called by their number
            assert ELEMENT_TYPES[number] == longer.get(name.lower(), name.lower())


def test_the_models_shipped_with_onnx_read_alike() -> None:
    compared = 0
    for path in SHIPPED:
        data = path.read_bytes()
        if onnx.load_from_string(data).graph.output:
            agree(data)
            compared += 1
        else:
            assert isinstance(read([data]), OnnxProblem)
    assert compared > 100
