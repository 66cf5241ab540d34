"""A registry as the rules see it: what equals a clean baseline is known already, the rest is looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from git_pbm.core.documents.registry_document import RegistryEntry, registry_entry_of
from git_pbm.core.names import ID_DIGITS, METADATA_NAME
from git_pbm.core.registry.facts import Facts
from git_pbm.core.registry.lineage import Lineage
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.readme_block import block_of, known_rows
from git_pbm.core.registry.registry import Registry


@dataclass(frozen=True)
class ModelSummary:
    """What rules about several models need to know about one of them."""

    model: Model
    baseline: RegistryEntry | None
    """What a clean baseline's ``registry.json`` says about the same model; None where the model has to be read."""

    @property
    def name(self) -> str:
        """The model's id, as its folder has it."""
        return self.model.name

    @cached_property
    def stated(self) -> RegistryEntry | None:
        """What its metadata state; None where there are none that can be read."""
        if self.baseline is not None:
            return self.baseline
        return registry_entry_of(self.model.metadata) if self.model.metadata is not None else None

    @property
    def tag(self) -> str | None:
        """The tag that its metadata state; None where there is none, or a malformed one."""
        return (self.stated.tag or None) if self.stated is not None and self._is_valid("tag") else None

    @property
    def parent(self) -> str | None:
        """The parent that its metadata state; None where there is none, or a malformed one."""
        return self.stated.parent if self.stated is not None and self._is_valid("parent") else None

    def _is_valid(self, field: str) -> bool:
        return self.baseline is not None or self.model.field_is_valid(field)

    @property
    def is_misnamed(self) -> bool:
        """Whether its directory is known not to be named by its policy's hash."""
        return self.baseline is None and self.model.name_matches_hash is False

    @property
    def is_well_described(self) -> bool:
        """Whether its metadata keep their schema, and its name its policy's hash as far as that can be known."""
        if self.baseline is not None:
            return True
        facts = self.model.facts(METADATA_NAME)
        is_valid = isinstance(facts, Facts) and not facts.schema_problems and self.model.metadata is not None
        return is_valid and not self.is_misnamed

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """The ids that it accounts for: its directory's name, and the id of a policy that is there misnamed.

        Only that id counts besides. That some directory is misnamed excuses no other id: an allowance for one old
        name would otherwise hide every dangling link to come.
        """
        if not self.is_misnamed or self.model.policy is None:
            return (self.name,)
        facts = self.model.facts(self.model.policy)
        return (self.name, facts.sha256[:ID_DIGITS]) if isinstance(facts, Facts) else (self.name,)


@dataclass(frozen=True)
class View:
    """A registry that is checked, and a ``clean`` one that is known: it passed every rule with every byte read."""

    registry: Registry
    clean: Registry | None = None

    @cached_property
    def unchanged(self) -> frozenset[str]:
        """Names of the models that the clean registry has, too: a rule about one model says nothing about them."""
        return self.registry.unchanged_since(self.clean) if self.clean is not None else frozenset()

    @cached_property
    def changed(self) -> tuple[Model, ...]:
        """The models that every rule looks at."""
        return tuple(model for name, model in self.registry.models.items() if name not in self.unchanged)

    @cached_property
    def summaries(self) -> Mapping[str, ModelSummary]:
        """Every model by directory name, sorted."""
        document = self.clean.document if self.clean is not None else None
        known = {name: document.models.get(name) for name in self.unchanged} if document is not None else {}
        return {name: ModelSummary(model, known.get(name)) for name, model in self.registry.models.items()}

    @cached_property
    def networks(self) -> tuple[str, ...]:
        """Paths of the network files of the models that every rule looks at."""
        return tuple(model.path_of(name) for model in self.changed for name in model.networks)

    @cached_property
    def misnamed_ids(self) -> frozenset[str]:
        """Ids of the policies that lie in a directory of another name."""
        return frozenset(id_ for summary in self.summaries.values() for id_ in summary.ids if id_ != summary.name)

    @cached_property
    def lineage(self) -> Lineage:
        """The lineage that the models' metadata state, well-formed or not."""
        stated = {name: summary.stated for name, summary in self.summaries.items()}
        return Lineage.from_parents(
            {name: entry.parent if entry is not None else None for name, entry in stated.items()}
        )

    @cached_property
    def registry_problems(self) -> frozenset[str]:
        """The places in ``registry.json`` about which its schema has something to say."""
        facts = self.registry.document_facts
        problems = facts.schema_problems if isinstance(facts, Facts) else None
        return frozenset(problem.place for problem in problems or ())

    @cached_property
    def registry_is_unchanged(self) -> bool:
        """Whether ``registry.json`` is the clean registry's, byte for byte."""
        return self.clean is not None and self.clean.document_facts is self.registry.document_facts

    @property
    def is_consistent(self) -> bool:
        """Whether models, ``registry.json`` and ``current`` agree, so that the README's block follows from them."""
        document, models = self.registry.document, self.registry.models
        if document is None or models.keys() != document.models.keys() or self.registry_problems:
            return False
        if self.registry.current_id is not None and self.registry.current_id not in models:
            return False
        return all(summary.is_well_described for summary in self.summaries.values())

    @property
    def readme_block(self) -> str:
        """The block that the README should hold; rows of unchanged models are the clean README's."""
        rows = known_rows(self.clean, self.unchanged) if self.clean is not None else {}
        return block_of(self.registry, rows)
