"""``git pbm show``: one model, and what is known about its networks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from git_pbm.core.onnx import OnnxSummary
from git_pbm.core.registry.facts import Facts
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.registry import Registry
from git_pbm.operations.model_view import View, view_of
from git_pbm.operations.result import Result


@dataclass(frozen=True, slots=True)
class ShowResult(Result):
    """One model, and its networks that are here, by file name."""

    view: View
    networks: Mapping[str, OnnxSummary]


def show(registry: Registry, model_id: str) -> ShowResult:
    """Look at one model of a registry."""
    model = registry.models[model_id]
    return ShowResult(view_of(registry, model), interface_of(model))


def interface_of(model: Model) -> dict[str, OnnxSummary]:
    """What is known about the networks that are here, by file name."""
    found = {}
    for name in model.networks:
        facts = model.facts(name)
        if isinstance(facts, Facts) and facts.onnx is not None:
            found[name] = facts.onnx
    return found
