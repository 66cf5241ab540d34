"""Taking in a repository that was kept by hand: what can be derived is derived, what stays wrong is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from git_pbm.core import allowances
from git_pbm.core.allowances import Allowance
from git_pbm.core.documents import METADATA_FIELDS, Metadata, RegistryEntry, RegistryFile, registry_entry_of
from git_pbm.core.facts import Facts
from git_pbm.core.names import (
    ALLOWANCES_PATH,
    CURRENT_PATH,
    METADATA_NAME,
    REGISTRY_PATH,
    RL,
    TRAININGS,
    count_as_text,
    is_hash,
    is_id,
    metadata_path,
    rl_numbers,
    tag_problem,
    training_of,
)
from git_pbm.core.plan import Edit, WriteText, overlay
from git_pbm.core.planning.derive import link_edits
from git_pbm.core.planning.move_in import Moved, MovedIn, move_in
from git_pbm.core.quick_schema import is_calendar_day
from git_pbm.core.registry import Model, Registry
from git_pbm.core.rules import judge
from git_pbm.core.snapshot import FileEntry, LinkEntry
from git_pbm.core.strict_json import JsonValue, text_of


@dataclass(frozen=True, slots=True)
class Adoption:
    """What is known besides the registry itself.

    ``born`` is the day (``YYYY-MM-DD``) of the commit that first brought a blob, by blob id; ``moved`` are the
    folders of networks outside ``models/`` that come in; ``today`` is the local calendar day.
    """

    born: Mapping[str, str]
    moved: tuple[MovedIn, ...]
    today: str


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

    Raises :class:`RefusedError` for a folder that cannot be moved in as it is.
    """
    gathered = _Gathered()
    for model in registry.models.values():
        if model.is_rightly_named:
            _complete(gathered, registry, model, adoption.born)
    moved = move_in(registry, adoption.moved, {m.tag for m in gathered.metadata.values() if m is not None})
    for one in moved:
        if one.metadata is not None:
            gathered.metadata[one.model_id] = one.metadata
        gathered.edits += one.edits
        gathered.words.append(one.words)
    current = _current(registry, gathered, moved)
    listed = WriteText(REGISTRY_PATH, _rebuilt(registry, gathered.metadata, current).text().encode())
    facts = registry.file_facts
    if not isinstance(facts, Facts) or facts.sha256 != listed.sha256:
        gathered.edits.append(listed)
    gone = tuple(edit for one in moved for edit in one.gone)
    warnings = () if current is not None or not gathered.metadata else ("no model is current: git pbm promote MODEL",)
    return Adopted(tuple(gathered.edits), (*gone, *link_edits(registry, current)), tuple(gathered.words), warnings)


def with_allowances(
    registry: Registry, edits: tuple[Edit, ...], today: str
) -> tuple[tuple[Edit, ...], tuple[Allowance, ...]]:
    """The edits with ``.pbm.toml``, in which each error that is left is allowed, pinned to what was found."""
    errors = judge(Registry(overlay(registry.snapshot, edits))).errors
    found = [finding for finding in errors if finding.path != ALLOWANCES_PATH]
    if not found:
        return edits, ()
    reason = f"there when the repository was adopted, {today}"
    fresh = tuple(Allowance(finding.rule, finding.path, finding.found, reason) for finding in found)
    text = allowances.with_added(registry.allowances_text or "", fresh)
    return (WriteText(ALLOWANCES_PATH, text.encode("utf-8", "surrogateescape")), *edits), fresh


def _complete(gathered: _Gathered, registry: Registry, model: Model, born: Mapping[str, str]) -> None:
    facts = model.facts(METADATA_NAME)
    if METADATA_NAME in model.entries and (not isinstance(facts, Facts) or not isinstance(facts.document, dict)):
        gathered.metadata[model.name] = None
        return
    old = facts.document if isinstance(facts, Facts) and isinstance(facts.document, dict) else {}
    listed = registry.file.models.get(model.name) if registry.file is not None else None
    new, derived = completed(old, model, listed, _born(model, born))
    gathered.metadata[model.name] = Metadata.from_json(new)
    text = WriteText(metadata_path(model.name), text_of(new).encode())
    if not isinstance(facts, Facts) or facts.sha256 != text.sha256:
        gathered.edits.append(text)
        tag = new.get("tag")
        name = f"{tag} ({model.name})" if _is_tag(tag) else model.name
        gathered.words.append(f"- {name}: {', '.join(derived) or 'written in canonical form'}")


def _born(model: Model, born: Mapping[str, str]) -> str | None:
    entry = model.entries.get(model.policy) if model.policy else None
    return born.get(entry.object_id) if isinstance(entry, FileEntry) else None


def completed(
    old: Mapping[str, JsonValue], model: Model, listed: RegistryEntry | None, born: str | None
) -> tuple[dict[str, JsonValue], list[str]]:
    """A metadata document with what can be derived put in, and a word for each field that was; the rest stays.

    Only what says nothing (absent, or out of its grammar where the truth can be had) is replaced.
    """
    new, derived = dict(old), []

    def put(name: str, value: JsonValue, source: str) -> None:
        new[name] = value
        derived.append(f"{name} from {source}")

    policy = model.facts(model.policy) if model.policy else None
    said = old.get("hash")
    if isinstance(policy, Facts) and not (isinstance(said, str) and is_hash(said)):
        put("hash", policy.sha256, "the policy's bytes")
    if listed is not None and not _is_tag(old.get("tag")) and _is_tag(listed.tag):
        put("tag", listed.tag, REGISTRY_PATH)
    tag = new.get("tag")
    if old.get("training") not in TRAININGS:
        told = training_of(tag) if isinstance(tag, str) else None
        if told is not None:
            put("training", told, "the tag")
        elif listed is not None and listed.training in TRAININGS:
            put("training", listed.training, REGISTRY_PATH)
    if not _is_day(old.get("created")):
        if listed is not None and _is_day(listed.date):
            put("created", listed.date, REGISTRY_PATH)
        elif born is not None:
            put("created", born, "the commit that brought the policy")
    says_params = "params" in old and model.is_well_formed("params")
    if isinstance(policy, Facts) and policy.onnx is not None and not says_params:
        put("params", count_as_text(policy.onnx.parameters), "the policy's graph")
    if listed is not None and "parent" not in old and listed.parent is not None and is_id(listed.parent):
        put("parent", listed.parent, REGISTRY_PATH)
    numbers = rl_numbers(tag) if isinstance(tag, str) else None
    for name, number in zip(("round", "iteration"), numbers or (), strict=False):
        if name not in old and new.get("training") == RL:
            put(name, number, "the tag")
    if "files" not in old:
        records: dict[str, JsonValue] = {}
        for name in model.networks:
            facts = model.facts(name)
            if isinstance(facts, Facts):
                records[name] = {"sha256": facts.sha256, "size": facts.size}
        if len(records) == len(model.networks):
            put("files", records, "the files' bytes")
    ordered = {name: new[name] for name in METADATA_FIELDS if name in new}
    return {**ordered, **{name: value for name, value in new.items() if name not in ordered}}, derived


def _is_tag(value: JsonValue) -> bool:
    return isinstance(value, str) and tag_problem(value) is None


def _is_day(value: JsonValue) -> bool:
    return isinstance(value, str) and is_calendar_day(value)


def _current(registry: Registry, gathered: _Gathered, moved: tuple[Moved, ...]) -> str | None:
    """The model that is current: as ``registry.json`` says, else the link, else what lies in a folder ``current``."""
    in_folder = [one.model_id for one in moved if one.folder == CURRENT_PATH]
    link = registry.snapshot.entries.get(CURRENT_PATH)
    target = link.target if isinstance(link, LinkEntry) else None
    linked = (target or "").rstrip("/").rpartition("/")[2]
    named = registry.file.current if registry.file is not None else None
    return next((one for one in (named, linked, *in_folder) if one in gathered.metadata), None)


def _rebuilt(registry: Registry, metadata: Mapping[str, Metadata | None], current: str | None) -> RegistryFile:
    old = registry.file
    entries: dict[str, RegistryEntry] = {}
    for model_id, one in metadata.items():
        listed = old.models.get(model_id) if old is not None else None
        if one is None:
            entries.update({model_id: listed} if listed is not None else {})
            continue
        document = one.to_json()
        extra = {key: document.get(key, value) for key, value in (listed.extra if listed else {}).items()}
        entries[model_id] = replace(registry_entry_of(one), extra=extra)
    return RegistryFile(current, entries, old.extra if old is not None else {})
