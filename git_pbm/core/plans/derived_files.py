"""The files that follow from others: ``registry.json``, the README block and the link ``current``."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from git_pbm.core.documents import schema
from git_pbm.core.documents.metadata import Metadata
from git_pbm.core.documents.registry_document import registry_entry_of
from git_pbm.core.documents.strict_json import JsonValue, text_of
from git_pbm.core.names import CURRENT_PATH, README_PATH, REGISTRY_PATH, Role, model_path
from git_pbm.core.plans.check import overlay
from git_pbm.core.plans.plan import Delete, Edit, SetLink, WriteText
from git_pbm.core.registry import readme_block as readme
from git_pbm.core.registry.facts import SCHEMA_OF
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.baseline import with_baseline
from git_pbm.errors import RefusedError, UsageError


def with_derived(
    registry: Registry,
    edits: tuple[Edit, ...],
    models: Mapping[str, Metadata | None],
    current: str | None,
    gone: tuple[Delete, ...] = (),
) -> tuple[Edit, ...]:
    """``edits`` and, after them, what follows: registry, README block, ``current``; unchanged files left out.

    What is written comes before what refers to it; what is ``gone`` goes last, when nothing refers to it any more.

    ``models`` gives the new metadata of each changed model, None for a removed one; ``current`` is the id
    that is to be current afterwards. Entries of other models stay as they are. Raises
    :class:`RefusedError` where ``registry.json`` cannot be read.
    """
    listed = WriteText(REGISTRY_PATH, registry_text(registry, models, current))
    facts = registry.document_facts
    if facts is None or not hasattr(facts, "sha256") or facts.sha256 != listed.sha256:
        edits = (*edits, listed)
    text = registry.readme
    if text is not None and readme.has_block(text):
        after = Registry(overlay(registry.snapshot, (*edits, listed, *gone)))
        block = readme.block_of(with_baseline(after, registry.sound) if registry.sound is not None else after)
        replaced = readme.replace_block(text, block)
        if replaced is not None and replaced != text:
            edits = (*edits, WriteText(README_PATH, replaced.encode("utf-8", "surrogateescape")))
    return (*edits, *link_edits(registry, current), *gone)


def link_edits(registry: Registry, current: str | None) -> tuple[Edit, ...]:
    """What makes the link ``current`` name a model, or go where that is None; nothing where it does so already."""
    if current is None:
        return (Delete(CURRENT_PATH),) if CURRENT_PATH in registry.snapshot.entries else ()
    return (SetLink(CURRENT_PATH, model_path(current)),) if registry.link_id != current else ()


def refuse_malformed(document: Mapping[str, JsonValue], said: Collection[str]) -> None:
    """Raise :class:`UsageError` where one of the fields that a person ``said`` breaks the metadata's schema."""
    for problem in schema.problems(dict(document), schema.load(SCHEMA_OF[Role.METADATA])):
        field = problem.place.partition("/")[0]
        if field in said:
            raise UsageError(problem.message, f"give --{field.replace('_', '-')} another value, or leave it out")


def registry_text(registry: Registry, models: Mapping[str, Metadata | None], current: str | None) -> bytes:
    """The text of ``registry.json`` after the change; fields that people added stay."""
    document = _document(registry)
    listed = document.get("models")
    entries: dict[str, JsonValue] = dict(listed) if isinstance(listed, dict) else {}
    for model_id, metadata in models.items():
        if metadata is None:
            entries.pop(model_id, None)
            continue
        old = entries.get(model_id)
        extra = {key: value for key, value in old.items() if key not in _OWN} if isinstance(old, dict) else {}
        for key in extra:
            extra[key] = metadata.to_json().get(key, extra[key])
        entries[model_id] = {**registry_entry_of(metadata).to_json(), **extra}
    rest = {key: value for key, value in document.items() if key not in ("current", "models")}
    ordered: dict[str, JsonValue] = {model_id: entries[model_id] for model_id in sorted(entries)}
    return text_of({"current": current, "models": ordered, **rest}).encode()


_OWN = ("tag", "date", "training", "parent")


def _document(registry: Registry) -> dict[str, JsonValue]:
    facts = registry.document_facts
    if facts is None:
        return {}
    document = getattr(facts, "document", None)
    if not isinstance(document, dict):
        raise RefusedError(
            f"{REGISTRY_PATH}: cannot be read, so nothing can be changed in it",
            "rebuild it from the models: git pbm repair --apply",
        )
    return document
