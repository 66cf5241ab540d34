"""The plan of ``git pbm repair``: derived files anew from what they derive from; hashes are never guessed at."""

from __future__ import annotations

from dataclasses import replace

from git_pbm.core.documents.commit_message import CommitMessage
from git_pbm.core.documents.metadata import METADATA_FIELDS
from git_pbm.core.documents.registry_document import RegistryDocument, RegistryEntry, registry_entry_of
from git_pbm.core.names import CURRENT_PATH, README_PATH, REGISTRY_PATH
from git_pbm.core.plans.check import overlay
from git_pbm.core.plans.derived_files import link_edits
from git_pbm.core.plans.plan import Edit, Plan, WriteText
from git_pbm.core.registry import readme_block as readme
from git_pbm.core.registry.facts import Facts
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import RefusedError


def plan_repair(registry: Registry) -> Plan | None:
    """The edits that ``registry.json``, the README block and ``current`` need; None where they need none.

    ``current`` follows ``registry.json`` where that names a model that is there, else the other way round.
    Raises :class:`RefusedError` where ``current`` is something that must not be replaced.
    """
    current = _sane_current(registry)
    text = rebuilt(registry, registry.file, current).text().encode()
    edits: tuple[Edit, ...] = ()
    facts = registry.document_facts
    listed = WriteText(REGISTRY_PATH, text)
    if not isinstance(facts, Facts) or facts.sha256 != listed.sha256:
        edits = (listed,)
    readme_text = registry.readme
    if readme_text is not None:
        block = readme.block_of(Registry(overlay(registry.snapshot, (listed, *_link(registry, current)))))
        replaced = readme.replace_block(readme_text, block)
        if replaced is not None and replaced != readme_text:
            edits = (*edits, WriteText(README_PATH, replaced.encode("utf-8", "surrogateescape")))
    edits = (*edits, *_link(registry, current))
    return Plan(edits, CommitMessage("chore: repair the registry")) if edits else None


def _sane_current(registry: Registry) -> str | None:
    for name in (registry.file.current if registry.file else None, registry.link_id):
        if name is not None and _is_model(registry.models.get(name)):
            return name
    return None


def _is_model(model: Model | None) -> bool:
    return model is not None and model.policy is not None and model.name_matches_hash is not False


def _link(registry: Registry, current: str | None) -> tuple[Edit, ...]:
    if any(path.startswith(f"{CURRENT_PATH}/") for path in registry.snapshot.entries):
        raise RefusedError(
            f"{CURRENT_PATH} is a directory; repair does not delete what is in it",
            f"move it aside: mv {CURRENT_PATH} current.old; then repair again",
        )
    return link_edits(registry, current)


def rebuilt(registry: Registry, old: RegistryDocument | None, current: str | None) -> RegistryDocument:
    """Entries from metadata, further fields from the ``old`` file; one whose metadata cannot be read stays listed."""
    entries: dict[str, RegistryEntry] = {}
    for name, model in registry.models.items():
        listed = old.models.get(name) if old else None
        if not _is_model(model) and listed is None:
            continue
        if model.metadata is not None:
            entries[name] = _repeated(model, listed)
        elif listed is not None:
            entries[name] = listed
    return RegistryDocument(current, entries, old.extra if old else {})


def _repeated(model: Model, listed: RegistryEntry | None) -> RegistryEntry:
    """The entry that repeats metadata; a person's own fields are kept, or repeat metadata where it has them, too."""
    if model.metadata is None:
        raise ValueError("a model without metadata")
    fresh = registry_entry_of(model.metadata)
    document = model.metadata.to_json()
    extra = {
        key: document.get(key, value)
        for key, value in (listed.extra if listed else {}).items()
        if key in document
        or key not in METADATA_FIELDS  # a field of metadata's that metadata has not is a contradiction
    }
    return replace(fresh, extra=extra)
