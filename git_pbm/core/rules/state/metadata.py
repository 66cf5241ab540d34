"""Rules about each model's ``metadata.json``, and about the lineage that they make together."""

from __future__ import annotations

from collections.abc import Iterator

from git_pbm.core.findings import Outcome, Unverified
from git_pbm.core.names import METADATA_NAME, RL, rl_numbers, training_of
from git_pbm.core.registry.facts import Facts, Unavailable
from git_pbm.core.registry.lineage import Lineage
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.rule import error
from git_pbm.core.rules.state.misnamed import misnamed_ids


def metadata_is_strict_json(registry: Registry) -> Iterator[Outcome]:
    """Every model has a metadata.json that is one strict JSON object.

    Repeated keys, NaN, a byte-order mark or a missing file mean that two programs read two different things,
    or nothing: who trained this, when, from what?

    Holds for directories that hold a network or a metadata file.

    To mend: correct the place that the message names; a missing file comes back with
    `git checkout <commit> -- models/<id>/metadata.json`, or is written by hand after another model's.
    """
    for model in registry.unproven.values():
        path, facts = model.path_of(METADATA_NAME), model.facts(METADATA_NAME)
        if isinstance(facts, Unavailable):
            yield Unverified(path, facts.object_id)
        elif facts is None:
            if model.networks and METADATA_NAME not in model.entries:
                yield error(
                    metadata_is_strict_json,
                    path,
                    "absent",
                    "the model has no metadata.json",
                    f"git log --oneline -- {path}; git checkout <commit> -- {path}",
                )
        elif facts.document_problem is not None:
            yield error(
                metadata_is_strict_json,
                path,
                facts.document_problem,
                facts.document_problem,
                f"correct it: {path}",
            )
        elif model.metadata is None:
            yield error(metadata_is_strict_json, path, "no object", "not a JSON object", f"correct it: {path}")


def metadata_matches_schema(registry: Registry) -> Iterator[Outcome]:
    """Every metadata.json has the required fields, each of the right type and within its bounds.

    A model without a date, or with `params: "unknown"`, cannot be compared with any other a month later.

    Holds where the file is a strict JSON object. The schema is shipped with git pbm, for editors, too.

    To mend: correct the field that the message names; what may change later is changed with
    `git pbm annotate`.
    """
    for model in registry.unproven.values():
        facts = model.facts(METADATA_NAME)
        if not isinstance(facts, Facts) or model.metadata is None:
            continue
        for problem in facts.schema_problems or ():
            yield error(
                metadata_matches_schema,
                model.path_of(METADATA_NAME),
                f"{problem.place}: {problem.found}",
                problem.message,
                f"correct it in {model.path_of(METADATA_NAME)}",
            )


def tag_agrees_with_fields(registry: Registry) -> Iterator[Outcome]:
    """A tag that follows a convention agrees with training, round and iteration.

    `rl-r2-i1` promises an RL model of round 2, iteration 1. People sort, compare and promote by tags; a tag
    that says something else than the fields misleads all of them.

    Holds where the fields are well-formed.

    To mend: correct the fields, or give the model the tag that it deserves before others refer to it.
    """
    for model in registry.unproven.values():
        metadata = model.metadata
        if metadata is None or not (model.field_is_valid("tag") and model.field_is_valid("training")):
            continue
        for name, found, expected in _contradictions(model):
            yield error(
                tag_agrees_with_fields,
                model.path_of(METADATA_NAME),
                f"{metadata.tag}: {name} {found}",
                f"the tag {metadata.tag} says {name} {expected}, `{name}` is {found}",
                f"correct `{name}` or the tag in {model.path_of(METADATA_NAME)}",
            )


def _contradictions(model: Model) -> Iterator[tuple[str, object, object]]:
    metadata = model.metadata
    if metadata is None:
        return
    told = training_of(metadata.tag)
    if told is not None and metadata.training != told:
        yield "training", metadata.training, told
    elif told == RL:
        numbers = rl_numbers(metadata.tag) or (0, 0)
        for name, found, expected in (
            ("round", metadata.round, numbers[0]),
            ("iteration", metadata.iteration, numbers[1]),
        ):
            if found is not None and found != expected and model.field_is_valid(name):
                yield name, found, expected


def parent_exists(registry: Registry) -> Iterator[Outcome]:
    """The parent that a model names is a model of this registry.

    A lineage with holes answers no question: what was this trained from, and was that any good?

    Holds where `parent` is well-formed.

    To mend: register the parent, too, or correct `parent`; a parent that was removed comes back with
    `git checkout <commit> -- models/<id>` and `git pbm repair --apply`.
    """
    present = {*registry.models, *misnamed_ids(registry)}
    for model in registry.models.values():
        parent = model.summary.parent if model.summary else None
        if parent is not None and parent not in present and model.field_is_valid("parent"):
            yield error(
                parent_exists,
                model.path_of(METADATA_NAME),
                parent,
                f"its parent {parent} is no model of this registry",
                f"git log --oneline -- models/{parent}; git checkout <commit> -- models/{parent}",
            )


def lineage_is_a_forest(registry: Registry) -> Iterator[Outcome]:
    """No model descends from itself.

    Walking up such a lineage never ends, and it is always a slip of the pen.

    To mend: correct `parent` in one of the models that the message names.
    """
    lineage = Lineage.of(registry)
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
            circle = sorted(lineage.circle(step))
            first = registry.models[circle[0]]
            yield error(
                lineage_is_a_forest,
                first.path_of(METADATA_NAME),
                ", ".join(circle),
                f"descends from itself: {' <- '.join([*circle, circle[0]])}",
                f"correct `parent` in {first.path_of(METADATA_NAME)}",
            )
        seen.update(path)
