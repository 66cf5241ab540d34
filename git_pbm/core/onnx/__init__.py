"""ONNX files, read forward only and without their weights; a filter for a registry, not a validator of graphs."""

from git_pbm.core.onnx.reader import OnnxReader, read
from git_pbm.core.onnx.summary import OnnxProblem, OnnxSummary, Port, interface_differences

__all__ = ["OnnxProblem", "OnnxReader", "OnnxSummary", "Port", "interface_differences", "read"]
