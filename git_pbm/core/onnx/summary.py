"""What is known about an ONNX model: its interface, its parameters, where it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

Dimension: TypeAlias = int | str | None
Plain: TypeAlias = "bool | int | float | str | list[Plain] | dict[str, Plain] | None"

ELEMENT_TYPES = [
    "undefined",
    "float32",
    "uint8",
    "int8",
    "uint16",
    "int16",
    "int32",
    "int64",
    "string",
    "bool",
    "float16",
    "float64",
    "uint32",
    "uint64",
    "complex64",
    "complex128",
    "bfloat16",
    "float8e4m3fn",
    "float8e4m3fnuz",
    "float8e5m2",
    "float8e5m2fnuz",
    "uint4",
    "int4",
    "float4e2m1",
    "float8e8m0",
    "uint2",
    "int2",
    "float6e2m3",
    "float6e3m2",
]
"""Names of ``TensorProto.DataType`` by number (onnx.proto, release 1.23)."""


class OnnxProblem(ValueError):
    """Why some bytes are no usable ONNX model; ``diagnosis`` is one line."""

    def __init__(self, diagnosis: str) -> None:
        super().__init__(diagnosis)
        self.diagnosis = diagnosis


@dataclass(frozen=True, slots=True)
class Port:
    """One input or output of a graph; a dimension is a number, a name, or None; no ``shape`` at all is None."""

    name: str
    element_type: str
    shape: tuple[Dimension, ...] | None

    def __str__(self) -> str:
        dimensions = "..." if self.shape is None else ",".join("?" if d is None else str(d) for d in self.shape)
        return f"{self.name} {self.element_type}[{dimensions}]"


@dataclass(frozen=True, slots=True)
class OnnxSummary:
    """The facts about one model.

    ``inputs`` leaves out initializers that are listed as inputs, too. ``external_data`` names (some of) the
    tensors whose weights lie outside the file; empty for a self-contained model.
    """

    parameters: int
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    ir_version: int
    opsets: tuple[tuple[str, int], ...]
    producer: str
    producer_version: str
    external_data: tuple[str, ...]

    def to_json(self) -> dict[str, Plain]:
        """Plain JSON; the inverse of :meth:`from_json`."""
        return {
            "parameters": self.parameters,
            "inputs": [_port_to_json(port) for port in self.inputs],
            "outputs": [_port_to_json(port) for port in self.outputs],
            "ir_version": self.ir_version,
            "opsets": [[domain, version] for domain, version in self.opsets],
            "producer": self.producer,
            "producer_version": self.producer_version,
            "external_data": list(self.external_data),
        }

    @classmethod
    def from_json(cls, value: Mapping[str, object]) -> OnnxSummary:
        """A summary that :meth:`to_json` wrote. Raises ``ValueError`` for anything else."""
        try:
            return cls(
                _integer(value["parameters"]),
                tuple(_port_from_json(port) for port in _items(value["inputs"])),
                tuple(_port_from_json(port) for port in _items(value["outputs"])),
                _integer(value["ir_version"]),
                tuple((_text(_items(row)[0]), _integer(_items(row)[1])) for row in _items(value["opsets"])),
                _text(value["producer"]),
                _text(value["producer_version"]),
                tuple(_text(name) for name in _items(value["external_data"])),
            )
        except (KeyError, IndexError, TypeError) as error:
            raise ValueError(f"no summary of an ONNX model: {error}") from error


def interface_differences(before: OnnxSummary, after: OnnxSummary) -> tuple[str, ...]:
    """How the inputs and outputs differ, a line each; a dimension without a number matches any number."""
    lines: list[str] = []
    for what, old, new in (("input", before.inputs, after.inputs), ("output", before.outputs, after.outputs)):
        olds, news = {port.name: port for port in old}, {port.name: port for port in new}
        lines += [f"{what} {olds[name]} is gone" for name in olds if name not in news]
        lines += [f"{what} {news[name]} is new" for name in news if name not in olds]
        lines += [
            f"{what} {olds[name]} is now {news[name]}"
            for name in olds
            if name in news and not _agree(olds[name], news[name])
        ]
    return tuple(lines)


def _agree(one: Port, other: Port) -> bool:
    if one.element_type != other.element_type:
        return False
    if one.shape is None or other.shape is None:
        return True
    return len(one.shape) == len(other.shape) and all(
        a == b or not (isinstance(a, int) and isinstance(b, int)) for a, b in zip(one.shape, other.shape, strict=True)
    )


def _port_to_json(port: Port) -> Plain:
    return [port.name, port.element_type, None if port.shape is None else list(port.shape)]


def _port_from_json(value: object) -> Port:
    name, element_type, shape = _items(value)
    dimensions = None if shape is None else tuple(_dimension(d) for d in _items(shape))
    return Port(_text(name), _text(element_type), dimensions)


def _dimension(value: object) -> Dimension:
    if value is None or isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise ValueError("no dimension")


def _items(value: object) -> list[object]:
    if not isinstance(value, list):
        raise ValueError("no list")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    return value


def _integer(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError("no integer")
    return value
