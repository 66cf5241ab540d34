"""``git pbm lineage``: which model was trained from which."""

from __future__ import annotations

from dataclasses import dataclass

from git_pbm.core.registry.lineage import Lineage
from git_pbm.core.registry.registry import Registry
from git_pbm.operations.model_view import View, view_of
from git_pbm.operations.result import Result


@dataclass(frozen=True, slots=True)
class LineageResult(Result):
    """The lineage as lines: depth and model, children below their parents."""

    registry: Registry
    lines: tuple[tuple[int, View], ...]


def lineage_of(registry: Registry) -> LineageResult:
    """Lay out the lineage of every model."""
    return LineageResult(registry, tuple(branches(registry)))


def branches(registry: Registry) -> list[tuple[int, View]]:
    """The lineage as lines: depth and model, children below their parents."""
    lineage = Lineage.of(registry)
    lines: list[tuple[int, View]] = []
    waiting = [(0, name) for name in reversed(lineage.roots())]
    seen: set[str] = set()
    while waiting:
        depth, name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        lines.append((depth, view_of(registry, registry.models[name])))
        waiting += [(depth + 1, child) for child in reversed(lineage.children(name))]
    return lines
