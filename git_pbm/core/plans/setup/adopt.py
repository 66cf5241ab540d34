"""Taking in a repository that was kept by hand: what can be derived is derived, what stays wrong is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from git_pbm.core.documents.allowances import Allowance
from git_pbm.core.documents.metadata import Metadata
from git_pbm.core.documents.strict_json import text_of
from git_pbm.core.names import (
    CURRENT_PATH,
    ID_DIGITS,
    METADATA_NAME,
    REGISTRY_PATH,
    is_hash,
    metadata_path,
)
from git_pbm.core.plans.check import overlay
from git_pbm.core.plans.derived_files import link_edits, rebuilt
from git_pbm.core.plans.metadata_completion import Evidence, completed, is_dated_by_commit, is_tag
from git_pbm.core.plans.plan import Edit, WriteText
from git_pbm.core.plans.setup.given_fields import GivenFields, given_fields
from git_pbm.core.plans.setup.import_folders import ImportedFolder, import_folders
from git_pbm.core.plans.setup.moved_in import MovedIn, given_tags
from git_pbm.core.registry.facts import Facts, Unavailable
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import FileEntry, LinkEntry
from git_pbm.errors import ErrorId, UnverifiedError


@dataclass(frozen=True, slots=True)
class Adoption:
    """What is known besides the registry itself.

    ``born`` is the day (``YYYY-MM-DD``) of the commit that first brought a blob, by blob id; ``moved`` are the
    folders of networks that come in; ``today`` is the local calendar day. ``contents`` are facts about what Git LFS
    pointers stand for, by SHA-256, where the local store has it. ``parents`` and ``dates`` are what a person gives: a
    MODEL, and the MODEL that it was trained from or the day on which it was made.
    """

    born: Mapping[str, str]
    moved: tuple[MovedIn, ...]
    today: str
    contents: Mapping[str, Facts]
    parents: tuple[tuple[str, str], ...] = ()
    dates: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Adopted:
    """The edits of an adoption, those that come ``last`` (what refers to others), and a line for each thing done."""

    edits: tuple[Edit, ...] = ()
    last: tuple[Edit, ...] = ()
    report: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def saying(self, allowed: tuple[Allowance, ...]) -> Adopted:
        """The same, with a line for each flaw that is accepted."""
        lines = tuple(f"- accepted: {one.path}: {one.rule}" for one in allowed)
        return replace(self, report=(*self.report, *lines))


@dataclass
class _Gathered:
    """The metadata of every model as it will be, by id; None where it cannot be read."""

    metadata: dict[str, Metadata | None] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)
    report: list[str] = field(default_factory=list)


def adopt(registry: Registry, adoption: Adoption) -> Adopted:
    """Metadata completed, folders moved in, ``registry.json`` rebuilt and sorted, ``current`` a link.

    Raises :class:`RefusedError` for a folder that cannot be moved in as it is or a field that is given and does not
    change, :class:`UsageError` for a MODEL that there will not be, and :class:`UnverifiedError` where this clone lacks
    what the models are known by.
    """
    _refuse_unread(registry)
    adopted = _adopted(registry, adoption, {})
    if not adoption.parents and not adoption.dates:
        return adopted
    coming = Registry(overlay(registry.snapshot, (*adopted.edits, *adopted.last)))
    return _adopted(registry, adoption, given_fields(registry, coming, adoption.parents, adoption.dates))


def dated_by_commit(registry: Registry, after: Registry, adoption: Adoption) -> tuple[str, ...]:
    """The ids of the models that have the day of the commit that brought the policy ``after`` an adoption.

    Nobody states another one.
    """
    given = given_fields(registry, after, (), adoption.dates)
    registered = [
        model.name
        for model in registry.models.values()
        if model.name_matches_hash and is_dated_by_commit(model.document or {}, _evidence(registry, model, adoption))
    ]
    coming = [
        folder.model_id
        for folder in adoption.moved
        if folder.model_id not in registry.models
        and is_dated_by_commit(folder.document, Evidence(None, None, None, folder.born))
    ]
    return tuple(name for name in dict.fromkeys((*registered, *coming)) if name not in given)


def _adopted(registry: Registry, adoption: Adoption, given: GivenFields) -> Adopted:
    gathered = _Gathered()
    tags = given_tags(adoption.moved)
    for model in registry.models.values():
        if model.name_matches_hash:
            known = _evidence(registry, model, adoption)
            tag = tags.get(known.policy.sha256) if known.policy is not None else None
            _complete(gathered, model, replace(known, tag=tag, given=given.get(model.name, {})))
    moved = import_folders(registry, adoption.moved, gathered.metadata, given)
    for one in moved:
        if one.metadata is not None:
            gathered.metadata[one.model_id] = one.metadata
        gathered.edits += one.edits
        gathered.report.append(one.line)
    current = _current(registry, gathered, moved)
    listed = WriteText(REGISTRY_PATH, rebuilt(registry.document, gathered.metadata, current))
    facts = registry.document_facts
    if not isinstance(facts, Facts) or facts.sha256 != listed.sha256:
        gathered.edits.append(listed)
    gathered.report += _lost(registry, gathered.metadata, current)
    gone = tuple(edit for one in moved for edit in one.gone)
    warnings = () if current is not None or not gathered.metadata else ("no model is current: git pbm promote MODEL",)
    return Adopted(tuple(gathered.edits), (*gone, *link_edits(registry, current)), tuple(gathered.report), warnings)


def _refuse_unread(registry: Registry) -> None:
    """A model whose bytes are not here would fall out of the registry: nobody could say whose name it bears."""
    lacking = [
        model.path_of(name)
        for model in registry.models.values()
        for name in (*model.networks, METADATA_NAME)
        if isinstance(model.facts(name), Unavailable)
    ]
    if lacking:
        raise UnverifiedError(
            f"this clone lacks {len(lacking)} of the models' files ({lacking[0]}), so nothing can be said about them",
            "git pbm check --rev HEAD --fetch",
            error_id=ErrorId.CONTENT_MISSING,
        )


def _complete(gathered: _Gathered, model: Model, evidence: Evidence) -> None:
    facts, old = model.facts(METADATA_NAME), model.document
    if old is None and METADATA_NAME in model.entries:
        gathered.metadata[model.name] = None
        return
    old = old or {}
    says_params = "params" in old and model.field_is_valid("params")
    new, derived = completed(old, evidence, says_params=says_params)
    gathered.metadata[model.name] = Metadata.from_json(new)
    text = WriteText(metadata_path(model.name), text_of(new).encode())
    if not isinstance(facts, Facts) or facts.sha256 != text.sha256:
        gathered.edits.append(text)
        tag = new.get("tag")
        name = f"{tag} ({model.name})" if is_tag(tag) else model.name
        gathered.report.append(f"- {name}: {', '.join(derived) or 'written in canonical form'}")


def _evidence(registry: Registry, model: Model, adoption: Adoption) -> Evidence:
    read = {name: facts for name in model.networks if isinstance(facts := model.facts(name), Facts)}
    policy = read.get(model.policy or "")
    entry = model.entries.get(model.policy or "")
    return Evidence(
        adoption.contents.get(policy.sha256, policy) if policy is not None else None,
        read if len(read) == len(model.networks) else None,
        registry.document.models.get(model.name) if registry.document is not None else None,
        adoption.born.get(entry.object_id) if isinstance(entry, FileEntry) else None,
    )


def _current(registry: Registry, gathered: _Gathered, moved: tuple[ImportedFolder, ...]) -> str | None:
    """The model that is current: as ``registry.json`` says, else the link, else what is in a folder ``current``."""
    document = registry.document_facts.document if isinstance(registry.document_facts, Facts) else None
    named = document.get("current") if isinstance(document, dict) else None
    for text in (named, _target(registry), CURRENT_PATH):
        place = text.rstrip("/").removeprefix("./") if isinstance(text, str) else ""
        name = place.rpartition("/")[2]
        in_folder = [
            one.model_id
            for one in moved
            if place == one.folder or (place[:1] == "/" and place.endswith(f"/{one.folder}"))
        ]
        tagged = [
            model_id for model_id, one in gathered.metadata.items() if name and one is not None and one.tag == name
        ]
        for model_id in (name[:ID_DIGITS] if is_hash(name) else name, *in_folder, *tagged[: len(tagged) == 1]):
            if model_id in gathered.metadata:
                return model_id
    return None


def _target(registry: Registry) -> str | None:
    link = registry.snapshot.entries.get(CURRENT_PATH)
    return link.target if isinstance(link, LinkEntry) else None


def _lost(registry: Registry, metadata: Mapping[str, Metadata | None], current: str | None) -> list[str]:
    """A line for each thing that the registry said and that is true of no model."""
    lines = []
    facts, old = registry.document_facts, registry.document
    if isinstance(facts, Facts) and not isinstance(facts.document, dict):
        problem = facts.document_problem or "not a JSON object"
        lines.append(f"- {REGISTRY_PATH}: made anew from the models, it could not be read ({problem})")
    lines += [
        f"- {REGISTRY_PATH}: no longer lists {name}, which does not exist"
        for name in (old.models if old is not None else ())
        if name not in metadata
    ]
    if current is None and CURRENT_PATH in registry.snapshot.entries:
        lines.append(f"- {CURRENT_PATH}: taken away, it led to {_target(registry) or 'nothing'}, which is not a model")
    return lines
