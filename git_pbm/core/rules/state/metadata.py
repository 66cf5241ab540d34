"""Rules about each model's ``metadata.json``."""

from __future__ import annotations

from collections.abc import Iterator

from git_pbm.core.documents.metadata import Metadata
from git_pbm.core.names import METADATA_NAME, RL, rl_numbers, training_of
from git_pbm.core.registry.facts import Facts, Unavailable
from git_pbm.core.registry.model import Model
from git_pbm.core.rules.rule import Problem, Remark


def metadata_is_strict_json(model: Model) -> Iterator[Remark]:
    """Every model has a metadata.json that is one strict JSON object.

    Repeated keys, NaN, a byte-order mark or a missing file mean that two programs read two different things,
    or nothing: who trained this, when, from what?

    Holds for directories that hold a network or a metadata file.

    To fix it: correct the place that the message names; a missing file comes back with
    `git checkout <commit> -- models/<id>/metadata.json`, or is written by hand after another model's.
    """
    path, facts = model.path_of(METADATA_NAME), model.facts(METADATA_NAME)
    if isinstance(facts, Unavailable):
        yield facts
    elif facts is None:
        if model.networks and METADATA_NAME not in model.entries:
            restore = f"git log --oneline -- {path}; git checkout <commit> -- {path}"
            yield Problem(path, "absent", "the model has no metadata.json", restore)
    elif facts.document_problem is not None:
        yield Problem(path, facts.document_problem, facts.document_problem, f"correct it: {path}")
    elif model.metadata is None:
        yield Problem(path, "no object", "not a JSON object", f"correct it: {path}")


def metadata_matches_schema(model: Model) -> Iterator[Remark]:
    """Every metadata.json has the required fields, each of the right type and within its bounds.

    A model without a date, or with `params: "unknown"`, cannot be compared with any other a month later.

    Holds where the file is a strict JSON object. The schema is shipped with git pbm, for editors, too.

    To fix it: correct the field that the message names; what may change later is changed with
    `git pbm annotate`.
    """
    facts, path = model.facts(METADATA_NAME), model.path_of(METADATA_NAME)
    if isinstance(facts, Facts) and model.metadata is not None:
        for problem in facts.schema_problems or ():
            yield Problem(path, f"{problem.place}: {problem.found}", problem.message, f"correct it in {path}")


def tag_agrees_with_fields(model: Model) -> Iterator[Remark]:
    """A tag that follows a convention agrees with training, round and iteration.

    `rl-r2-i1` promises an RL model of round 2, iteration 1. People sort, compare and promote by tags; a tag
    that says something else than the fields misleads all of them.

    Holds where the fields are well-formed.

    To fix it: correct the fields, or give the model the tag that it deserves before others refer to it.
    """
    metadata = model.metadata
    if metadata is None or not (model.field_is_valid("tag") and model.field_is_valid("training")):
        return
    for name, found, expected in _contradictions(model, metadata):
        yield Problem(
            model.path_of(METADATA_NAME),
            f"{metadata.tag}: {name} {found}",
            f"the tag {metadata.tag} says {name} {expected}, `{name}` is {found}",
            f"correct `{name}` or the tag in {model.path_of(METADATA_NAME)}",
        )


def _contradictions(model: Model, metadata: Metadata) -> Iterator[tuple[str, object, object]]:
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
