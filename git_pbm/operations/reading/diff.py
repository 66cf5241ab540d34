"""``git pbm diff``: two models side by side."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from git_pbm.core.documents.metadata import METRICS, Metadata
from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.names import NetworkRole
from git_pbm.core.onnx import interface_differences
from git_pbm.core.registry.facts import Facts
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.registry import Registry
from git_pbm.operations.model_view import View, view_of
from git_pbm.operations.result import Result


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One field of two models; ``delta`` is second minus first where both are numbers."""

    name: str
    first: JsonValue
    second: JsonValue
    delta: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DiffResult(Result):
    """Two models, the fields that either has, and how their networks' inputs and outputs differ, a line each."""

    first: View
    second: View
    differences: tuple[Difference, ...]
    interface: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComparisonResult(Result):
    """More than two models, and the names of the fields that some of them have."""

    views: tuple[View, ...]
    fields: tuple[str, ...]


def compare(registry: Registry, model_ids: Sequence[str]) -> ComparisonResult:
    """Compare any number of models field by field."""
    views = tuple(view_of(registry, registry.models[model_id]) for model_id in model_ids)
    names = _names([view.metadata for view in views])
    return ComparisonResult(views, tuple(n for n in names if any(view.metadata.get(n) is not None for view in views)))


def diff(registry: Registry, first_id: str, second_id: str) -> DiffResult:
    """Compare two models of a registry."""
    models = registry.models[first_id], registry.models[second_id]
    first, second = (view_of(registry, model) for model in models)
    return DiffResult(
        first=first,
        second=second,
        differences=tuple(differences(first, second)),
        interface=tuple(interface_changes(*models)),
    )


def differences(first: View, second: View) -> list[Difference]:
    """Every field that either model has, metadata's own order first."""
    rows = []
    for name in _names([first.metadata, second.metadata]):
        one, two = first.metadata.get(name), second.metadata.get(name)
        if one is None and two is None:
            continue
        delta = None
        if name in METRICS and isinstance(one, int | float) and isinstance(two, int | float):
            delta = two - one if math.isfinite(two - one) else None
        rows.append(Difference(name=name, first=one, second=two, delta=delta))
    return rows


def _names(documents: Sequence[Mapping[str, JsonValue]]) -> list[str]:
    """The names of fields, metadata's own first."""
    names = dict.fromkeys([*Metadata.__slots__, *(name for document in documents for name in document)])
    return [name for name in names if name not in ("extra", "files")]


def interface_changes(first: Model, second: Model) -> list[str]:
    """How the networks' inputs and outputs differ, a line each."""
    lines = []
    for role in NetworkRole:
        one, two = first.network(role), second.network(role)
        if (one is None) != (two is None):
            lines.append(f"{role}: {second.name if one is None else first.name} alone has one")
        elif one is not None and two is not None:
            old, new = first.facts(one), second.facts(two)
            if isinstance(old, Facts) and isinstance(new, Facts) and old.onnx and new.onnx:
                lines += [f"{role}: {line}" for line in interface_differences(old.onnx, new.onnx)]
            else:
                lines.append(f"{role}: content is not here, so it was not compared")
    return lines
