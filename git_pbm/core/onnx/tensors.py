"""Tensors without their payload: name, type, shape, and whether the weights lie in another file."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from git_pbm.core.onnx.messages import LENGTH, NUMBERS, VARINT, Messages, number_into, word_into
from git_pbm.core.onnx.ports import RANK_LIMIT
from git_pbm.core.onnx.stream import Reading
from git_pbm.core.onnx.summary import OnnxProblem

EXTERNAL_SHOWN = 16
"""Tensors outside the file that are named; more are not remembered."""

_FLOATS = {1, 10, 11, 16, 17, 18, 19, 20, 23, 24, 27, 28}
_QUANTISED = {2, 3, 4, 5, 21, 22, 25, 26}
_COUNTED = _FLOATS | _QUANTISED
"""``TensorProto.DataType`` of weights: floats, and the small integers that quantisation makes of them.

Not int32, int64 and their unsigned kin (indices, shapes), nor bool, string and complex.
"""

_EXTERNAL = 1
"""``TensorProto.DataLocation.EXTERNAL``."""


@dataclass(slots=True)
class Tensor:
    """One ``TensorProto``; an unnamed one has an empty name."""

    name: str = ""
    element_type: int = 0
    dims: list[int] = field(default_factory=list)
    external: bool = False

    @property
    def parameters(self) -> int:
        """Elements, where the type is one of weights; a scalar is one element."""
        return math.prod(self.dims) if self.element_type in _COUNTED else 0


class TensorWalk(Messages):
    """Reads tensors, and remembers which of them keep their weights in another file."""

    def __init__(self) -> None:
        super().__init__()
        self.external: list[str] = []

    def tensor(self, size: int, depth: int) -> Reading[Tensor]:
        """One ``TensorProto`` of ``size`` bytes."""
        tensor = Tensor()
        numbers: dict[str, int] = {}
        words: dict[str, str] = {}

        def dim(value: int, _depth: int) -> Reading[None]:
            if value >> 63 or len(tensor.dims) == RANK_LIMIT:
                raise OnnxProblem(f"a tensor of impossible shape at byte {self.position}")
            tensor.dims.append(value)
            yield from ()

        def elsewhere(size: int, _depth: int) -> Reading[None]:
            tensor.external = True
            yield from self.skip(size)

        def location(value: int, _depth: int) -> Reading[None]:
            tensor.external = tensor.external or value & 0xFFFFFFFF == _EXTERNAL
            yield from ()

        fields = {
            1: (NUMBERS, dim),
            2: number_into(numbers, "type"),
            8: word_into(self, words, "name"),
            13: (LENGTH, elsewhere),
            14: (VARINT, location),
        }
        yield from self.message(size, depth, fields)
        tensor.name = words.get("name", "")
        tensor.element_type = numbers.get("type", 0) & 0xFFFFFFFF  # an int32: protobuf drops the upper half, too
        if math.prod(tensor.dims) >> 63:
            raise OnnxProblem(f"a tensor of impossible shape at byte {self.position}")
        if tensor.external and len(self.external) < EXTERNAL_SHOWN:
            self.external.append(tensor.name or "a tensor without a name")
        return tensor

    def sparse(self, size: int, depth: int) -> Reading[Tensor]:
        """One ``SparseTensorProto``: its values are what it holds, and give it its name."""
        found = Tensor()

        def values(size: int, depth: int) -> Reading[None]:
            nonlocal found
            found = yield from self.tensor(size, depth + 1)

        def indices(size: int, depth: int) -> Reading[None]:
            yield from self.tensor(size, depth + 1)

        yield from self.message(size, depth, {1: (LENGTH, values), 2: (LENGTH, indices)})
        return found
