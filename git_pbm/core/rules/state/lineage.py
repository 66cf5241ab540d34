"""Rules about the lineage that the models' parents make together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from git_pbm.core.names import METADATA_NAME
from git_pbm.core.registry.lineage import Lineage
from git_pbm.core.rules.rule import Problem, Remark
from git_pbm.core.rules.view import ModelSummary, View


def id_and_parent(model: ModelSummary) -> tuple[str, ...]:
    """The ids that a model accounts for, and the one of the parent that it names."""
    return model.ids if model.parent is None else (*model.ids, model.parent)


def parent_exists(key: str, models: Sequence[ModelSummary], view: View) -> Iterator[Remark]:
    """The parent that a model names is a model of this registry.

    A lineage with holes answers no question: what was this trained from, and was that any good?

    Holds where `parent` is well-formed.

    To fix it: register the parent, too, or correct `parent`; a parent that was removed comes back with
    `git checkout <commit> -- models/<id>` and `git pbm repair --apply`.
    """
    if any(key in model.ids for model in models):
        return
    for child in models:
        yield Problem(
            child.model.path_of(METADATA_NAME),
            key,
            f"its parent {key} is not a model of this registry",
            f"git log --oneline -- models/{key}; git checkout <commit> -- models/{key}",
        )


def lineage_is_a_forest(view: View) -> Iterator[Remark]:
    """No model descends from itself.

    Walking up such a lineage never ends, and it is always a slip of the pen.

    To fix it: correct `parent` in one of the models that the message names.
    """
    lineage = view.lineage
    for circle in _circles(lineage):
        first = view.registry.models[circle[0]]
        yield Problem(
            first.path_of(METADATA_NAME),
            ", ".join(circle),
            f"descends from itself: {' <- '.join([*circle, circle[0]])}",
            f"correct `parent` in {first.path_of(METADATA_NAME)}",
        )


def _circles(lineage: Lineage) -> Iterator[list[str]]:
    """The models of each circle, sorted; takes time linear in the models."""
    seen: set[str] = set()
    for name, parent in lineage.parents.items():
        if name in seen or parent is None:
            continue
        path: dict[str, None] = {}
        step: str | None = name
        while step is not None and step in lineage.parents and step not in seen and step not in path:
            path[step] = None
            step = lineage.parents[step]
        if step is not None and step in path:
            yield sorted(lineage.circle(step))
        seen.update(path)
