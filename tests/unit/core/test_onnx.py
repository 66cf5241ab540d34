"""The streaming ONNX reader by itself: any way of cutting a file, fakes by name, budgets, hostile bytes.

Nothing here needs numpy or onnx: networks are written by ``tests.support.tiny``.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import pickle
import random
import time
import tracemalloc
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from git_pbm.core.onnx import OnnxProblem, OnnxReader, OnnxSummary, Port, interface_differences, messages, read
from git_pbm.core.onnx.ports import RANK_LIMIT
from git_pbm.core.onnx.stream import WORD_LIMIT
from tests.support.forged import forged_pair
from tests.support.tiny import FLOAT, INT64, field, model, node, port, tensor, tiny_policy, tiny_value

POLICY = tiny_policy(1)
INPUT, OUTPUT = field(11, port("x", FLOAT, "batch", 3)), field(12, port("y", FLOAT, "batch"))
GRAPH = field(7, INPUT + OUTPUT)
OPSET = field(8, field(2, 17))
PIECE = 1 << 18
"""Bytes; the size in which files are read."""


def summary(data: bytes) -> OnnxSummary:
    found = read([data])
    assert isinstance(found, OnnxSummary), found
    return found


def problem(data: bytes) -> str:
    found = read(pieces(data))
    assert isinstance(found, OnnxProblem)
    assert "\n" not in found.diagnosis
    return found.diagnosis


def pieces(data: bytes) -> Iterator[bytes]:
    return (data[start : start + PIECE] for start in range(0, len(data), PIECE))


def graph_model(*parts: bytes) -> bytes:
    """A model whose graph has one input, one output and these fields."""
    return model(b"".join(parts) + INPUT + OUTPUT)


def weights(name: str, count: int) -> bytes:
    return tensor(name, FLOAT, bytes(4 * count), count)


# -- what is read


def test_a_policy_shows_its_interface_and_origin() -> None:
    found = summary(POLICY)
    assert [str(p) for p in found.inputs] == [
        "board float32[batch,81,47]",
        "adj float32[81,81]",
        "unit_indices int64[batch,17]",
        "power_indices int64[batch]",
    ]
    assert [str(p) for p in found.outputs] == ["order_logits float32[batch,17,169]"]
    assert (found.ir_version, found.opsets, found.producer) == (8, (("", 17),), "pbm-tiny")
    assert (found.parameters, found.external_data) == (4, ())


def test_a_scalar_initializer_is_one_parameter_and_a_scalar_constant_none() -> None:
    scalar = field(2, FLOAT) + field(8, "s") + field(9, bytes(4))
    constant = node("Constant", [], "c", field(1, "value") + field(5, weights("", 1)) + field(20, 4))
    assert summary(graph_model(field(1, constant), field(5, scalar))).parameters == 1


def test_only_types_of_weights_are_counted() -> None:
    counted = {1, 2, 3, 4, 5, 10, 11, 16, *range(17, 29)}
    for number in range(1, 31):
        found = summary(graph_model(field(5, tensor("w", number, b"", 5))))
        assert found.parameters == (5 if number in counted else 0), number


def test_a_shape_in_two_parts_is_one_shape() -> None:
    """protobuf merges a message that is given twice (protobuf.dev/programming-guides/encoding, "Last one wins")."""
    parts = [field(2, field(1, field(1, size))) for size in (3, 4)]
    whole = field(1, "z") + field(2, field(1, field(1, FLOAT) + b"".join(parts)))
    assert str(summary(graph_model(field(12, whole))).outputs[0]) == "z float32[3,4]"


def test_an_input_that_has_an_initializer_is_no_input() -> None:
    listed = field(11, port("w", FLOAT, 3))
    assert [p.name for p in summary(graph_model(listed, field(5, weights("w", 3)))).inputs] == ["x"]


def test_shapes_keep_numbers_and_names_and_admit_what_they_do_not_know() -> None:
    minus_one = field(2, field(1, field(1, FLOAT) + field(2, field(1, field(1, (1 << 64) - 1)) + field(1, b""))))
    shapeless = field(2, field(1, field(1, INT64)))
    sequence = field(2, field(4, field(1, field(1, field(1, FLOAT)))))
    ports = [field(1, name) + kind for name, kind in (("a", minus_one), ("b", shapeless), ("c", sequence))]
    found = summary(graph_model(*(field(12, p) for p in ports)))
    assert [str(p) for p in found.outputs[:3]] == ["a float32[?,?]", "b int64[...]", "c sequence[...]"]


def test_operator_sets_of_all_domains_are_kept() -> None:
    custom = field(8, field(1, "com.example") + field(2, 3))
    assert summary(POLICY + custom).opsets == (("", 17), ("com.example", 3))


FAR = field(1, 3) + field(2, FLOAT) + field(8, "far") + field(14, 1)
BY_LOCATION_ALONE = field(1, 3) + field(2, FLOAT) + field(8, "far") + field(13, field(1, "location") + field(2, "w"))
WITH_FAR = field(1, "value") + field(5, FAR) + field(20, 4)
OUTSIDE = {
    "an initializer": graph_model(field(5, FAR)),
    "an initializer that does not admit it": graph_model(field(5, BY_LOCATION_ALONE)),
    "an attribute": graph_model(field(1, node("Constant", [], "c", WITH_FAR))),
    "a list in an attribute": graph_model(field(1, node("Mine", [], "c", field(1, "many") + field(10, FAR)))),
    "sparse values": graph_model(field(15, field(1, FAR))),
    "sparse indices": graph_model(field(15, field(1, weights("w", 3)) + field(2, FAR))),
    "a sparse attribute": graph_model(field(1, node("Constant", [], "c", field(22, field(1, FAR))))),
    "a subgraph": graph_model(field(1, node("If", ["x"], "y", field(1, "then_branch") + field(6, field(5, FAR))))),
    "a list of subgraphs": graph_model(field(1, node("Mine", [], "y", field(11, field(5, FAR))))),
    "a function": POLICY + field(25, field(7, node("Constant", [], "c", WITH_FAR))),
    "a default of a function": POLICY + field(25, field(11, WITH_FAR)),
    "a training graph": POLICY + field(20, field(2, field(5, FAR))),
    "an initial training graph": POLICY + field(20, field(1, field(5, FAR))),
}


@pytest.mark.parametrize("place", OUTSIDE)
def test_weights_outside_the_file_are_found_in(place: str) -> None:
    assert summary(OUTSIDE[place]).external_data == ("far",)


def test_only_some_of_many_tensors_outside_are_named() -> None:
    assert len(summary(graph_model(field(5, FAR) * 500)).external_data) == 16


# -- any way of cutting a file


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_any_way_of_cutting_a_file_gives_the_same_facts(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([POLICY, POLICY[:-7], *OUTSIDE.values()]))
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=30)))
    parts = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    assert str(read(parts)) == str(read([whole]))


def test_byte_by_byte_gives_the_same_facts() -> None:
    for whole in (POLICY, tiny_value(3), *OUTSIDE.values()):
        assert read(bytes([byte]) for byte in whole) == summary(whole)


def test_a_buffer_may_be_reused_and_released_after_each_piece() -> None:
    reader, buffer = OnnxReader(), bytearray(7)
    for start in range(0, len(POLICY), 7):
        piece = POLICY[start : start + 7]
        buffer[: len(piece)] = piece
        with memoryview(buffer) as view, view[: len(piece)] as part:
            reader.feed(part)
        buffer[:] = b"\xff" * 7
        buffer.append(0)  # BufferError if the reader still held it
        buffer.pop()
    assert reader.finish() == summary(POLICY)


def test_a_buffer_is_released_after_a_problem_too() -> None:
    reader, buffer = OnnxReader(), bytearray(b"\x08\x08\x3b" + bytes(50))
    reader.feed(memoryview(buffer))
    buffer.append(0)
    assert isinstance(reader.finish(), OnnxProblem)


# -- fakes, called by their names


def zipped(name: str) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr(name, b"\0" * 50)
    return target.getvalue()


FAKES: list[tuple[bytes, str]] = [
    (b"", "the file is empty"),
    (b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 5\n", "run git lfs pull"),
    (zipped("archive/data.pkl"), "a torch checkpoint"),
    (zipped("arr_0.npy"), "npz"),
    (zipped("readme.txt"), "zip archive"),
    (pickle.dumps({"a": 1}, 2), "pickle"),
    (pickle.dumps({"a": 1}), "pickle"),
    (b"<!DOCTYPE html><html>", "HTML"),
    (b"\xef\xbb\xbf\n <html lang=en>", "HTML"),
    (b'{"a": 1}', "JSON"),
    (b"hello, world\n", "plain text"),
    ("hello".encode("utf-16"), "UTF-16"),
    (gzip.compress(POLICY), "gzip"),
    (bz2.compress(POLICY), "bzip2"),
    (lzma.compress(POLICY), "xz"),
    (b"\x89HDF\r\n\x1a\n" + bytes(99), "HDF5"),
    (b"\x1c\0\0\0TFL3" + bytes(99), "TensorFlow Lite"),
    ((18).to_bytes(8, "little") + b'{"__metadata__":{}}', "safetensors"),
    (b"\x93NUMPY\x01\x00", "NumPy"),
    (b"\0" * 999, "no protobuf field at byte 0"),
]


@pytest.mark.parametrize(("data", "words"), FAKES, ids=[words for _, words in FAKES])
def test_a_fake_is_called_by_its_name(data: bytes, words: str) -> None:
    assert words in problem(data)
    assert str(read(bytes([byte]) for byte in data)) == problem(data)


LARGER = graph_model(*(field(1, node("Relu", [f"x{n}"], f"x{n + 1}")) for n in range(40)))


def test_converted_line_ends_are_recognised() -> None:
    assert "CRLF" in problem(LARGER.replace(b"\n", b"\r\n"))
    assert "CRLF" not in problem(LARGER[:-1])


def test_bytes_that_were_saved_as_text_are_recognised() -> None:
    noisy = graph_model(field(5, tensor("w", FLOAT, bytes(range(128, 256)), 32)))
    assert "re-encoded" in problem(noisy.decode("utf-8", "replace").encode())


def test_every_truncated_file_is_called_truncated() -> None:
    between_fields = {2, 12, len(POLICY) - len(OPSET)}
    for end in range(1, len(POLICY)):
        found = problem(POLICY[:end])
        assert ("truncated" in found) != (end in between_fields), (end, found)


# -- what is refused

REFUSED: list[tuple[bytes, str]] = [
    (POLICY + b"\0\0", "no protobuf field"),
    (POLICY + POLICY, "second graph"),
    (b"\x08\x08" + OPSET, "no graph"),
    (b"\x08\x08" + GRAPH, "no operator set"),
    (GRAPH + OPSET, "no IR version"),
    (field(1, (1 << 64) - 1) + GRAPH + OPSET, "no IR version"),
    (b"\x08\x08" + field(7, INPUT) + OPSET, "no output"),
    (b"\x08\x08\x3b", "group"),
    (b"\x08\x08\x3c", "group"),
    (b"\x08" + b"\xff" * 11, "ten bytes"),
    (b"\x0a\x01\x08" + GRAPH + OPSET, "not its own"),
    (b"\x08\x08\x39" + bytes(8), "not its own"),
    (b"\x08\x08" + field(7, b"\x2a\x7f"), "over the end"),
    (graph_model(field(5, b"\x0a\x02\x80\x80\x01")), "over the end"),
    (graph_model(field(1, field(1, b"\xff\xfe"))), "UTF-8"),
    (graph_model(field(1, field(1, "n" * 70_000))), "a name of 70000 bytes"),
    (graph_model(field(5, field(1, 1 << 62) * 2)), "impossible shape"),
    (graph_model(field(5, field(1, 1) * 65)), "impossible shape"),
    (graph_model(field(5, field(1, (1 << 64) - 1))), "impossible shape"),
    (graph_model(field(12, port("z", FLOAT, *[1] * 65))), "64 dimensions"),
]


@pytest.mark.parametrize(("data", "words"), REFUSED, ids=[f"{n}: {words}" for n, (_, words) in enumerate(REFUSED)])
def test_what_is_no_model_is_refused(data: bytes, words: str) -> None:
    assert words in problem(data)


def test_after_a_problem_the_rest_is_passed_over() -> None:
    reader = OnnxReader()
    reader.feed(b"\x08\x08")
    assert not reader.has_failed
    reader.feed(b"\x3b")
    assert reader.has_failed
    for piece in pieces(POLICY * 1000):
        reader.feed(piece)
    found = reader.finish()
    assert isinstance(found, OnnxProblem)
    assert "group" in found.diagnosis


@pytest.mark.parametrize("count", [1, 20_000])
def test_small_initializers_are_no_attack(count: int) -> None:
    data = graph_model(*(field(5, weights(f"w{n}", 1)) for n in range(count)))
    found = read(pieces(data))
    assert isinstance(found, OnnxSummary)
    assert found.parameters == count


def test_nested_graphs_as_deep_as_protobuf_writes_them_are_read() -> None:
    """An ``If`` inside an ``If``, 25 times; the next ones protobuf itself does not write."""
    inner = field(1, node("Identity", ["x"], "y"))
    for _ in range(25):
        attribute = field(1, "then_branch") + field(6, inner) + field(20, 5)
        inner = field(1, field(1, "c") + field(2, "y") + field(4, "If") + field(5, attribute))
    assert isinstance(read(pieces(graph_model(inner))), OnnxSummary)


def test_the_page_of_limits_is_true() -> None:
    page = (Path(__file__).parents[3] / "docs/reference/onnx.md").read_text()
    for limit in (messages.DEPTH_LIMIT, messages.FIELD_LIMIT, messages.NAME_LIMIT, messages.KEPT_LIMIT, RANK_LIMIT):
        assert f"| {limit:,} |" in page
    assert f"| {WORD_LIMIT:,} |" in page


def test_nested_graphs_are_bounded() -> None:
    inner = b""
    for _ in range(200):
        inner = field(1, field(5, field(6, inner)))
    assert "deeper" in problem(b"\x08\x08" + field(7, inner))


BOMBS = {
    "empty nodes": (field(1, b"") * 1_000_000, "fields"),
    "names": (field(1, field(1, "n" * 60_000)) * 300, "names"),
    "inputs": (field(11, b"") * 60_000, "tensors"),
    "initializers": (field(5, field(2, FLOAT)) * 60_000, "tensors"),
    "copies": (field(1, node("Identity", ["a"], "b")) * 60_000, "tensors"),
}


@pytest.mark.parametrize("kind", BOMBS)
def test_a_bomb_is_refused_before_its_end(monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    """A tenth of the limits, for the test's sake; the hostile corpus meets them as they are."""
    monkeypatch.setattr(messages, "FIELD_LIMIT", messages.FIELD_LIMIT // 10)
    monkeypatch.setattr(messages, "KEPT_LIMIT", messages.KEPT_LIMIT // 10)
    body, words = BOMBS[kind]
    data = memoryview(b"\x08\x08" + field(7, body))
    reader = OnnxReader()
    starts = iter(range(0, len(data), PIECE))
    while not reader.has_failed:
        start = next(starts)
        reader.feed(data[start : start + PIECE])
    found = reader.finish()
    assert isinstance(found, OnnxProblem)
    assert words in found.diagnosis
    assert "docs/reference/onnx.md" in found.diagnosis


def test_what_is_remembered_of_the_largest_accepted_file_is_small() -> None:
    copies = b"".join(field(1, node("Identity", ["w"], f"copy{n}")) for n in range(10_000))
    data = graph_model(copies, *(field(5, weights(f"w{n}", 1)) for n in range(10_000)))
    tracemalloc.start()
    try:
        found = read(pieces(data))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert isinstance(found, OnnxSummary)
    assert peak < 20_000 * 500  # bytes; at most KEPT_LIMIT things are remembered


def test_weights_are_skipped_without_being_copied() -> None:
    reader = OnnxReader()
    size = 100 << 20
    raw = field(8, "w") + field(1, size // 4) + field(2, FLOAT) + b"\x4a" + _length(size)
    initializer = b"\x2a" + _length(len(raw) + size) + raw
    reader.feed(b"\x08\x08\x3a" + _length(len(initializer) + size + len(INPUT + OUTPUT)) + initializer)
    payload = bytes(1 << 20)
    tracemalloc.start()
    try:
        for _ in range(size >> 20):
            reader.feed(payload)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    reader.feed(INPUT + OUTPUT + OPSET)
    found = reader.finish()
    assert isinstance(found, OnnxSummary), found
    assert found.parameters == size // 4
    assert peak < 64 << 10


def _length(size: int) -> bytes:
    return field(1, size)[1:]


# -- hostile bytes


def test_no_mutation_makes_the_reader_raise() -> None:
    chance = random.Random(1)
    seeds = [POLICY, LARGER, *OUTSIDE.values()]
    started = time.process_time()
    for count in range(2000):
        data = bytearray(seeds[count % len(seeds)])
        for _ in range(chance.randint(1, 4)):
            place = chance.randrange(len(data))
            match chance.randrange(4):
                case 0:
                    data[place] = chance.randrange(256)
                case 1:
                    data[place:place] = chance.randbytes(chance.randrange(4))
                case 2:
                    data[place] ^= 1 << chance.randrange(8)
                case _:
                    del data[place : place + chance.randrange(5)]
        found = read([bytes(data)])
        assert str(read(bytes([byte]) for byte in data)) == str(found)
        if isinstance(found, OnnxSummary):
            assert OnnxSummary.from_json(json.loads(json.dumps(found.to_json()))) == found
    assert time.process_time() - started < 30


@given(st.binary(max_size=300))
@settings(max_examples=300, deadline=None)
def test_no_bytes_make_the_reader_raise(data: bytes) -> None:
    assert isinstance(read([data]), OnnxSummary | OnnxProblem)
    assert isinstance(read([b"\x08\x08" + field(7, data)]), OnnxSummary | OnnxProblem)


# -- summaries as values


def test_a_summary_survives_being_remembered() -> None:
    for found in (summary(POLICY), *(summary(data) for data in OUTSIDE.values())):
        assert OnnxSummary.from_json(json.loads(json.dumps(found.to_json()))) == found


BAD_MEMORIES: list[dict[str, object]] = [
    {},
    {"parameters": "many"},
    {"parameters": True},
    {"inputs": None},
    {"inputs": [["a"]]},
    {"inputs": [["a", "float32", [1.5]]]},
    {"opsets": [[]]},
    {"opsets": [["", "17"]]},
    {"producer": None},
    {"external_data": [1]},
]


@pytest.mark.parametrize("wrong", BAD_MEMORIES, ids=str)
def test_a_wrong_memory_is_refused(wrong: dict[str, object]) -> None:
    record: dict[str, object] = {**summary(POLICY).to_json(), **wrong} if wrong else {}
    with pytest.raises(ValueError, match=r"\w"):
        OnnxSummary.from_json(record)


def test_interfaces_differ_by_names_types_and_numbers_but_not_by_symbols() -> None:
    policy, value = summary(POLICY), summary(tiny_value(1))
    assert interface_differences(policy, policy) == ()
    assert interface_differences(policy, value) == (
        "input unit_indices int64[batch,17] is gone",
        "output order_logits float32[batch,17,169] is gone",
        "output value_preds float32[batch,4] is new",
    )

    def shapeless(one: OnnxSummary) -> OnnxSummary:
        return replace(one, outputs=tuple(replace(port, shape=None) for port in one.outputs))

    assert interface_differences(policy, shapeless(policy)) == interface_differences(shapeless(policy), policy) == ()

    def with_output(*shape: int | str | None, kind: str = "float32") -> OnnxSummary:
        return replace(policy, outputs=(Port("order_logits", kind, shape),))

    for same in (("batch", "Addorder_logits_dim_1", 169), (1, 17, 169), (None, None, None)):
        assert interface_differences(policy, with_output(*same)) == ()
    for other in ((1, 18, 169), (1, 17), ()):
        assert len(interface_differences(policy, with_output(*other))) == 1
    assert len(interface_differences(policy, with_output(1, 17, 169, kind="float16"))) == 1


def test_the_forged_pair_is_two_networks_of_one_id() -> None:
    first, second = forged_pair()
    assert first != second
    digests = [sha256(data).hexdigest() for data in (first, second)]
    assert digests[0][:8] == digests[1][:8]
    assert digests[0] != digests[1]
    assert summary(first).outputs == summary(second).outputs
