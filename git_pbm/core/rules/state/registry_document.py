"""Rules about ``registry.json`` and the README block: they follow from the models, so they agree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from git_pbm.core.documents.metadata import METADATA_FIELDS
from git_pbm.core.documents.registry_document import RegistryEntry
from git_pbm.core.documents.strict_json import UNMERGED, JsonValue
from git_pbm.core.findings import Outcome, Unverified
from git_pbm.core.names import METADATA_NAME, MODELS_PATH, README_PATH, REGISTRY_PATH, is_id
from git_pbm.core.registry import readme_block as readme
from git_pbm.core.registry.facts import Facts, Unavailable
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import FileEntry
from git_pbm.core.rules.rule import error
from git_pbm.core.rules.state.misnamed import misnamed_ids

_REPAIR = "git pbm repair --apply"


def registry_is_strict_json(registry: Registry) -> Iterator[Outcome]:
    """registry.json is there, as a plain file, and is one strict JSON object.

    It is what scripts read to find the models; a file that two parsers read differently is two registries.

    To mend: `git pbm repair --apply` rebuilds it from the models' metadata.
    """
    facts, entry = registry.document_facts, registry.snapshot.entries.get(REGISTRY_PATH)
    if isinstance(facts, Unavailable):
        yield Unverified(REGISTRY_PATH, facts.object_id)
        return
    problem = None
    if facts is None:
        problem = "it is missing" if entry is None else "it is no plain file"
    elif facts.document_problem is not None:
        problem = facts.document_problem
    elif not isinstance(facts.document, dict):
        problem = "not a JSON object"
    if problem is not None and "conflict" not in getattr(entry, "kind", ""):
        remedy = "settle the merge: git pbm resolve" if UNMERGED in problem else _REPAIR
        yield error(registry_is_strict_json, REGISTRY_PATH, problem, problem, remedy)


def registry_matches_schema(registry: Registry) -> Iterator[Outcome]:
    """registry.json has the shape that its schema describes.

    Ids as keys, `current` an id or null, a tag, a date and the kind of training for each model.

    Holds where the file is a strict JSON object.

    To mend: `git pbm repair --apply`.
    """
    facts = registry.document_facts
    if isinstance(facts, Facts) and registry.file is not None:
        for problem in facts.schema_problems or ():
            yield error(
                registry_matches_schema,
                REGISTRY_PATH,
                f"{problem.place}: {problem.found}",
                problem.message,
                _REPAIR,
            )


def registry_lists_every_model(registry: Registry) -> Iterator[Outcome]:
    """registry.json has one entry for each model directory, and none besides.

    A model that is not listed is invisible to every reader of the registry; an entry without a directory
    sends them nowhere.

    Holds where registry.json is a strict JSON object; directories that are no models, or are wrongly named,
    are other rules' affair.

    To mend: `git pbm repair --apply`; if a directory is missing, bring it back from history instead.
    """
    listed = _listed(registry)
    if listed is None:
        return
    for name, model in registry.models.items():
        if name not in listed and model.policy is not None and model.name_matches_hash is not False:
            yield error(
                registry_lists_every_model,
                REGISTRY_PATH,
                f"{name} is not listed",
                f"model {name} is not listed",
                _REPAIR,
            )
    displaced = misnamed_ids(registry)
    for name in listed:
        if name in registry.models or name in displaced or not is_id(name):
            continue
        if f"{MODELS_PATH}/{name}" not in registry.snapshot.entries:  # else a link or submodule: a stray
            yield error(
                registry_lists_every_model,
                REGISTRY_PATH,
                f"{name} is no model",
                f"it lists {name}, and there is no directory models/{name}",
                f"git log --oneline -- models/{name}; or, if it is meant to be gone: {_REPAIR}",
            )


def registry_agrees_with_metadata(registry: Registry) -> Iterator[Outcome]:
    """Each entry of registry.json repeats what the model's metadata.json says.

    `date` repeats `created`; tag, training and parent have one name in both, and so has any further field
    that both hold. Where the two differ, nobody knows which one to believe.

    Holds for fields that are well-formed in both.

    To mend: `git pbm repair --apply` takes the metadata's word.
    """
    listed = _listed(registry) or {}
    problems = registry.document_facts.schema_problems or () if isinstance(registry.document_facts, Facts) else ()
    broken = {problem.place for problem in problems}
    for name, entry in listed.items():
        model = registry.models.get(name)
        if model is not None and model.proof is not None and _repeats(registry, name, model.proof):
            continue
        facts = model.facts(METADATA_NAME) if model else None
        if model is not None and isinstance(facts, Unavailable):
            yield Unverified(model.path_of(METADATA_NAME), facts.object_id)
        if model is None or model.metadata is None or model.name_matches_hash is False or not isinstance(entry, dict):
            continue
        for field, stated, true in _differences(model, entry):
            if f"models/{name}/{field}" not in broken:
                yield error(
                    registry_agrees_with_metadata,
                    REGISTRY_PATH,
                    f"{name}: {field} {stated}",
                    f"model {name}: `{field}` is {stated or 'absent'}, its metadata says {true or 'nothing'}",
                    _REPAIR,
                )


def _repeats(registry: Registry, name: str, proof: RegistryEntry) -> bool:
    """Whether the entry says what it said when it was found to agree; further fields are compared one by one."""
    entry = registry.file.models.get(name) if registry.file is not None else None
    return entry is proof or (entry == proof and not proof.extra)


def _differences(model: Model, entry: Mapping[str, JsonValue]) -> Iterator[tuple[str, object, object]]:
    facts = model.facts(METADATA_NAME)
    document = facts.document if isinstance(facts, Facts) else None
    if not isinstance(document, dict):
        return
    for field in dict.fromkeys(("tag", "date", "training", "parent", *entry)):
        name = "created" if field == "date" else field
        if not model.field_is_valid(name):
            continue
        stated, true = entry.get(field), document.get(name)
        if field in ("tag", "date", "training") and field not in entry:
            continue  # a missing required field is the schema's affair
        if stated == true and type(stated) is type(true):  # in Python True == 1 == 1.0
            continue
        if name in document or name == "parent" or name in METADATA_FIELDS:
            yield field, stated, true


def tags_are_unique(registry: Registry) -> Iterator[Outcome]:
    """No two models have one tag.

    People say tags, not ids: `git pbm promote rl-r2-i1` must mean one model. Two branches that choose the
    same tag merge without a conflict, so this is checked on the merged tree.

    To mend: rename the younger one before others refer to it: remove it and add it under a new tag.
    """
    named: dict[str, list[str]] = {}
    for tag, model in registry.tagged():
        if model.name_matches_hash is not False and model.field_is_valid("tag"):
            named.setdefault(tag, []).append(model.name)
    for tag, names in named.items():
        if len(names) > 1:
            path = registry.models[names[-1]].path_of(METADATA_NAME)
            yield error(
                tags_are_unique,
                path,
                tag,
                f"the tag {tag} names {len(names)} models: {', '.join(names)}",
                f"git pbm remove {names[-1]} --why TEXT, then add it again under a tag of its own",
            )


def readme_is_up_to_date(registry: Registry) -> Iterator[Outcome]:
    """The block between the markers in README.md shows the models as they are.

    A README that names a deleted model as current is believed before any tool is. A README without the
    markers is nobody's business but its author's.

    Holds where the models it is made from are sound themselves: listed, rightly named, well described.

    To mend: `git pbm repair --apply`.
    """
    text = registry.readme
    if text is None and isinstance(registry.snapshot.entries.get(README_PATH), FileEntry):
        facts = registry.snapshot.facts(README_PATH)
        if isinstance(facts, Unavailable):
            yield Unverified(README_PATH, facts.object_id)
    if text is None or not readme.has_block(text) or not _is_sound(registry):
        return
    if readme.replace_block(text, readme.block_of(registry)) != text:
        yield error(readme_is_up_to_date, README_PATH, "stale", "its table of models is not up to date", _REPAIR)


def _is_sound(registry: Registry) -> bool:
    """Whether the block follows from a registry without flaws of its own: one mistake gives one finding."""
    if registry.file is None or set(registry.models) != set(registry.file.models):
        return False
    if getattr(registry.document_facts, "schema_problems", None):
        return False
    if registry.current_id is not None and registry.current_id not in registry.models:
        return False
    for model in registry.unproven.values():
        facts = model.facts(METADATA_NAME)
        if not isinstance(facts, Facts) or facts.schema_problems or model.metadata is None:
            return False
        if model.name_matches_hash is False:
            return False
    return True


def _listed(registry: Registry) -> Mapping[str, JsonValue] | None:
    facts = registry.document_facts
    if not isinstance(facts, Facts) or not isinstance(facts.document, dict):
        return None
    models = facts.document.get("models")
    return models if isinstance(models, dict) else None
