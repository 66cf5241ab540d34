"""The plans of ``git pbm promote`` and ``git pbm rollback``: which model is current."""

from __future__ import annotations

from git_pbm.core.documents import commit_message as message
from git_pbm.core.documents.commit_message import CommitMessage
from git_pbm.core.plans.derived_files import with_derived
from git_pbm.core.plans.plan import Plan
from git_pbm.core.registry.registry import Registry


def tag_of(registry: Registry, model_id: str) -> str:
    """A model's tag, its id where it has none."""
    model = registry.models.get(model_id)  # what is called current may not be there
    metadata = model.metadata if model is not None else None
    return metadata.tag if metadata and metadata.tag else model_id


def plan_promote(
    registry: Registry, model_id: str, body: str = "", trailers: tuple[tuple[str, str], ...] = ()
) -> Plan | None:
    """Make a model current; None where it is already, in ``registry.json`` and in the link.

    ``trailers`` say by what evidence.
    """
    if registry.current_id == model_id and registry.link_id == model_id:
        return None
    return _turn(registry, model_id, message.promoted(tag_of(registry, model_id), model_id, body, trailers))


def plan_roll_back(registry: Registry, model_id: str, body: str = "") -> Plan:
    """Make current again what the last promotion replaced. Raises ``ValueError`` where nothing is current."""
    replaced = registry.current_id or ""
    return _turn(registry, model_id, message.rolled_back(tag_of(registry, model_id), model_id, replaced, body))


def _turn(registry: Registry, model_id: str, commit_message: CommitMessage) -> Plan:
    return Plan(with_derived(registry, (), {}, model_id), commit_message, deploys=model_id)
