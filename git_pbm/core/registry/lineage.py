"""The forest that parents make; tolerant of parents that are missing and of circles, which it does not judge."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from git_pbm.core.registry.registry import Registry


@dataclass(frozen=True, slots=True)
class Lineage:
    """Who was trained from whom, by id. Every question takes time linear in the models that it visits."""

    parents: Mapping[str, str | None]
    """The parent that each model states, whether or not the registry has it."""
    _children: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, registry: Registry) -> Lineage:
        """The lineage that the models' metadata states; a model without readable metadata has no parent."""
        return cls.from_parents(
            {name: summary.parent if summary else None for name, summary in registry.summaries.items()}
        )

    @classmethod
    def from_parents(cls, parents: Mapping[str, str | None]) -> Lineage:
        """The lineage of models whose stated parents are given."""
        children: dict[str, list[str]] = {}
        for name, parent in parents.items():
            if parent is not None:
                children.setdefault(parent, []).append(name)
        return cls(parents, {parent: tuple(sorted(names)) for parent, names in children.items()})

    def parent(self, name: str) -> str | None:
        """The parent; None where there is none, or where it is not in the registry."""
        parent = self.parents.get(name)
        return parent if parent in self.parents else None

    def children(self, name: str) -> tuple[str, ...]:
        """The models that state ``name`` as their parent, sorted; ``name`` itself need not be in the registry."""
        return self._children.get(name, ())

    def roots(self) -> tuple[str, ...]:
        """Models without a parent in the registry, and the first of each circle, sorted.

        Together with their descendants that is every model once.
        """
        roots = [name for name in self.parents if self.parent(name) is None]
        seen = {name for root in roots for name in (root, *self.descendants(root))}
        for name in self.parents:
            if name not in seen:
                circle = self._circle_above(name)
                roots.append(min(circle))
                seen.update((circle[0], *self.descendants(circle[0])))
        return tuple(sorted(roots))

    def ancestors(self, name: str) -> tuple[str, ...]:
        """Parent, its parent and so on, nearest first; ends before a repetition and before an unknown parent."""
        found: dict[str, None] = {}
        parent = self.parent(name)
        while parent is not None and parent not in found and parent != name:
            found[parent] = None
            parent = self.parent(parent)
        return tuple(found)

    def nth_ancestor(self, name: str, steps: int) -> str | None:
        """The model ``steps`` parents up (0 is ``name`` itself); None where the lineage ends before."""
        ancestors = (name, *self.ancestors(name))
        return ancestors[steps] if steps < len(ancestors) else None

    def descendants(self, name: str) -> tuple[str, ...]:
        """Everything that was trained from a model, directly or not, parents before children."""
        found: dict[str, None] = {}
        waiting = deque(self.children(name))
        while waiting:
            child = waiting.popleft()
            if child not in found and child != name:
                found[child] = None
                waiting.extend(self.children(child))
        return tuple(found)

    def circle(self, name: str) -> tuple[str, ...]:
        """The models of the circle that ``name`` is on, itself first; empty where it is on none."""
        up = (name, *self.ancestors(name))
        return up if self.parent(up[-1]) == name else ()

    def _circle_above(self, name: str) -> tuple[str, ...]:
        """The circle that walking up from ``name`` ends in; there must be one."""
        last = self.ancestors(name)[-1:] or (name,)
        return self.circle(last[0])
