"""Rules about ``registry.json`` and the README block: they follow from the models, so they agree."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from git_pbm.core.documents.metadata import METADATA_FIELDS
from git_pbm.core.documents.registry_document import RegistryEntry
from git_pbm.core.documents.strict_json import UNMERGED, JsonValue
from git_pbm.core.names import METADATA_NAME, MODELS_PATH, README_PATH, REGISTRY_PATH, is_id
from git_pbm.core.registry import readme_block as readme
from git_pbm.core.registry.facts import Facts, Unavailable
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import EntryKind, OtherEntry
from git_pbm.core.rules.rule import Problem, Remark
from git_pbm.core.rules.view import ModelSummary, View

_REPAIR = "git pbm repair --apply"


def own_name(model: ModelSummary) -> tuple[str, ...]:
    """The name of a model's directory."""
    return (model.name,)


def own_ids(model: ModelSummary) -> tuple[str, ...]:
    """The ids that a model accounts for."""
    return model.ids


def own_tag(model: ModelSummary) -> tuple[str, ...]:
    """A model's tag, where it is a well-formed one of a rightly named directory."""
    return (model.tag,) if model.tag is not None and not model.is_misnamed else ()


def listed_ids(registry: Registry) -> Collection[str]:
    """The keys of registry.json's `models`."""
    return _listed(registry) or ()


def registry_is_strict_json(view: View) -> Iterator[Remark]:
    """registry.json is there, as a plain file, and is one strict JSON object.

    It is what scripts read to find the models; a file that two parsers read differently is two registries.

    To fix it: `git pbm repair --apply` rebuilds it from the models' metadata. `git pbm init --adopt` takes in a
    repository that was kept by hand and never had one.
    """
    registry = view.registry
    facts, entry = registry.document_facts, registry.snapshot.entries.get(REGISTRY_PATH)
    if isinstance(facts, Unavailable):
        yield facts
        return
    problem = None
    if facts is None:
        problem = "it is missing" if entry is None else "it is no plain file"  # named in .pbm.toml, too
    elif facts.document_problem is not None:
        problem = facts.document_problem
    elif not isinstance(facts.document, dict):
        problem = "not a JSON object"
    is_in_conflict = isinstance(entry, OtherEntry) and entry.kind is EntryKind.CONFLICT
    if problem is not None and not is_in_conflict:
        remedy = "settle the merge: git pbm resolve" if UNMERGED in problem else _REPAIR
        if entry is None:
            remedy = f"{_REPAIR}; in a repository that was kept by hand: git pbm init --adopt"
        yield Problem(REGISTRY_PATH, problem, problem, remedy)


def registry_matches_schema(view: View) -> Iterator[Remark]:
    """registry.json has the shape that its schema describes.

    Ids as keys, `current` an id or null, a tag, a date and the kind of training for each model.

    Holds where the file is a strict JSON object.

    To fix it: `git pbm repair --apply`.
    """
    facts = view.registry.document_facts
    if isinstance(facts, Facts) and view.registry.document is not None:
        for problem in facts.schema_problems or ():
            yield Problem(REGISTRY_PATH, f"{problem.place}: {problem.found}", problem.message, _REPAIR)


def registry_lists_every_model(key: str, models: Sequence[ModelSummary], view: View) -> Iterator[Remark]:
    """registry.json has one entry for each model directory, and none besides.

    A model that is not listed is invisible to every reader of the registry; an entry without a directory
    sends them nowhere.

    Holds where registry.json is a strict JSON object; directories that are no models, or are wrongly named,
    are other rules' affair.

    To fix it: `git pbm repair --apply`; if a directory is missing, bring it back from history instead.
    """
    listed = _listed(view.registry)
    if listed is None:
        return
    model = view.summaries.get(key)
    if key not in listed:
        if model is not None and model.model.policy is not None and not model.is_misnamed:
            yield Problem(REGISTRY_PATH, f"{key} is not listed", f"model {key} is not listed", _REPAIR)
    # a link or a submodule in the place of the directory is a stray entry, and that rule's finding
    elif not models and is_id(key) and f"{MODELS_PATH}/{key}" not in view.registry.snapshot.entries:
        yield Problem(
            REGISTRY_PATH,
            f"{key} is no model",  # people's .pbm.toml names a finding by this text: it stays
            f"it lists {key}, and the directory models/{key} is missing",
            f"git log --oneline -- models/{key}; or, if it is meant to be gone: {_REPAIR}",
        )


def registry_agrees_with_metadata(key: str, models: Sequence[ModelSummary], view: View) -> Iterator[Remark]:
    """Each entry of registry.json repeats what the model's metadata.json says.

    `date` repeats `created`; tag, training and parent have one name in both, and so has any further field
    that both hold. Where the two differ, nobody knows which one to believe.

    Holds for fields that are well-formed in both.

    To fix it: `git pbm repair --apply` takes the metadata's word.
    """
    entry = (_listed(view.registry) or {}).get(key)
    if not models or entry is None or _is_known_to_agree(entry, models[0], view):
        return
    model = models[0].model
    facts = model.facts(METADATA_NAME)
    if isinstance(facts, Unavailable):
        yield facts
    if model.document is None or models[0].is_misnamed or not isinstance(entry, dict):
        return
    for field, stated, true in _differences(model, model.document, entry):
        if f"models/{key}/{field}" not in view.registry_problems:
            yield Problem(
                REGISTRY_PATH,
                f"{key}: {field} {stated}",
                f"model {key}: `{field}` is {stated or 'absent'}, its metadata says {true or 'nothing'}",
                _REPAIR,
            )


def _is_known_to_agree(entry: JsonValue, model: ModelSummary, view: View) -> bool:
    """Whether the entry says what it said when every rule passed; further fields are compared one by one."""
    if model.baseline is None:
        return False
    if view.registry_is_unchanged:
        return True
    return isinstance(entry, dict) and RegistryEntry.from_json(entry) == model.baseline and not model.baseline.extra


def _differences(
    model: Model, document: Mapping[str, JsonValue], entry: Mapping[str, JsonValue]
) -> Iterator[tuple[str, object, object]]:
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


def tags_are_unique(key: str, models: Sequence[ModelSummary], view: View) -> Iterator[Remark]:
    """No two models have one tag.

    People say tags, not ids: `git pbm promote rl-r2-i1` must mean one model. Two branches that choose the
    same tag merge without a conflict, so this is checked on the merged tree.

    To fix it: in the merge that brings both, `git pbm resolve --retag MODEL=TAG`. Later: remove one, and add it again
    under a tag of its own, which `git pbm retag` does in one step for a model that was just added.
    """
    if len(models) > 1:
        names = [model.name for model in models]
        yield Problem(
            models[-1].model.path_of(METADATA_NAME),
            key,
            f"the tag {key} names {len(names)} models: {', '.join(names)}",
            f"in a merge: git pbm resolve --retag {names[-1]}=TAG; else: git pbm retag {names[-1]} TAG",
        )


def readme_is_up_to_date(view: View) -> Iterator[Remark]:
    """The block between the markers in README.md shows the models as they are.

    A README that names a deleted model as current is believed before any tool is. A README without the
    markers is nobody's business but its author's.

    Holds where the models it is made from are sound themselves: listed, rightly named, well described.

    To fix it: `git pbm repair --apply`.
    """
    if isinstance(view.registry.readme_facts, Unavailable):
        yield view.registry.readme_facts
    text = view.registry.readme
    if text is None or not readme.has_block(text) or not view.is_consistent:
        return
    if readme.replace_block(text, view.readme_block) != text:
        yield Problem(README_PATH, "stale", "its table of models is not up to date", _REPAIR)


def _listed(registry: Registry) -> Mapping[str, JsonValue] | None:
    facts = registry.document_facts
    if not isinstance(facts, Facts) or not isinstance(facts.document, dict):
        return None
    models = facts.document.get("models")
    return models if isinstance(models, dict) else None
