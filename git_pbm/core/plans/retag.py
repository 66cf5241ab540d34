"""The plan of ``git pbm retag``, and the edits by which ``git pbm resolve`` gives a model another tag in a merge."""

from __future__ import annotations

from git_pbm.core.documents import commit_message as message
from git_pbm.core.documents.metadata import Metadata, in_order
from git_pbm.core.documents.strict_json import JsonValue, text_of
from git_pbm.core.names import metadata_path, rl_numbers, tag_problem, training_of
from git_pbm.core.plans.derived_files import with_derived
from git_pbm.core.plans.plan import Plan, WriteText
from git_pbm.core.plans.promote import tag_of
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, RefusedError, UsageError


def plan_retag(registry: Registry, model_id: str, tag: str, body: str = "") -> Plan | None:
    """The edits that give a model another tag, and the message of its add; None where it has that tag.

    Raises as :func:`retagged` does.
    """
    if tag == tag_of(registry, model_id):
        return None
    edit, metadata = retagged(registry, model_id, tag)
    return Plan(
        with_derived(registry, (edit,), {model_id: metadata}, registry.current_id),
        message.added(tag, model_id, body),
        deploys=model_id if registry.current_id == model_id else None,
    )


def retagged(registry: Registry, model_id: str, tag: str) -> tuple[WriteText, Metadata | None]:
    """A model's metadata with another tag, and with the round and iteration that it tells.

    Raises :class:`UsageError` for what is no tag, and :class:`RefusedError` for one that another model has, that tells
    another training, and for metadata that cannot be read.
    """
    problem = tag_problem(tag)
    if problem is not None:
        raise UsageError(f"{tag!r}: {problem}", "conventions: supervised-v<N>, rl-r<round>-i<iteration>")
    for used, model in registry.tagged():
        if used == tag and model.name != model_id:
            raise RefusedError(
                f"tag {tag} is the name of model {model.name} already",
                "choose another tag",
                error_id=ErrorId.TAG_IN_USE,
            )
    document = registry.models[model_id].document
    if document is None:
        raise RefusedError(
            f"{metadata_path(model_id)} cannot be read",
            "see what is wrong: git pbm check",
            error_id=ErrorId.CONTENT_DAMAGED,
        )
    training = training_of(tag)
    if training is not None and training != document.get("training"):
        raise RefusedError(
            f"{tag} is a tag of {training} models, and {model_id} is said to be trained otherwise",
            "take its add back, and add it as what it is: git pbm undo",
            error_id=ErrorId.RULES_VIOLATED,
        )
    numbers = rl_numbers(tag)
    told: dict[str, JsonValue] = {} if numbers is None else {"round": numbers[0], "iteration": numbers[1]}
    ordered = in_order({**document, "tag": tag, **told})
    return WriteText(metadata_path(model_id), text_of(ordered).encode()), Metadata.from_json(ordered)
