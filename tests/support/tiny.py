"""The smallest valid ONNX networks with the engine's interface, written with the standard library alone.

For tests that must run where numpy and onnx are missing, or that need many networks fast.
"""

from __future__ import annotations

import hashlib
import struct

FLOAT, INT64 = 1, 7
"""``TensorProto.DataType``."""


def varint(number: int) -> bytes:
    """A number in protobuf's base 128."""
    out = bytearray()
    while number >= 0x80:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def field(number: int, value: int | str | bytes) -> bytes:
    """One protobuf field: a varint for a number, else a length and the payload."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    payload = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(payload)) + payload


def tensor(name: str, element_type: int, raw: bytes, *dims: int) -> bytes:
    """A ``TensorProto`` with its payload as raw data."""
    shape = b"".join(field(1, dim) for dim in dims)
    return shape + field(2, element_type) + field(8, name) + field(9, raw)


def port(name: str, element_type: int, *dims: int | str) -> bytes:
    """A ``ValueInfoProto``; a dimension is a number or a name."""
    shape = b"".join(field(1, field(2 if isinstance(dim, str) else 1, dim)) for dim in dims)
    return field(1, name) + field(2, field(1, field(1, element_type) + field(2, shape)))


def node(op: str, inputs: list[str], output: str, *attributes: bytes) -> bytes:
    """A ``NodeProto`` with one output."""
    names = b"".join(field(1, name) for name in inputs) + field(2, output)
    return names + field(4, op) + b"".join(field(5, attribute) for attribute in attributes)


def number_attribute(name: str, value: int) -> bytes:
    """An ``AttributeProto`` of type INT (2)."""
    return field(1, name) + field(3, value) + field(20, 2)


def model(graph: bytes, *more: bytes) -> bytes:
    """A ``ModelProto`` of IR version 8 and operator set 17, with further fields at its end."""
    return field(1, 8) + field(2, "pbm-tiny") + field(7, graph) + field(8, field(2, 17)) + b"".join(more)


def _weights(seed: int, name: str, count: int) -> bytes:
    noise = hashlib.shake_256(f"{name}/{seed}".encode()).digest(2 * count)
    values = (number / 65536 - 0.5 for number in struct.unpack(f"<{count}H", noise))  # exact in float32
    return struct.pack(f"<{count}f", *values)


def _network(
    name: str, raw_weights: bytes, source: str, inputs: list[bytes], target: str, shape: tuple[int | str, ...]
) -> bytes:
    """``source``, scaled by the mean of the weights and spread over the last dimension of the output."""
    spread = [1] * (len(shape) - 1) + [int(shape[-1])]
    nodes = [
        node("ReduceMean", ["w"], "mean", number_attribute("keepdims", 0)),
        node("Cast", [source], "number", number_attribute("to", FLOAT)),
        node("Unsqueeze", ["number", "last"], "column"),
        node("Mul", ["column", "mean"], "scaled"),
        node("Expand", ["scaled", "spread"], target),
    ]
    initializers = [
        tensor("w", FLOAT, raw_weights, len(raw_weights) // 4),
        tensor("last", INT64, struct.pack("<q", -1), 1),
        tensor("spread", INT64, struct.pack(f"<{len(spread)}q", *spread), len(spread)),
    ]
    parts = [(1, nodes), (2, [name.encode()]), (5, initializers), (11, inputs), (12, [port(target, FLOAT, *shape)])]
    return model(b"".join(field(number, item) for number, items in parts for item in items))


def tiny_policy(seed: int, name: str = "policy", weights: int = 4) -> bytes:
    """A policy network with so many parameters; another seed is another network of the same shape."""
    inputs = [
        port("board", FLOAT, "batch", 81, 47),
        port("adj", FLOAT, 81, 81),
        port("unit_indices", INT64, "batch", 17),
        port("power_indices", INT64, "batch"),
    ]
    raw = _weights(seed, name, weights)
    return _network(name, raw, "unit_indices", inputs, "order_logits", ("batch", 17, 169))


def tiny_value(seed: int, name: str = "value", weights: int = 4) -> bytes:
    """A value network with so many parameters."""
    inputs = [port("board", FLOAT, "batch", 81, 47), port("adj", FLOAT, 81, 81), port("power_indices", INT64, "batch")]
    raw = _weights(seed, name, weights)
    return _network(name, raw, "power_indices", inputs, "value_preds", ("batch", 4))
