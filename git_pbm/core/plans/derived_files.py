"""The one writer of generated files: ``registry.json``, the README block and the link ``current``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from git_pbm.core.documents import schema
from git_pbm.core.documents.metadata import METADATA_FIELDS, Metadata
from git_pbm.core.documents.registry_document import RegistryDocument, RegistryEntry, registry_entry_of
from git_pbm.core.documents.strict_json import JsonValue, text_of
from git_pbm.core.names import CURRENT_PATH, README_PATH, REGISTRY_PATH, Role, model_path
from git_pbm.core.plans.check import overlay
from git_pbm.core.plans.plan import Delete, Edit, SetLink, WriteText
from git_pbm.core.registry import readme_block
from git_pbm.core.registry.facts import SCHEMA_OF, Facts
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, RefusedError, UsageError


def with_derived(
    registry: Registry,
    edits: tuple[Edit, ...],
    models: Mapping[str, Metadata | None],
    current: str | None,
    gone: tuple[Delete, ...] = (),
) -> tuple[Edit, ...]:
    """``edits`` and, after them, the generated files that they change.

    ``models`` gives the new metadata of each changed model, None for a removed one; ``current`` is the id
    that is to be current afterwards. Entries of other models stay as they are. What is ``gone`` is deleted last, when
    nothing refers to it any more. Raises :class:`RefusedError` where ``registry.json`` cannot be read.
    """
    text = registry_text(registry, models, current)
    return derived_edits(registry, text, current, edits=edits, gone=gone, readme=registry.readme)


def derived_edits(
    registry: Registry,
    text: bytes,
    current: str | None,
    *,
    edits: tuple[Edit, ...] = (),
    gone: tuple[Delete, ...] = (),
    readme: str | None,
) -> tuple[Edit, ...]:
    """``edits``, then ``registry.json``, the README block and ``current`` where they differ, then what is ``gone``.

    What is written comes before what refers to it. ``text`` is that of ``registry.json``; ``readme`` that of the
    README which holds the block, None to leave it alone.
    """
    listed = WriteText(REGISTRY_PATH, text)
    facts = registry.document_facts
    derived: tuple[Edit, ...] = () if isinstance(facts, Facts) and facts.sha256 == listed.sha256 else (listed,)
    replaced = with_block(registry, (*edits, listed, *gone), readme) if readme is not None else None
    if replaced is not None and replaced != registry.readme:  # None in a merge conflict
        derived = (*derived, WriteText(README_PATH, replaced.encode("utf-8", "surrogateescape")))
    return (*edits, *derived, *link_edits(registry, current), *gone)


def with_block(registry: Registry, edits: tuple[Edit, ...], readme: str) -> str | None:
    """A README with the block of the registry that ``edits`` make; None where it has no complete block."""
    if not readme_block.has_block(readme):
        return None
    after = Registry(overlay(registry.snapshot, edits))
    known = readme_block.known_rows(registry, after.unchanged_since(registry)) if registry.is_clean else {}
    return readme_block.replace_block(readme, readme_block.block_of(after, known))


def link_edits(registry: Registry, current: str | None) -> tuple[Edit, ...]:
    """What makes the link ``current`` name a model, or go where that is None; nothing where it does so already."""
    if current is None:
        return (Delete(CURRENT_PATH),) if CURRENT_PATH in registry.snapshot.entries else ()
    return (SetLink(CURRENT_PATH, model_path(current)),) if registry.link_id != current else ()


def entry_for(metadata: Metadata, listed: RegistryEntry | None) -> RegistryEntry:
    """The entry that repeats a model's metadata and keeps a person's own fields of the ``listed`` one.

    A field that metadata has, too, repeats it; one of metadata's schema that this metadata lacks is dropped, for
    nothing says that it is true.
    """
    document = metadata.to_json()
    extra = {
        key: document.get(key, value)
        for key, value in (listed.extra if listed is not None else {}).items()
        if key in document or key not in METADATA_FIELDS
    }
    return replace(registry_entry_of(metadata), extra=extra)


def rebuilt(old: RegistryDocument | None, models: Mapping[str, Metadata | None], current: str | None) -> bytes:
    """The text of ``registry.json`` made from ``models``; where metadata cannot be read the ``old`` entry stays."""
    entries: dict[str, RegistryEntry] = {}
    for model_id, metadata in models.items():
        listed = old.models.get(model_id) if old is not None else None
        if metadata is not None:
            entries[model_id] = entry_for(metadata, listed)
        elif listed is not None:
            entries[model_id] = listed
    return RegistryDocument(current, entries, old.extra if old is not None else {}).text().encode()


def registry_text(registry: Registry, models: Mapping[str, Metadata | None], current: str | None) -> bytes:
    """The text of ``registry.json`` after a change of some ``models``; other entries stay, odd ones included."""
    document = _document(registry)
    listed = document.get("models")
    entries: dict[str, JsonValue] = dict(listed) if isinstance(listed, dict) else {}
    for model_id, metadata in models.items():
        old = entries.pop(model_id, None)
        if metadata is not None:
            known = RegistryEntry.from_json(old) if isinstance(old, dict) else None
            entries[model_id] = entry_for(metadata, known).to_json()
    rest = {key: value for key, value in document.items() if key not in ("current", "models")}
    ordered: dict[str, JsonValue] = {model_id: entries[model_id] for model_id in sorted(entries)}
    return text_of({"current": current, "models": ordered, **rest}).encode()


def _document(registry: Registry) -> dict[str, JsonValue]:
    facts = registry.document_facts
    if facts is None:
        return {}
    if not isinstance(facts, Facts) or not isinstance(facts.document, dict):
        raise RefusedError(
            f"{REGISTRY_PATH}: cannot be read, so nothing can be changed in it",
            "rebuild it from the models: git pbm repair --apply",
            error_id=ErrorId.CONTENT_DAMAGED,
        )
    return facts.document


def refuse_malformed(document: Mapping[str, JsonValue], said: Collection[str]) -> None:
    """Raise :class:`UsageError` where one of the fields that a person ``said`` breaks the metadata's schema."""
    for problem in schema.problems(dict(document), schema.load(SCHEMA_OF[Role.METADATA])):
        field = problem.place.partition("/")[0]
        if field in said:
            raise UsageError(problem.message, f"give --{field.replace('_', '-')} another value, or leave it out")
