"""Tags that two sides of a merge gave to two models: there, and nowhere else, a model may get another tag."""

from __future__ import annotations

from collections.abc import Sequence

from git_pbm.core.registry.registry import Registry


def retaggable(parents: Sequence[Registry]) -> frozenset[str]:
    """The ids of models that one parent lacks, while another model has their tag there."""
    tags = [_tags(parent) for parent in parents]
    return frozenset(
        model_id
        for one in tags
        for model_id, tag in one.items()
        if any(model_id not in other and tag in other.values() for other in tags)
    )


def _tags(registry: Registry) -> dict[str, str]:
    document = registry.document
    listed = document.models.items() if document is not None else ()
    return {model_id: entry.tag for model_id, entry in listed if entry.tag and model_id in registry.models}
