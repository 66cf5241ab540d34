"""The streaming ONNX reader: held to the onnx package, to hostile input, and to any way of cutting a file."""

from __future__ import annotations

import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper

from git_pbm.core.onnx import OnnxProblem, OnnxReader, OnnxSummary, interface_differences, read
from tests.support.forged import forged_pair
from tests.support.networks import policy_bytes, value_bytes

SHIPPED = sorted(Path(onnx.__file__).parent.glob("backend/test/data/**/*.onnx"))
COUNTED = {"FLOAT", "FLOAT16", "BFLOAT16", "DOUBLE", "INT8", "UINT8", "INT16", "UINT16"}


def summary(data: bytes) -> OnnxSummary:
    found = read([data])
    assert isinstance(found, OnnxSummary), found
    return found


def problem(data: bytes) -> str:
    found = read([data])
    assert isinstance(found, OnnxProblem)
    return found.diagnosis


def reference(model: onnx.ModelProto) -> int:
    """Parameters as the onnx package sees them, by another way than ours: over parsed messages."""

    def counted(tensor: onnx.TensorProto) -> int:
        return (
            math.prod(tensor.dims)
            if TensorProto.DataType.Name(tensor.data_type) in COUNTED or tensor.data_type > 16
            else 0
        )

    def walk(nodes: object, initializers: object, sparse: object) -> int:
        known = {t.name: counted(t) for t in initializers}  # type: ignore[attr-defined]
        known.update({t.values.name: counted(t.values) for t in sparse})  # type: ignore[attr-defined]
        total = sum(known.values())
        for node in nodes:  # type: ignore[attr-defined]
            for attribute in node.attribute:
                for graph in (*([attribute.g] if attribute.HasField("g") else []), *attribute.graphs):
                    total += walk(graph.node, graph.initializer, graph.sparse_initializer)
            if node.op_type == "Constant" and node.domain in ("", "ai.onnx"):
                size = sum(counted(a.t) for a in node.attribute if a.HasField("t"))
                size += sum(counted(a.sparse_tensor.values) for a in node.attribute if a.HasField("sparse_tensor"))
                if size > 1:
                    known[node.output[0]] = size
                    total += size
            if node.op_type == "Identity" and node.domain in ("", "ai.onnx") and node.input[0] in known:
                known[node.output[0]] = known[node.input[0]]
                total += known[node.input[0]]
        return total

    functions = sum(walk(f.node, [], []) for f in model.functions)
    return walk(model.graph.node, model.graph.initializer, model.graph.sparse_initializer) + functions


def shapes(ports: object, skip: set[str]) -> list[tuple[str, tuple[int | str | None, ...] | None]]:
    found = []
    for port in ports:  # type: ignore[attr-defined]
        if port.name in skip:
            continue
        kind = port.type.tensor_type
        if not port.type.HasField("tensor_type"):
            continue
        dims = tuple(
            d.dim_value if d.HasField("dim_value") else (d.dim_param or None if d.HasField("dim_param") else None)
            for d in kind.shape.dim
        )
        found.append((port.name, dims if kind.HasField("shape") else None))
    return found


def agree(data: bytes) -> None:
    model, ours = onnx.load_from_string(data), summary(data)
    initial = {t.name for t in model.graph.initializer} | {t.values.name for t in model.graph.sparse_initializer}
    assert ours.parameters == reference(model)
    tensors = {p.name for p in (*model.graph.input, *model.graph.output) if p.type.HasField("tensor_type")}
    assert [(p.name, p.shape) for p in ours.inputs if p.name in tensors] == shapes(model.graph.input, initial)
    assert [(p.name, p.shape) for p in ours.outputs if p.name in tensors] == shapes(model.graph.output, set())
    assert ours.opsets == tuple((o.domain, o.version) for o in model.opset_import)
    assert (ours.producer, ours.producer_version) == (model.producer_name, model.producer_version)
    assert ours.ir_version == model.ir_version


def graph_of(nodes: list[onnx.NodeProto], weights: list[onnx.TensorProto], **more: Any) -> bytes:
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["batch", 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        weights,
        **more,
    )
    return bytes(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)]).SerializeToString())


def tensor(name: str, *shape: int, kind: type = np.float32) -> onnx.TensorProto:
    return numpy_helper.from_array(np.zeros(shape, dtype=kind), name)


@pytest.mark.parametrize("parameters", [2000, 5000, 123_457, 1_000_003])
def test_our_own_networks_read_as_onnx_reads_them(parameters: int) -> None:
    for data in (policy_bytes(parameters, 7), value_bytes(parameters, 7)):
        agree(data)
        assert summary(data).parameters == parameters


def test_a_policy_shows_its_interface() -> None:
    ports = summary(policy_bytes())
    assert [str(port) for port in ports.inputs] == [
        "board float32[batch,81,47]",
        "adj float32[81,81]",
        "unit_indices int64[batch,17]",
        "power_indices int64[batch]",
    ]
    assert [str(port) for port in ports.outputs] == ["order_logits float32[batch,17,169]"]


def test_identity_copies_of_a_shared_weight_are_counted() -> None:
    nodes = [
        helper.make_node("Identity", ["w"], ["w2"]),
        helper.make_node("Identity", ["w2"], ["w3"]),
        helper.make_node("Identity", ["x"], ["x2"]),
        helper.make_node("MatMul", ["x2", "w3"], ["y"]),
    ]
    data = graph_of(nodes, [tensor("w", 3, 5)])
    agree(data)
    assert summary(data).parameters == 45


def test_constants_of_more_than_one_element_are_counted() -> None:
    nodes = [
        helper.make_node("Constant", [], ["w"], value=tensor("w", 3, 4)),
        helper.make_node("Constant", [], ["s"], value=tensor("s", 1)),
        helper.make_node("Constant", [], ["i"], value=tensor("i", 9, kind=np.int64)),
        helper.make_node("MatMul", ["x", "w"], ["y"]),
    ]
    data = graph_of(nodes, [tensor("q", 6, kind=np.int8), tensor("n", 8, kind=np.int64)])
    agree(data)
    assert summary(data).parameters == 12 + 6


def test_sparse_weights_count_their_values() -> None:
    values = numpy_helper.from_array(np.ones(4, dtype=np.float32), "w")
    indices = numpy_helper.from_array(np.arange(4, dtype=np.int64), "i")
    sparse = helper.make_sparse_tensor(values, indices, [3, 5])
    data = graph_of([helper.make_node("MatMul", ["x", "w"], ["y"])], [], sparse_initializer=[sparse])
    agree(data)
    assert summary(data).parameters == 4


def subgraph(weights: list[onnx.TensorProto]) -> onnx.GraphProto:
    out = helper.make_tensor_value_info("o", TensorProto.FLOAT, None)
    return helper.make_graph([helper.make_node("Identity", ["x"], ["o"])], "branch", [], [out], weights)


def test_weights_of_branches_and_loops_are_counted() -> None:
    condition = numpy_helper.from_array(np.array(True), "c")
    branch = helper.make_node(
        "If", ["c"], ["y"], then_branch=subgraph([tensor("a", 7)]), else_branch=subgraph([tensor("b", 2)])
    )
    data = graph_of([branch], [condition])
    agree(data)
    assert summary(data).parameters == 9


def test_constants_inside_functions_are_counted() -> None:
    model = onnx.load_from_string(graph_of([helper.make_node("F", ["x"], ["y"], domain="mine")], []))
    inner = [helper.make_node("Constant", [], ["k"], value=tensor("k", 11)), helper.make_node("Add", ["a", "k"], ["b"])]
    model.functions.append(helper.make_function("mine", "F", ["a"], ["b"], inner, [helper.make_opsetid("", 17)]))
    data = bytes(model.SerializeToString())
    agree(data)
    assert summary(data).parameters == 11


def outside(weight: onnx.TensorProto) -> onnx.TensorProto:
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value="weights.bin")
    return weight


@pytest.mark.parametrize("place", ["initializer", "attribute", "subgraph", "sparse", "function"])
def test_weights_outside_the_file_are_found_wherever_they_hide(place: str) -> None:
    far = outside(tensor("far", 3, 4))
    plain = helper.make_node("Identity", ["x"], ["y"])
    if place == "initializer":
        data = graph_of([plain], [far])
    elif place == "attribute":
        data = graph_of([helper.make_node("Constant", [], ["k"], value=far), plain], [])
    elif place == "subgraph":
        branch = helper.make_node("If", ["x"], ["y"], then_branch=subgraph([far]), else_branch=subgraph([]))
        data = graph_of([branch], [])
    elif place == "sparse":
        sparse = onnx.SparseTensorProto(values=far, indices=tensor("i", 3, kind=np.int64), dims=[9])
        data = graph_of([plain], [], sparse_initializer=[sparse])
    else:
        model = onnx.load_from_string(graph_of([plain], []))
        inner = [helper.make_node("Constant", [], ["b"], value=far)]
        model.functions.append(helper.make_function("mine", "F", [], ["b"], inner, [helper.make_opsetid("", 17)]))
        data = bytes(model.SerializeToString())
    assert summary(data).external_data == ("far",)


def test_the_models_shipped_with_onnx_read_alike() -> None:
    chosen = SHIPPED
    assert len(chosen) > 100
    for path in chosen:
        data = path.read_bytes()
        model = onnx.load_from_string(data)
        if model.graph.output:
            agree(data)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_any_way_of_cutting_a_file_gives_the_same_facts(data: st.DataObject) -> None:
    whole = policy_bytes(2000, 1)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=30)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert read(pieces) == summary(whole)


def test_byte_by_byte_gives_the_same_facts() -> None:
    whole = value_bytes(2000, 1)
    assert read(bytes([byte]) for byte in whole) == summary(whole)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n", "git lfs pull"),
        (b"PK\x03\x04rest", "zip"),
        (b"\x80\x02}q\x00.", "pickle"),
        (b"<!DOCTYPE html><html>", "HTML"),
        (b'{"a": 1}', "JSON"),
        (b"hello, world", "plain text"),
        (b"\x1f\x8b\x08\x00", "gzip"),
        (policy_bytes()[:-1], "truncated"),
        (policy_bytes()[:4000], "truncated"),
        (policy_bytes() + b"\0\0", "no protobuf field"),
        (policy_bytes() + policy_bytes(), "second graph"),
        (b"\x08\x08", "no graph"),
        (b"\x08\x08\x3b", "group"),
        (b"\x08" + b"\xff" * 11, "ten bytes"),
    ],
)
def test_what_is_no_model_is_called_by_its_name(data: bytes, words: str) -> None:
    assert words in problem(data)


def test_a_file_with_converted_line_ends_is_no_model() -> None:
    whole = policy_bytes(20_000, 3)
    assert b"\n" in whole
    assert problem(whole.replace(b"\n", b"\r\n"))


def test_nested_graphs_are_bounded() -> None:
    inner = b""
    for _ in range(200):
        attribute = b"\x32" + _length(inner) + inner
        node = b"\x2a" + _length(attribute) + attribute
        inner = b"\x0a" + _length(node) + node
    assert "deeper" in problem(b"\x08\x08\x3a" + _length(inner) + inner)


def test_twenty_megabytes_of_empty_nodes_stay_within_bounds() -> None:
    nodes = b"\x0a\x00" * 10_000_000
    reader = OnnxReader()
    data = b"\x08\x08\x3a" + _length(nodes) + nodes
    for start in range(0, len(data), 1 << 18):
        reader.feed(data[start : start + (1 << 18)])
    found = reader.finish()
    assert isinstance(found, OnnxProblem)
    assert "fields" in found.diagnosis


def _length(data: bytes) -> bytes:
    size, out = len(data), bytearray()
    while size >= 0x80:
        out.append(size & 0x7F | 0x80)
        size >>= 7
    out.append(size)
    return bytes(out)


def test_no_mutation_makes_the_reader_raise() -> None:
    chance = random.Random(1)
    whole = policy_bytes(2000, 5)
    for _ in range(1500):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(600)
            data[place] = chance.randrange(256)
        if chance.random() < 0.3:
            del data[chance.randrange(len(data)) :]
        found = read([bytes(data)])
        assert isinstance(found, OnnxSummary | OnnxProblem)


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_no_bytes_make_the_reader_raise(data: bytes) -> None:
    assert isinstance(read([data]), OnnxSummary | OnnxProblem)


def test_a_summary_survives_being_remembered() -> None:
    found = summary(policy_bytes())
    assert OnnxSummary.from_json(found.to_json()) == found
    with pytest.raises(ValueError, match="no"):
        OnnxSummary.from_json({"parameters": "many"})


def test_interfaces_differ_by_names_types_and_numbers_but_not_by_symbols() -> None:
    policy, value = summary(policy_bytes()), summary(value_bytes())
    assert interface_differences(policy, policy) == ()
    assert any("unit_indices" in line for line in interface_differences(policy, value))
    fixed = onnx.load_from_string(policy_bytes())
    fixed.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
    assert interface_differences(policy, summary(bytes(fixed.SerializeToString()))) == ()
    fixed.graph.input[0].type.tensor_type.shape.dim[2].dim_value = 48
    assert len(interface_differences(policy, summary(bytes(fixed.SerializeToString())))) == 1


def test_the_forged_pair_is_two_valid_models_of_one_id() -> None:
    from hashlib import sha256

    first, second = forged_pair()
    assert first != second
    assert sha256(first).hexdigest()[:8] == sha256(second).hexdigest()[:8]
    for data in (first, second):
        onnx.checker.check_model(onnx.load_from_string(data))
        agree(data)
