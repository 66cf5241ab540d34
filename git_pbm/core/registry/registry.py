"""A snapshot read as a registry, once and tolerantly; it judges nothing, rules do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from git_pbm.core.documents.metadata import Metadata, RegistryEntry, RegistryFile, registry_entry_of
from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.names import (
    ALLOWANCES_PATH,
    CURRENT_PATH,
    METADATA_NAME,
    MODELS_PATH,
    README_PATH,
    REGISTRY_PATH,
    current_target_id,
    is_id,
    network_kind,
)
from git_pbm.core.registry.facts import Facts, Unavailable
from git_pbm.core.registry.snapshot import Entry, FileEntry, LinkEntry, Snapshot


@dataclass(frozen=True)
class Model:
    """One directory ``models/<name>/`` as found; ``name`` is its id where it is named rightly."""

    name: str
    entries: Mapping[str, Entry]
    """Everything below the directory, by path relative to it."""
    snapshot: Snapshot
    proof: RegistryEntry | None = None
    """What its metadata say in short, where no rule had anything to say about it."""

    @property
    def is_proven(self) -> bool:
        """Whether it was looked at before, and no rule had anything to say."""
        return self.proof is not None

    @property
    def path(self) -> str:
        return f"{MODELS_PATH}/{self.name}"

    def path_of(self, name: str) -> str:
        """The path of a file of this model, relative to the registry's root."""
        return f"{self.path}/{name}"

    @cached_property
    def networks(self) -> tuple[str, ...]:
        """Names of the regular files that are named like networks, policies first."""
        names = [n for n, e in self.entries.items() if network_kind(n) and isinstance(e, FileEntry)]
        return tuple(sorted(names))

    @cached_property
    def policy(self) -> str | None:
        """The name of the policy file; None where there is not exactly one."""
        return self._only("policy")

    @cached_property
    def value(self) -> str | None:
        """The name of the value file; None where there is not exactly one."""
        return self._only("value")

    def _only(self, kind: str) -> str | None:
        names = [name for name in self.networks if name.startswith(kind)]
        return names[0] if len(names) == 1 else None

    def facts(self, name: str) -> Facts | Unavailable | None:
        """The facts about a regular file of this model; None where there is no such file."""
        if name not in self._facts:
            known = isinstance(self.entries.get(name), FileEntry)
            self._facts[name] = self.snapshot.facts(self.path_of(name)) if known else None
        return self._facts[name]

    @cached_property
    def _facts(self) -> dict[str, Facts | Unavailable | None]:
        """Facts that were asked for: a score of rules ask for the same ones."""
        return {}

    @cached_property
    def metadata(self) -> Metadata | None:
        """The metadata, read tolerantly; None where there is none, or it is not a strict JSON object."""
        facts = self.facts(METADATA_NAME)
        if not isinstance(facts, Facts) or not facts.is_document:
            return None
        return Metadata.from_json(facts.document)

    @property
    def document(self) -> dict[str, JsonValue] | None:
        """The metadata as they stand; None where there are none, or they are no JSON object that can be read."""
        facts = self.facts(METADATA_NAME)
        document = facts.document if isinstance(facts, Facts) else None
        return document if isinstance(document, dict) else None

    @property
    def summary(self) -> RegistryEntry | None:
        """What its metadata say in short; None where there are none. Metadata that are proven stay unread."""
        return self.proof or (registry_entry_of(self.metadata) if self.metadata is not None else None)

    def is_well_formed(self, field: str) -> bool:
        """Whether the schema has nothing to say about a field of the metadata, nor about anything in it."""
        if self.is_proven:
            return True
        facts = self.facts(METADATA_NAME)
        if not isinstance(facts, Facts) or facts.schema_problems is None:
            return False
        return not facts.schema_problems or not any(
            problem.place == field or problem.place.startswith(f"{field}/") for problem in facts.schema_problems
        )

    @cached_property
    def is_rightly_named(self) -> bool | None:
        """Whether the directory's name is the id of its policy's bytes; None where that cannot be known."""
        if self.is_proven:
            return True
        facts = self.facts(self.policy) if self.policy else None
        if not isinstance(facts, Facts):
            return None
        return is_id(self.name) and facts.sha256.startswith(self.name)


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
    def file_facts(self) -> Facts | Unavailable | None:
        """The facts about ``registry.json``; None where it is no regular file."""
        return self._facts(REGISTRY_PATH)

    @cached_property
    def file(self) -> RegistryFile | None:
        """``registry.json``, read tolerantly; None where it is missing or no strict JSON object."""
        facts = self.file_facts
        if not isinstance(facts, Facts) or not facts.is_document:
            return None
        if self.sound is not None and self.sound.file_facts is facts:
            return self.sound.file
        return RegistryFile.from_json(facts.document)

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


@dataclass(frozen=True, slots=True)
class Change:
    """A step of history: the registry before and after, and the message that explains it."""

    before: Registry
    after: Registry
    message: str
