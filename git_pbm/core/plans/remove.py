"""The plan of ``git pbm remove``: a whole model goes, and nothing that others need."""

from __future__ import annotations

from git_pbm.core.documents import allowances
from git_pbm.core.documents import commit_message as message
from git_pbm.core.documents.allowances import AllowanceProblem
from git_pbm.core.names import ALLOWANCES_PATH
from git_pbm.core.plans.derived_files import with_derived
from git_pbm.core.plans.plan import Delete, Edit, Plan, WriteText
from git_pbm.core.plans.promote import tag_of
from git_pbm.core.registry.lineage import Lineage
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, RefusedError, UsageError


def plan_remove(registry: Registry, model_id: str, why: str) -> Plan:
    """Remove a model.

    Raises :class:`RefusedError` for the current model and for the parent of another, and
    :class:`UsageError` without a reason.
    """
    if not why.strip():
        raise UsageError("--why is empty", "say in a few words why the model goes: history keeps them")
    tag = tag_of(registry, model_id)
    if model_id in (registry.current_id, registry.link_id):
        raise RefusedError(
            f"{tag} ({model_id}) is the current model",
            "promote another one first: git pbm promote MODEL",
            error_id=ErrorId.MODEL_IN_USE,
        )
    children = Lineage.of(registry).children(model_id)
    if children:
        names = ", ".join(tag_of(registry, child) for child in children[:5])
        raise RefusedError(
            f"{tag} ({model_id}) is the parent of {names}",
            "remove those first, or keep it",
            error_id=ErrorId.MODEL_IN_USE,
        )
    model = registry.models[model_id]
    gone = tuple(Delete(model.path_of(name)) for name in model.entries)
    allowances = _without_allowances(registry, model.path)
    edits: tuple[Edit, ...] = (allowances,) if allowances is not None else ()
    commit_message = message.removed(tag, model_id, why)
    return Plan(with_derived(registry, edits, {model_id: None}, registry.current_id, gone), commit_message)


def _without_allowances(registry: Registry, folder: str) -> WriteText | None:
    """``.pbm.toml`` without the allowances of a model; None where it has none."""
    text = registry.allowances_text
    if text is None or folder not in text:
        return None
    try:
        kept = allowances.without(text, lambda one: one.path == folder or one.path.startswith(f"{folder}/"))
    except AllowanceProblem:
        return None  # a finding of its own
    return WriteText(ALLOWANCES_PATH, kept.encode("utf-8", "surrogateescape")) if kept != text else None
