"""Files that are often taken for ONNX models, known by their first bytes; nothing is ever unpacked."""

from __future__ import annotations

from git_pbm.core.onnx.summary import OnnxProblem

_SIGNS = (
    (b"version https://git-lfs", "this is a Git LFS pointer, not a model: run git lfs pull"),
    (b"PK\x03\x04", "this is a zip archive (a torch checkpoint or .npz?): export it with torch.onnx.export"),
    (b"\x1f\x8b", "this is a gzip archive: unpack it first"),
    (b"\x80\x02", "this is a Python pickle (a torch checkpoint?): export it with torch.onnx.export"),
    (b"\x80\x03", "this is a Python pickle: export it with torch.onnx.export"),
    (b"\x80\x04", "this is a Python pickle: export it with torch.onnx.export"),
    (b"\x80\x05", "this is a Python pickle: export it with torch.onnx.export"),
    (b"\x89HDF\r\n\x1a\n", "this is an HDF5 file (a Keras model?): convert it with tf2onnx"),
    (b"\x93NUMPY", "this is a NumPy array"),
)


def diagnose(head: bytes, problem: OnnxProblem) -> OnnxProblem:
    """A better word for a problem, where the first bytes of the file give one."""
    for sign, words in _SIGNS:
        if head.startswith(sign):
            return OnnxProblem(words)
    start = head.lstrip().lower()
    if start.startswith((b"<!doctype", b"<html", b"<?xml")):
        return OnnxProblem("this is an HTML or XML page: was a log-in page downloaded instead of the file?")
    if start.startswith((b"{", b"[")) and _is_text(head):
        return OnnxProblem("this is JSON text, not an ONNX model")
    if head and _is_text(head):
        return OnnxProblem("this is plain text, not an ONNX model")
    return problem


def _is_text(head: bytes) -> bool:
    return all(byte >= 0x20 or byte in b"\t\n\r" for byte in head)
