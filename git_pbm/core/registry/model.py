"""One model directory as found; it judges nothing, rules do."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from git_pbm.core.documents.metadata import Metadata
from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.names import (
    METADATA_NAME,
    MODELS_PATH,
    NetworkRole,
    has_role,
    is_id,
    network_kind,
)
from git_pbm.core.registry.facts import Facts, Unavailable
from git_pbm.core.registry.snapshot import Entry, FileEntry, Snapshot


@dataclass(frozen=True)
class Model:
    """One directory ``models/<name>/`` as found; ``name`` is its id where it is named rightly."""

    name: str
    entries: Mapping[str, Entry]
    """Everything below the directory, by path relative to it."""
    snapshot: Snapshot

    @property
    def path(self) -> str:
        """The model's folder, relative to the registry's root."""
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
        return self.network(NetworkRole.POLICY)

    @cached_property
    def value(self) -> str | None:
        """The name of the value file; None where there is not exactly one."""
        return self.network(NetworkRole.VALUE)

    def network(self, role: NetworkRole) -> str | None:
        """The name of the network with a role; None where there is not exactly one."""
        names = [name for name in self.networks if has_role(name, role)]
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
    def networks_digest(self) -> str | Unavailable:
        """SHA-256 of the lines that ``sha256sum *.onnx`` prints in the model's folder: it binds the value net, too."""
        lines = []
        for name in self.networks:
            facts = self.facts(name)
            if isinstance(facts, Unavailable):
                return facts
            lines.append(f"{facts.sha256}  {name}\n" if facts is not None else "")
        return hashlib.sha256("".join(lines).encode()).hexdigest()  # `networks` are sorted by name

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

    def field_is_valid(self, field: str) -> bool:
        """Whether the schema has nothing to say about a field of the metadata, nor about anything in it."""
        facts = self.facts(METADATA_NAME)
        if not isinstance(facts, Facts) or facts.schema_problems is None:
            return False
        return not facts.schema_problems or not any(
            problem.place == field or problem.place.startswith(f"{field}/") for problem in facts.schema_problems
        )

    @cached_property
    def name_matches_hash(self) -> bool | None:
        """Whether the directory's name is the id of its policy's bytes; None where that cannot be known."""
        facts = self.facts(self.policy) if self.policy else None
        if not isinstance(facts, Facts):
            return None
        return is_id(self.name) and facts.sha256.startswith(self.name)
