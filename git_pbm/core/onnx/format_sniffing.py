"""Files that are often taken for ONNX models, known by their first bytes; nothing is ever unpacked or unpickled."""

from __future__ import annotations

from git_pbm.core.onnx.summary import OnnxProblem

HEAD = 4096
"""Bytes of the beginning of a file that a diagnosis needs."""

_EXPORT = "export the model with torch.onnx.export"
_SIGNS = (
    (0, b"version https://git-lfs", "this is a Git LFS pointer, not a model: run git lfs pull"),
    (0, b"\x1f\x8b", "this is a gzip archive: unpack it first"),
    (0, b"BZh", "this is a bzip2 archive: unpack it first"),
    (0, b"\xfd7zXZ\x00", "this is an xz archive: unpack it first"),
    (0, b"\x28\xb5\x2f\xfd", "this is a zstd archive: unpack it first"),
    (0, b"7z\xbc\xaf\x27\x1c", "this is a 7z archive: unpack it first"),
    (257, b"ustar", "this is a tar archive: unpack it first"),
    (0, b"\x89HDF\r\n\x1a\n", "this is an HDF5 file (a Keras model?): convert it with tf2onnx"),
    (4, b"TFL3", "this is a TensorFlow Lite model: convert it with tf2onnx"),
    (4, b"ORTM", "this is a model in ONNX Runtime's own ORT format: add the .onnx file that it was made of"),
    (8, b'{"', f"this is a safetensors file, weights without a graph: {_EXPORT}"),
    (0, b"GGUF", f"this is a GGUF file, weights without a graph: {_EXPORT}"),
    (0, b"\x93NUMPY", f"this is a NumPy array, not a model: {_EXPORT}"),
)
_BAD_LINE_ENDS = (
    "its line ends were converted to CRLF (core.autocrlf or a text-mode transfer): "
    "write `*.onnx -text` into .gitattributes and copy or export it again"
)
_RECODED = "its bytes were re-encoded as UTF-8 text: copy it again as a binary file"


def diagnose(head: bytes, problem: OnnxProblem) -> OnnxProblem:
    """A better word for a problem, where the first :data:`HEAD` bytes of the file give one."""
    words = _by_sign(head) or _by_text(head) or _by_damage(head)
    return OnnxProblem(words) if words else problem


def _by_sign(head: bytes) -> str | None:
    if head.startswith(b"PK\x03\x04"):
        if b"/data.pkl" in head or b"/version" in head[:200]:
            return f"this is a zip archive, a torch checkpoint: {_EXPORT}"
        if b".npy" in head[:200]:
            return f"this is a zip archive of NumPy arrays (.npz): {_EXPORT}"
        return f"this is a zip archive (a torch checkpoint or .npz?): {_EXPORT}"
    if len(head) > 1 and head[0] == 0x80 and 2 <= head[1] <= 5:  # PROTO, then the protocol's number
        return f"this is a Python pickle (a torch checkpoint?): {_EXPORT}"
    return next((words for place, sign, words in _SIGNS if head[place:].startswith(sign)), None)


def _by_text(head: bytes) -> str | None:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "this is UTF-16 text, not an ONNX model"
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        return "this is an HTML or XML page: was a log-in page downloaded instead of the file?"
    if not head or not all(byte >= 0x20 or byte in b"\t\n\r" for byte in head):
        return None
    if start.startswith((b"{", b"[")):
        return "this is JSON text, not an ONNX model"
    return "this is plain text, not an ONNX model"


def _by_damage(head: bytes) -> str | None:
    """Line feeds are frequent in ONNX (the key of each message's first field), lone carriage returns are not."""
    if head.count(b"\xef\xbf\xbd") >= 3:
        return _RECODED
    if head.count(b"\n") >= 3 and head.count(b"\n") == head.count(b"\r\n"):
        return _BAD_LINE_ENDS
    return None
