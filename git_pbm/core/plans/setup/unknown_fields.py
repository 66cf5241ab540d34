"""What an adoption leaves unknown, as lines that say what to type before and after it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from git_pbm.core.names import METADATA_NAME, RL, tag_problem
from git_pbm.core.registry.registry import Registry

_REQUIRED = ("tag", "training", "params")


def unknown_fields(registry: Registry, *, dated_by_commit: Collection[str] = (), preview: bool) -> Iterator[str]:
    """A line for each field that nothing tells of the models that are there after an adoption.

    ``dated_by_commit`` are the ids of models whose day is only that of a commit; once it is adopted, a day stays, so
    only a ``preview`` names them.
    """
    used = Counter(tag for tag, _ in registry.tagged())
    for model_id, model in registry.models.items():
        metadata = model.metadata
        if not model.name_matches_hash or metadata is None:
            continue
        name = metadata.tag if used[metadata.tag] == 1 and tag_problem(metadata.tag) is None else model_id
        if preview and model_id in dated_by_commit:
            yield (
                f"{name} gets the day of the commit that brought it, {metadata.created}, and keeps it; "
                f"where it was made on another day, add: --created {name}=DATE"
            )
        if metadata.training == RL and metadata.parent is None:
            typed = f", add: --parent {name}=MODEL" if preview else f": git pbm annotate {name} --parent MODEL"
            yield f"the parent of {name} is unknown; where you know it{typed}"
        document = model.document or {}
        missing = [field for field in _REQUIRED if field not in document or not model.field_is_valid(field)]
        if missing:
            path = model.path_of(METADATA_NAME)
            yield (
                f"nothing tells {' and '.join(missing)} of {name}: write it into {path}, then: "
                f"git commit --no-verify -m 'docs: complete {path}' -- {path}; git pbm init --adopt"
            )
