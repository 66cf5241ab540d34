"""Taking in a repository that was kept by hand: what can be derived is derived, what stays wrong is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from git_pbm.core.documents import allowances
from git_pbm.core.documents.allowances import Allowance, AllowanceProblem
from git_pbm.core.documents.metadata import Metadata
from git_pbm.core.documents.strict_json import text_of
from git_pbm.core.names import (
    ALLOWANCES_PATH,
    CURRENT_PATH,
    ID_DIGITS,
    METADATA_NAME,
    REGISTRY_PATH,
    is_hash,
    metadata_path,
)
from git_pbm.core.plans.check import overlay
from git_pbm.core.plans.derived_files import link_edits, rebuilt
from git_pbm.core.plans.metadata_completion import Evidence, completed, is_tag
from git_pbm.core.plans.plan import Edit, WriteText
from git_pbm.core.plans.setup.import_folders import ImportedFolder, import_folders
from git_pbm.core.plans.setup.moved_in import MovedIn, given_tags
from git_pbm.core.registry.facts import Facts, Unavailable
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import FileEntry, LinkEntry
from git_pbm.core.rules.engine import run_rules
from git_pbm.errors import RefusedError, UnverifiedError


@dataclass(frozen=True, slots=True)
class Adoption:
    """What is known besides the registry itself.

    ``born`` is the day (``YYYY-MM-DD``) of the commit that first brought a blob, by blob id; ``moved`` are the
    folders of networks that come in; ``today`` is the local calendar day. ``contents`` are facts about what Git LFS
    pointers stand for, by SHA-256, where the local store has it.
    """

    born: Mapping[str, str]
    moved: tuple[MovedIn, ...]
    today: str
    contents: Mapping[str, Facts]


@dataclass(frozen=True, slots=True)
class Adopted:
    """The edits of an adoption, those that come ``last`` (what refers to others), and a line for each thing done."""

    edits: tuple[Edit, ...] = ()
    last: tuple[Edit, ...] = ()
    words: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def saying(self, allowed: tuple[Allowance, ...]) -> Adopted:
        """The same, with a line for each flaw that is accepted."""
        lines = tuple(f"- accepted: {one.path}: {one.rule}" for one in allowed)
        return replace(self, words=(*self.words, *lines))


@dataclass
class _Gathered:
    """The metadata of every model as it will be, by id; None where it cannot be read."""

    metadata: dict[str, Metadata | None] = field(default_factory=dict)
    edits: list[Edit] = field(default_factory=list)
    words: list[str] = field(default_factory=list)


def adopt(registry: Registry, adoption: Adoption) -> Adopted:
    """Metadata completed, folders moved in, ``registry.json`` rebuilt and sorted, ``current`` a link.

    Raises :class:`RefusedError` for a folder that cannot be moved in as it is, and :class:`UnverifiedError` where
    this clone lacks what the models are known by.
    """
    _refuse_unread(registry)
    gathered = _Gathered()
    given = given_tags(adoption.moved)
    for model in registry.models.values():
        if model.name_matches_hash:
            _complete(gathered, model, _evidence(registry, model, adoption, given))
    moved = import_folders(registry, adoption.moved, gathered.metadata)
    for one in moved:
        if one.metadata is not None:
            gathered.metadata[one.model_id] = one.metadata
        gathered.edits += one.edits
        gathered.words.append(one.words)
    current = _current(registry, gathered, moved)
    listed = WriteText(REGISTRY_PATH, rebuilt(registry.document, gathered.metadata, current))
    facts = registry.document_facts
    if not isinstance(facts, Facts) or facts.sha256 != listed.sha256:
        gathered.edits.append(listed)
    gathered.words += _lost(registry, gathered.metadata, current)
    gone = tuple(edit for one in moved for edit in one.gone)
    warnings = () if current is not None or not gathered.metadata else ("no model is current: git pbm promote MODEL",)
    return Adopted(tuple(gathered.edits), (*gone, *link_edits(registry, current)), tuple(gathered.words), warnings)


def with_allowances(
    registry: Registry, edits: tuple[Edit, ...], today: str
) -> tuple[tuple[Edit, ...], tuple[Allowance, ...]]:
    """The edits with ``.pbm.toml``, in which each error that is left is allowed, pinned to what was found.

    Allowances that match nothing any more go. Raises :class:`RefusedError` where the file cannot be read.
    """
    text = registry.allowances_text or ""
    try:
        allowances.parse(text)
    except AllowanceProblem as problem:
        raise RefusedError(
            f"{ALLOWANCES_PATH}: {problem}", f"correct it and commit: git commit -- {ALLOWANCES_PATH}"
        ) from None
    errors = run_rules(Registry(overlay(registry.snapshot, edits))).errors
    found = [finding for finding in errors if finding.path != ALLOWANCES_PATH]
    unused = {finding.found for finding in errors if finding.path == ALLOWANCES_PATH}
    if not errors:
        return edits, ()
    reason = f"there when the repository was adopted, {today}"
    fresh = tuple(Allowance(finding.rule, finding.path, finding.found, reason) for finding in found)
    text = allowances.without(text, lambda one: " ".join(one.identity) in unused)
    if fresh:
        text = allowances.with_added(text, fresh)
    return (WriteText(ALLOWANCES_PATH, text.encode("utf-8", "surrogateescape")), *edits), fresh


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
        gathered.words.append(f"- {name}: {', '.join(derived) or 'written in canonical form'}")


def _evidence(registry: Registry, model: Model, adoption: Adoption, given: Mapping[str, str]) -> Evidence:
    read = {name: facts for name in model.networks if isinstance(facts := model.facts(name), Facts)}
    policy = read.get(model.policy or "")
    entry = model.entries.get(model.policy or "")
    return Evidence(
        adoption.contents.get(policy.sha256, policy) if policy is not None else None,
        read if len(read) == len(model.networks) else None,
        registry.document.models.get(model.name) if registry.document is not None else None,
        adoption.born.get(entry.object_id) if isinstance(entry, FileEntry) else None,
        given.get(policy.sha256) if policy is not None else None,
    )


def _current(registry: Registry, gathered: _Gathered, moved: tuple[ImportedFolder, ...]) -> str | None:
    """The model that is current: as ``registry.json`` says, else the link, else what is in a folder ``current``."""
    document = registry.document_facts.document if isinstance(registry.document_facts, Facts) else None
    said = document.get("current") if isinstance(document, dict) else None
    for text in (said, _target(registry), CURRENT_PATH):
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
