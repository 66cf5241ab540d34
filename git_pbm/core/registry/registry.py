"""A snapshot read as a registry, once and tolerantly; it judges nothing, rules do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from git_pbm.core.documents import allowances
from git_pbm.core.documents.allowances import Allowance, AllowanceProblem
from git_pbm.core.documents.registry_document import RegistryDocument, RegistryEntry, registry_entry_of
from git_pbm.core.names import (
    ALLOWANCES_PATH,
    CURRENT_PATH,
    GITATTRIBUTES_PATH,
    MODELS_PATH,
    README_PATH,
    REGISTRY_PATH,
    current_target_id,
)
from git_pbm.core.registry.facts import Facts, Unavailable
from git_pbm.core.registry.ledger import NO_LEDGER, Ledger, LedgerFile, is_of_ledger
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.snapshot import Entry, FileEntry, LinkEntry, Snapshot


@dataclass(frozen=True)
class Registry:
    """One snapshot's models, ``registry.json`` and ``current``.

    ``is_clean`` says that this very state is known to have passed every rule with every byte read: then
    ``registry.json`` repeats the models' metadata, which need not be read for what it says. ``other`` is a registry
    that is looked at besides: where its ``registry.json`` is the same, it is not read twice. ``ledger`` has the
    evaluations.
    """

    snapshot: Snapshot
    is_clean: bool = False
    other: Registry | None = None
    ledger: Ledger = NO_LEDGER

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
        return {name: Model(name, found[name], self.snapshot) for name in sorted(found)}

    @cached_property
    def summaries(self) -> Mapping[str, RegistryEntry | None]:
        """What each model's metadata say in short, by directory name; None where there are none to be read."""
        known = self.document.models if self.document is not None else {}
        trusted = self.unchanged_since(self) if self.is_clean else frozenset()
        return {name: known[name] if name in trusted else _summary(model) for name, model in self.models.items()}

    def unchanged_since(self, clean: Registry) -> frozenset[str]:
        """Names of the models that are the same in ``clean``, and of which its ``registry.json`` says the truth.

        Models that an allowance names are left out, for it has to be used; where the allowances themselves
        changed, or git attributes stand below ``models/``, all are.
        """
        entries, before = self.snapshot.entries, clean.snapshot.entries
        if clean.document is None or entries.get(ALLOWANCES_PATH) != before.get(ALLOWANCES_PATH):
            return frozenset()
        if any(path.endswith(f"/{GITATTRIBUTES_PATH}") for path in entries):
            return frozenset()
        allowed = {allowance.path for allowance in self.allowances}
        if any(not path.startswith(f"{MODELS_PATH}/") for path in allowed):
            return frozenset()
        differing = {path for path, entry in entries.items() if not entry.object_id or before.get(path) != entry}
        suspect = {_model_of(path) for path in (*differing, *(before.keys() - entries.keys()), *allowed)}
        return frozenset(clean.document.models.keys() - suspect)

    @cached_property
    def document_facts(self) -> Facts | Unavailable | None:
        """The facts about ``registry.json``; None where it is not a regular file."""
        return self._facts(REGISTRY_PATH)

    @cached_property
    def document(self) -> RegistryDocument | None:
        """``registry.json``, read tolerantly; None where it is missing or no strict JSON object."""
        facts = self.document_facts
        if not isinstance(facts, Facts) or not facts.is_document:
            return None
        if self.other is not None and self.other.document_facts is facts:
            return self.other.document
        return RegistryDocument.from_json(facts.document)

    @property
    def link_text(self) -> str | Unavailable | None:
        """The text of the link ``current``; None where it is not a link."""
        entry = self.snapshot.entries.get(CURRENT_PATH)
        if not isinstance(entry, LinkEntry):
            return None
        return entry.target if entry.target is not None else Unavailable(entry.object_id, CURRENT_PATH)

    @cached_property
    def link_id(self) -> str | None:
        """The id that the link ``current`` names; None where it is not a link or names none."""
        return current_target_id(self.link_text) if isinstance(self.link_text, str) else None

    @cached_property
    def current_id(self) -> str | None:
        """The id of the current model: ``registry.json`` is the truth, the link stands in where it is unreadable."""
        return self.document.current if self.document is not None else self.link_id

    @cached_property
    def readme_facts(self) -> Facts | Unavailable | None:
        """The facts about ``README.md``; None where it is not a regular file."""
        return self._facts(README_PATH)

    @property
    def readme(self) -> str | None:
        """The text of ``README.md``; None where there is none or it is not here."""
        return self.readme_facts.text if isinstance(self.readme_facts, Facts) else None

    @cached_property
    def allowances_facts(self) -> Facts | Unavailable | None:
        """The facts about ``.pbm.toml``; None where it is not a regular file."""
        return self._facts(ALLOWANCES_PATH)

    @property
    def allowances_text(self) -> str | None:
        """The text of ``.pbm.toml``; None where there is none or it is not here."""
        return self.allowances_facts.text if isinstance(self.allowances_facts, Facts) else None

    @cached_property
    def allowances(self) -> tuple[Allowance, ...]:
        """What ``.pbm.toml`` accepts; nothing where it is absent or malformed."""
        try:
            return allowances.parse(self.allowances_text or "")
        except AllowanceProblem:
            return ()

    @property
    def may_have_gate(self) -> bool:
        """Whether ``.pbm.toml`` can hold a gate; few registries have one, and the others do not parse it for that."""
        return isinstance(self.allowances_facts, Unavailable) or "gate" in (self.allowances_text or "")

    @cached_property
    def evaluations(self) -> Mapping[str, LedgerFile]:
        """The evaluations to be judged: those not known to have been, and those that an allowance names."""
        allowed = {allowance.path for allowance in self.allowances if is_of_ledger(allowance.path)}
        files = {path: self.ledger.folder(path.split("/")[1]).get(path) for path in sorted(allowed)}
        return {**self.ledger.changed, **{path: file for path, file in files.items() if file is not None}}

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
        for name, summary in self.summaries.items():
            if summary is not None and summary.tag:
                yield summary.tag, self.models[name]

    def _facts(self, path: str) -> Facts | Unavailable | None:
        if not isinstance(self.snapshot.entries.get(path), FileEntry):
            return None
        return self.snapshot.facts(path)


def _summary(model: Model) -> RegistryEntry | None:
    return registry_entry_of(model.metadata) if model.metadata is not None else None


def _model_of(path: str) -> str:
    """The directory below ``models/`` that a path is in; empty for any other path."""
    folder, _, rest = path.partition("/")
    return rest.partition("/")[0] if folder == MODELS_PATH else ""
