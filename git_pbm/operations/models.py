"""Finding the model that a person means."""

from __future__ import annotations

from collections.abc import Callable

from git_pbm.core import revisions
from git_pbm.core.registry import Registry


def resolve(registry: Registry, text: str, was_current: Callable[[int], str | None] = lambda _: None) -> str:
    """The id of the model that a MODEL expression names. Raises ``UsageError``."""
    return revisions.resolve(revisions.parse(text), registry, was_current)
