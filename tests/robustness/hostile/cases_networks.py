"""Files that are no ONNX model, or one that must not be trusted."""

from __future__ import annotations

from tests.robustness.hostile.case import TRICK, Case, policy
from tests.support.tiny import field, model, node, tensor, tiny_policy


def _outside(where: str) -> bytes:
    """A model that keeps weights in another file, in one of the places where ONNX allows that."""
    entry = field(1, "location") + field(2, "/etc/passwd")
    weights = field(1, 4) + field(2, 1) + field(8, "w") + field(13, entry) + field(14, 1)
    if where == "initializer":
        return model(field(5, weights))
    if where == "attribute":
        return model(field(1, node("Constant", [], "x", field(1, "value") + field(5, weights) + field(20, 4))))
    if where == "subgraph":
        inner = field(1, "then_branch") + field(6, field(5, weights)) + field(20, 5)
        return model(field(1, node("If", ["x"], "y", inner)))
    if where == "sparse":
        return model(field(15, field(1, weights) + field(2, weights)))
    function = field(1, "f") + field(7, node("Constant", [], "x", field(1, "value") + field(5, weights)))
    return model(field(2, "g"), field(25, function))


def _nested(levels: int) -> bytes:
    graph = b""
    for _ in range(levels):
        graph = field(1, node("If", ["x"], "y", field(1, "b") + field(6, graph) + field(20, 5)))
    return model(graph)


NETWORKS: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "onnx-is-a-model"),
    "cut off": (tiny_policy(0)[:-9], "onnx-is-a-model"),
    "a zip": (b"PK\3\4" + bytes(200), "onnx-is-a-model"),
    "a pickle": (b"\x80\4cos\nsystem\n(S'touch owned'\ntR.", "onnx-is-a-model"),
    "HTML": (b"<!doctype html><html>404</html>", "onnx-is-a-model"),
    "mangled by CRLF": (tiny_policy(0).replace(b"\n", b"\r\n"), "onnx-is-a-model"),
    "a Git LFS pointer": (
        b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12\n",
        "dir-name-is-policy-hash",
    ),
    "a malformed pointer": (b"version https://git-lfs.github.com/spec/v1\r\noid sha256:x\r\n", "onnx-is-a-model"),
    "20 MB of empty nodes": (model(field(1, b"") * 10_000_000), "onnx-is-a-model"),
    "varints without end": (b"\x80" * (1 << 20), "onnx-is-a-model"),
    "a length beyond the end": (b"\x3a\xff\xff\xff\xff\xff\xff\xff\xff\x7f", "onnx-is-a-model"),
    "nested 5,000 deep": (_nested(5_000), "onnx-is-a-model"),
    "names of 10 MB": (model(field(1, node("A" * 10_000_000, ["x"], "y"))), "onnx-is-a-model"),
    "trailing bytes": (tiny_policy(0) + b"\0" * 8, "onnx-is-a-model"),
    "two graphs": (tiny_policy(0) + field(7, field(2, "again")), "onnx-is-a-model"),
    **{
        f"weights outside, in its {place}": (_outside(place), "dir-name-is-policy-hash")
        for place in ("initializer", "attribute", "subgraph", "sparse", "function")
    },
    "names that are tricks": (
        model(field(2, TRICK) + field(5, tensor(TRICK, 1, bytes(16), 4)), field(2, TRICK), field(3, TRICK)),
        "dir-name-is-policy-hash",
    ),
}


def _networks() -> list[Case]:
    return [Case(f"policy is {name}", policy(data)) for name, (data, _) in NETWORKS.items()]


def cases() -> list[Case]:
    """All of them."""
    return [*_networks()]
