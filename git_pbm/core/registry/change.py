"""A step of history: a registry before and after, and the message that explains it."""

from __future__ import annotations

from dataclasses import dataclass

from git_pbm.core.registry.registry import Registry


@dataclass(frozen=True, slots=True)
class Change:
    """A step of history: the registry before and after, and the message that explains it."""

    before: Registry
    after: Registry
    message: str
    base: str = "HEAD"
    """What names the commit before it."""
    retaggable: frozenset[str] = frozenset()
    """Ids of models that may have another tag after it: see :mod:`git_pbm.core.registry.shared_tags`."""
