"""The forest that parents make; tolerant of parents that are missing and of circles, which rules report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from git_pbm.core.registry import Registry


@dataclass(frozen=True, slots=True)
class Lineage:
    """Who was trained from whom, by id."""

    parents: Mapping[str, str | None]
    children: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, registry: Registry) -> Lineage:
        """The lineage that the models' metadata states; a parent that is not in the registry stays named."""
        parents = {name: m.metadata.parent if m.metadata else None for name, m in registry.models.items()}
        children: dict[str, list[str]] = {}
        for name, parent in parents.items():
            if parent is not None:
                children.setdefault(parent, []).append(name)
        return cls(parents, {parent: tuple(sorted(names)) for parent, names in children.items()})

    def roots(self) -> tuple[str, ...]:
        """Models without a parent in the registry, and one of each circle, sorted."""
        roots = [name for name, parent in self.parents.items() if parent is None or parent not in self.parents]
        seen = {name for root in roots for name in (root, *self.descendants(root))}
        for name in sorted(self.parents):
            if name not in seen:
                roots.append(name)
                seen.update((name, *self.descendants(name)))
        return tuple(sorted(roots))

    def ancestors(self, name: str) -> tuple[str, ...]:
        """Parent, its parent and so on, nearest first; ends before a repetition and before an unknown parent."""
        found: dict[str, None] = {}
        parent = self.parents.get(name)
        while parent is not None and parent in self.parents and parent not in found and parent != name:
            found[parent] = None
            parent = self.parents.get(parent)
        return tuple(found)

    def descendants(self, name: str) -> tuple[str, ...]:
        """Everything that was trained from a model, directly or not, parents before children."""
        found: dict[str, None] = {}
        waiting = list(self.children.get(name, ()))
        while waiting:
            child = waiting.pop(0)
            if child not in found and child != name:
                found[child] = None
                waiting += self.children.get(child, ())
        return tuple(found)

    def circle(self, name: str) -> tuple[str, ...]:
        """The models of the circle that ``name`` lies on, itself first; empty where it lies on none."""
        path, parent = [name], self.parents.get(name)
        while parent is not None and parent in self.parents and parent not in path:
            path.append(parent)
            parent = self.parents[parent]
        return tuple(path) if parent == name else ()
