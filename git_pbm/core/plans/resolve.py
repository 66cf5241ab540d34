"""The plan of ``git pbm resolve``: derived files of a merged tree, and the one question that a person answers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from git_pbm.core.documents.commit_message import CommitMessage
from git_pbm.core.documents.metadata import METADATA_FIELDS
from git_pbm.core.documents.registry_document import ENTRY_FIELDS, RegistryDocument
from git_pbm.core.merge.readme import around
from git_pbm.core.merge.registry import Merged, merge_registries
from git_pbm.core.names import CURRENT_PATH
from git_pbm.core.plans.derived_files import derived_edits, rebuilt
from git_pbm.core.plans.plan import Plan
from git_pbm.core.plans.repair import listed_models
from git_pbm.core.registry.registry import Registry


@dataclass(frozen=True, slots=True)
class MergedDocument:
    """``registry.json`` as the merge has it: ``current`` is to be believed only where it is not ``contested``."""

    file: RegistryDocument | None
    contested: bool
    theirs: RegistryDocument | None = None
    """The same with every conflict settled their way; ``file`` has it settled our way."""
    clashes: tuple[tuple[str, ...], ...] = ()
    """The keys that lead to each value that both sides changed differently."""

    def taking(self, *, theirs: bool) -> MergedDocument:
        """The document with one side's value wherever both changed one."""
        return replace(self, file=self.theirs if theirs else self.file, clashes=())

    def own_clashes(self, registry: Registry) -> tuple[str, ...]:
        """A person's own fields that both sides set differently, each named as in ``stars of 9af32875``.

        Every other field follows from metadata or from the answer which model is current.
        """
        found = []
        for path in self.clashes:
            name = path[-1]
            if len(path) == 1 and name not in ("current", "models"):
                found.append(f"`{name}`")
            elif len(path) == 3 and name not in (*ENTRY_FIELDS, *METADATA_FIELDS):
                model = registry.models.get(path[1])
                if model is not None and name not in (model.document or {}):
                    found.append(f"`{name}` of {path[1]}")
        return tuple(found)


def merged_document(base: bytes, ours: bytes, theirs: bytes) -> MergedDocument:
    """The merge of three texts of ``registry.json``, empty where a side has none; one that is unreadable has no say."""
    merged = merge_registries(base, ours or theirs, theirs or ours)
    if merged is None:
        merged = merge_registries(b"", ours, ours) or merge_registries(b"", theirs, theirs)
    if merged is None:
        return MergedDocument(None, contested=True)
    return MergedDocument(
        RegistryDocument.from_json(merged.ours),
        contested=_is_contested(merged) or not (ours and theirs),
        theirs=RegistryDocument.from_json(merged.theirs),
        clashes=merged.clashes,
    )


def _is_contested(merged: Merged) -> bool:
    return ("current",) in merged.clashes


def settled_current(registry: Registry, merged: MergedDocument, unmerged: Collection[str]) -> tuple[str | None, bool]:
    """The model that is current in the merged tree, and whether that is settled: else a person must say.

    Settled is what one side alone changed, and what a person has put into ``registry.json``, or into the
    link, and staged.
    """
    said = merged.file.current if merged.file is not None and not merged.contested else None
    if said is None and CURRENT_PATH not in unmerged and (merged.contested or merged.file is None):
        said = registry.link_id
        return said, said in registry.models
    if said is None:
        return None, not merged.contested and CURRENT_PATH not in unmerged
    return said, said in registry.models


def plan_resolve(
    registry: Registry, merged: MergedDocument, current: str | None, readme_text: str | None
) -> Plan | None:
    """The edits that settle ``registry.json``, the README's block and ``current``; None where none is needed.

    ``readme_text`` is the README to put the block into, None where there is none to settle, or where more than
    the block is in conflict.
    """
    text = rebuilt(merged.file, listed_models(registry, merged.file), current)
    edits = derived_edits(registry, text, current, readme=readme_text)
    return Plan(edits, CommitMessage("chore: settle the merge of the registry")) if edits else None


def has_conflict(readme_text: str) -> bool:
    """Whether a conflict is left around the block: that is the user's own text, and his to settle."""
    return any(line.startswith("<<<<<<<") for line in around(readme_text).splitlines())
