"""Seeded policy and value networks as real ONNX files, of any size from 2,000 parameters; they are not trained.

They have the interface of the engine's two networks (board, adjacency, units -> orders; board -> values) and
exactly as many parameters as asked for. One version of onnx writes the same bytes for the same seed.
"""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

AREAS, FEATURES, UNITS, POWERS, VOCABULARY, VALUES = 81, 47, 17, 7, 169, 4


class _Builder:
    """Collects nodes and weights; every step returns the name of its output."""

    def __init__(self, net: str, seed: int) -> None:
        self.net, self.seed = net, seed
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []
        self.parameters = 0

    def op(self, kind: str, *inputs: str, out: str = "", **attributes: Any) -> str:
        out = out or f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], **attributes))
        return out

    def weight(self, name: str, *shape: int) -> str:
        count = int(np.prod(shape))
        key = hashlib.sha256(f"{self.seed}/{self.net}/{name}".encode()).digest()
        raw = np.random.PCG64(int.from_bytes(key[:16], "little")).random_raw((count + 1) // 2)
        bits = raw.astype("<u8").view("<u4")[:count]
        values = (bits >> 8).astype(np.float32) * np.float32(2.0**-27) - np.float32(2.0**-4)  # exact: no rounding
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, raw_data=values.astype("<f4").tobytes())
        tensor.dims.extend(shape)
        self.weights.append(tensor)
        self.parameters += count
        return name

    def linear(self, source: str, name: str, wide: int, out: int) -> str:
        product = self.op("MatMul", source, self.weight(f"{name}.weight", wide, out))
        return self.op("Add", product, self.weight(f"{name}.bias", out))

    def encode(self, hidden: int, depth: int) -> str:
        """board, adj, power_indices -> one vector an area."""
        state = self.op("Relu", self.linear("board", "input", FEATURES, hidden))
        for block in range(depth):
            mixed = self.op("MatMul", "adj", state)
            inner = self.op("Relu", self.linear(mixed, f"blocks.{block}.up", hidden, 4 * hidden))
            state = self.op("Add", state, self.linear(inner, f"blocks.{block}.down", 4 * hidden, hidden))
        power = self.op("Gather", self.weight("power.weight", POWERS, hidden), "power_indices", axis=0)
        return self.op("Add", state, self.op("Unsqueeze", power, self._ints("one", 1)))

    def _ints(self, name: str, *values: int) -> str:
        tensor = helper.make_tensor("", TensorProto.INT64, [len(values)], list(values))
        return self.op("Constant", out=name, value=tensor)

    def finish(
        self, inputs: Sequence[onnx.ValueInfoProto], output: onnx.ValueInfoProto, last: str, target: int
    ) -> bytes:
        """Take up what is left of ``target`` in one offset tensor, and serialise."""
        rest = target - self.parameters
        if rest < 1:
            raise ValueError(
                f"{target} parameters are too few; the smallest {self.net} net needs {self.parameters + 1}"
            )
        offset = self.op("ReduceMean", self.weight("offset", rest), keepdims=0)
        self.op("Add", last, offset, out=output.name)
        graph = helper.make_graph(self.nodes, f"{self.net}_net", list(inputs), [output], self.weights)
        model = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8, producer_name="pbm-networks"
        )
        return bytes(model.SerializeToString(deterministic=True))


def _float(name: str, *shape: int | str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, list(shape))


def _int(name: str, *shape: int | str) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.INT64, list(shape))


def _shape_for(parameters: int) -> tuple[int, int]:
    """Width and depth whose network stays just below a number of parameters."""
    best = (2, 1)
    for depth in (1, 2, 4, 6):
        for hidden in (*range(2, 64, 2), *range(64, 4096, 32)):
            size = (
                (FEATURES + VOCABULARY + POWERS + 12) * hidden + depth * (8 * hidden * hidden + 5 * hidden) + VOCABULARY
            )
            if size < parameters * 0.98 and hidden >= 4 * depth:
                best = (hidden, depth)
    return best


@lru_cache(maxsize=64)
def policy_bytes(parameters: int = 5000, seed: int = 0) -> bytes:
    """A policy network with exactly so many parameters."""
    hidden, depth = _shape_for(parameters)
    net = _Builder("policy", seed)
    context = net.encode(hidden, depth)
    index = net.op("Unsqueeze", net.op("Relu", "unit_indices"), net._ints("last", -1))
    units = net.op("GatherND", context, index, batch_dims=1)
    logits = net.linear(units, "orders", hidden, VOCABULARY)
    inputs = [
        _float("board", "batch", AREAS, FEATURES),
        _float("adj", AREAS, AREAS),
        _int("unit_indices", "batch", UNITS),
        _int("power_indices", "batch"),
    ]
    return net.finish(inputs, _float("order_logits", "batch", UNITS, VOCABULARY), logits, parameters)


@lru_cache(maxsize=64)
def value_bytes(parameters: int = 5000, seed: int = 0) -> bytes:
    """A value network with exactly so many parameters."""
    hidden, depth = _shape_for(parameters)
    net = _Builder("value", seed)
    pooled = net.op("ReduceMean", net.encode(hidden, depth), axes=[1], keepdims=0)
    values = net.op("Sigmoid", net.linear(pooled, "values", hidden, VALUES))
    inputs = [_float("board", "batch", AREAS, FEATURES), _float("adj", AREAS, AREAS), _int("power_indices", "batch")]
    return net.finish(inputs, _float("value_preds", "batch", VALUES), values, parameters)


def write_pair(
    folder: Path, parameters: int = 5000, seed: int = 0, *, version: int = 2, value: bool = True
) -> tuple[Path, Path | None]:
    """Write a policy and (unless told not to) a value network, as a training run names them."""
    folder.mkdir(parents=True, exist_ok=True)
    policy = folder / f"policy_v{version}.onnx"
    policy.write_bytes(policy_bytes(parameters, seed))
    if not value:
        return policy, None
    other = folder / f"value_v{version}.onnx"
    other.write_bytes(value_bytes(parameters * 951 // 1000, seed))
    return policy, other


def count_of(text: str) -> int:
    """A number of parameters as people write it: ``5000``, ``812.4K``, ``15.36M``. Raises ``ValueError``."""
    scale = {"k": 10**3, "m": 10**6}.get(text[-1:].lower())
    return int(text) if scale is None else round(float(text[:-1]) * scale)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out-dir", type=Path, required=True)
    parser.add_argument(
        "--params", type=count_of, default=15_358_121, help="of the policy, as 5000 or 15.36M (default: 61 MB)"
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-value", action="store_true")
    words = parser.parse_args()
    for path in write_pair(words.out_dir, words.params, words.seed, value=not words.no_value):
        if path is not None:
            print(path, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
