"""The plan of ``git pbm annotate``: what may change later about a model, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping

from git_pbm.core.documents import commit_message as message
from git_pbm.core.documents.dates import is_calendar_day
from git_pbm.core.documents.metadata import Metadata, in_order
from git_pbm.core.documents.strict_json import JsonValue, text_of
from git_pbm.core.names import is_id, metadata_path
from git_pbm.core.plans.derived_files import refuse_malformed, with_derived
from git_pbm.core.plans.plan import Plan, WriteText
from git_pbm.core.plans.promote import tag_of
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.change.immutability import FROZEN
from git_pbm.errors import ErrorId, RefusedError, UsageError


def plan_annotate(registry: Registry, model_id: str, fields: Mapping[str, JsonValue], body: str = "") -> Plan | None:
    """Set fields of a model's metadata, and remove those that are None; returns None where they say so already.

    Raises :class:`UsageError` for fields that never change, and :class:`RefusedError` where the metadata
    cannot be read, or says already what is set once.
    """
    if not fields:
        raise UsageError("nothing to annotate", "say what: --notes TEXT, --kl X, --metrics FILE, ...")
    fixed = [name for name in fields if name in (*FROZEN, "files") and name != "parent"]
    if fixed:
        raise UsageError(f"`{fixed[0]}` says which model this is and never changes", "add another model instead")
    document = registry.models[model_id].document
    if document is None:
        raise RefusedError(
            f"{metadata_path(model_id)} cannot be read",
            "see what is wrong: git pbm check",
            error_id=ErrorId.CONTENT_DAMAGED,
        )
    _refuse_second(registry, model_id, document, fields)
    set_to = {**document, **fields}
    ordered = in_order({name: value for name, value in set_to.items() if value is not None or name not in fields})
    if ordered == document:
        return None
    refuse_malformed(ordered, fields)
    metadata = Metadata.from_json(ordered)
    edits = (WriteText(metadata_path(model_id), text_of(ordered).encode()),)
    return Plan(
        with_derived(registry, edits, {model_id: metadata}, registry.current_id),
        message.annotated(tag_of(registry, model_id), model_id, body),
    )


def _refuse_second(
    registry: Registry, model_id: str, document: Mapping[str, JsonValue], fields: Mapping[str, JsonValue]
) -> None:
    """Raise where a field is set that can be set once, and was."""
    created, parent = document.get("created"), document.get("parent")
    if "created" in fields and isinstance(created, str) and is_calendar_day(created):
        raise RefusedError(
            f"{tag_of(registry, model_id)} was created on {created}; a date does not change",
            "only a `created` that was not a date can be set",
            error_id=ErrorId.RULES_VIOLATED,
        )
    if fields.get("parent", parent) != parent and isinstance(parent, str) and is_id(parent):
        raise RefusedError(
            f"the parent of {tag_of(registry, model_id)} is {parent} already, and a parent does not change",
            "git pbm lineage shows it; only a parent that is absent can be set",
            error_id=ErrorId.RULES_VIOLATED,
        )
