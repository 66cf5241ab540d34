"""A model as a person sees it: a registry that is broken is shown as far as it goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.names import METADATA_NAME
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.registry import Registry

OWN_COLUMNS = ("id", "hash", "current")
"""What a model has besides its metadata."""


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One model as a person sees it; ``metadata`` is the document as it stands, empty where it is unreadable."""

    model_id: str
    sha256: str
    is_current: bool
    metadata: Mapping[str, JsonValue]
    problem: str = ""

    def field(self, name: str) -> JsonValue:
        """A field by the name that a column has; ``id``, ``hash`` and ``current`` besides metadata's own."""
        if name not in OWN_COLUMNS:
            return self.metadata.get(name)
        own: dict[str, JsonValue] = {"id": self.model_id, "hash": self.sha256, "current": self.is_current}
        return own[name]


def view_of(registry: Registry, model: Model) -> View:
    """The view of one model."""
    document, problem = model.document, ""
    if document is None:
        problem = "no metadata" if model.facts(METADATA_NAME) is None else "metadata cannot be read"
        document = {}
    stated = document.get("hash")
    sha256 = stated if isinstance(stated, str) else ""
    return View(
        model_id=model.name,
        sha256=sha256,
        is_current=registry.current_id == model.name,
        metadata=document,
        problem=problem,
    )
