"""A snapshot read as a registry, once and tolerantly; it judges nothing, rules do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from git_pbm.core.documents.registry_document import RegistryDocument
from git_pbm.core.names import (
    ALLOWANCES_PATH,
    CURRENT_PATH,
    MODELS_PATH,
    README_PATH,
    REGISTRY_PATH,
    current_target_id,
)
from git_pbm.core.registry.facts import Facts, Unavailable
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.snapshot import Entry, FileEntry, LinkEntry, Snapshot


@dataclass(frozen=True)
class Registry:
    """One snapshot's models, ``registry.json`` and ``current``."""

    snapshot: Snapshot
    sound: Registry | None = None
    """One about which no rule had anything to say, to take what is the same from."""
    proven: frozenset[str] = frozenset()
    """Names of the models that are the same there: rules about single models need not look at them again."""

    @cached_property
    def models(self) -> Mapping[str, Model]:
        """Every directory below ``models/`` by name, sorted; wrongly named ones included."""
        found: dict[str, dict[str, Entry]] = {}
        prefix = f"{MODELS_PATH}/"
        for path, entry in self.snapshot.entries.items():
            if path.startswith(prefix):
                name, slash, rest = path[len(prefix) :].partition("/")
                if slash:
                    found.setdefault(name, {})[rest] = entry
        said = self.sound.file.models if self.sound is not None and self.sound.file is not None else {}
        proofs = {name: said.get(name) for name in self.proven}
        return {name: Model(name, found[name], self.snapshot, proofs.get(name)) for name in sorted(found)}

    @cached_property
    def unproven(self) -> Mapping[str, Model]:
        """The models that every rule has to look at."""
        return {name: model for name, model in self.models.items() if not model.is_proven}

    @cached_property
    def document_facts(self) -> Facts | Unavailable | None:
        """The facts about ``registry.json``; None where it is no regular file."""
        return self._facts(REGISTRY_PATH)

    @cached_property
    def file(self) -> RegistryDocument | None:
        """``registry.json``, read tolerantly; None where it is missing or no strict JSON object."""
        facts = self.document_facts
        if not isinstance(facts, Facts) or not facts.is_document:
            return None
        if self.sound is not None and self.sound.document_facts is facts:
            return self.sound.file
        return RegistryDocument.from_json(facts.document)

    @cached_property
    def link_id(self) -> str | None:
        """The id that the link ``current`` names; None where it is no link or names none."""
        entry = self.snapshot.entries.get(CURRENT_PATH)
        if not isinstance(entry, LinkEntry) or entry.target is None:
            return None
        return current_target_id(entry.target)

    @cached_property
    def current_id(self) -> str | None:
        """The id of the current model: ``registry.json`` is the truth, the link stands in where it is unreadable."""
        return self.file.current if self.file is not None else self.link_id

    @cached_property
    def readme(self) -> str | None:
        """The text of ``README.md``; None where there is none or it is not here."""
        facts = self._facts(README_PATH)
        return facts.text if isinstance(facts, Facts) else None

    @cached_property
    def allowances_text(self) -> str | None:
        """The text of ``.pbm.toml``; None where there is none or it is not here."""
        facts = self._facts(ALLOWANCES_PATH)
        return facts.text if isinstance(facts, Facts) else None

    @property
    def exists(self) -> bool:
        """Whether there is a registry at all: one of ``registry.json``, ``models/``, ``current``."""
        entries = self.snapshot.entries
        return (
            REGISTRY_PATH in entries
            or CURRENT_PATH in entries
            or MODELS_PATH in entries  # a link or a file in its place, and nothing else left
            or any(path.startswith((f"{MODELS_PATH}/", f"{CURRENT_PATH}/")) for path in entries)
        )

    def tagged(self) -> Iterator[tuple[str, Model]]:
        """Tag and model of every model whose metadata states a tag."""
        for model in self.models.values():
            summary = model.summary
            if summary is not None and summary.tag:
                yield summary.tag, model

    def _facts(self, path: str) -> Facts | Unavailable | None:
        if not isinstance(self.snapshot.entries.get(path), FileEntry):
            return None
        return self.snapshot.facts(path)
