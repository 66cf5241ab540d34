"""What is known about what was just staged, noted so that the hooks of its commit and the next check need not look."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from git_pbm.core.names import GITATTRIBUTES_PATH, role_of
from git_pbm.core.plans.check import CheckedPlan
from git_pbm.core.plans.plan import PutNetwork, SetLink, WriteText
from git_pbm.core.registry.facts import Facts
from git_pbm.core.registry.ledger import is_of_ledger
from git_pbm.gitio.index import Entries
from git_pbm.gitio.listing import entry_of, listing_of, with_attributes
from git_pbm.gitio.repository import Repository
from git_pbm.snapshots.facts_cache import REMEMBERED, FactsCache
from git_pbm.snapshots.tree import TreeSnapshot
from git_pbm.snapshots.verdict_cache import VerdictCache


def object_ids(repository: Repository, checked: CheckedPlan) -> dict[str, str]:
    """git's ids for the bytes that the plan writes, where they are known."""
    found = {}
    for edit in checked.plan.edits:
        if isinstance(edit, PutNetwork) and edit.object_id:
            found[edit.path] = edit.object_id
        elif isinstance(edit, WriteText):
            found[edit.path] = _blob_id(repository, edit.content)
    return found


def prime_facts(repository: Repository, checked: CheckedPlan, staged: Entries, expected: Mapping[str, str]) -> None:
    """Facts about what was just staged, so that the hook and the next check need not read it again.

    Only where git's own id proves that the blob holds the bytes that the facts are about.
    """
    memory = FactsCache(repository)
    for path, object_id in expected.items():
        role = role_of(path)
        if staged.get(path) == f"100644 {object_id}" and role in REMEMBERED:
            facts = checked.after.facts(path)
            if isinstance(facts, Facts):
                memory.put(role, object_id, facts)
    memory.save()


def prime_verdict(repository: Repository, checked: CheckedPlan, staged: Entries) -> None:
    """That no rule had anything to say about the tree that will be: the base with what was staged.

    Not where git stored anything else than what the rules looked at (a pointer to Git LFS, converted line ends).
    """
    base = checked.base
    if checked.models is None or not isinstance(base, TreeSnapshot) or GITATTRIBUTES_PATH in staged:
        return
    entries = with_attributes(base.entries, base.attributes_file)
    ids = {**object_ids(repository, checked), **_link_ids(repository, checked)}
    for path, entry in staged.items():
        if is_of_ledger(path):
            continue
        mode, _, object_id = (entry or "").partition(" ")
        if object_id != ids.get(path, ""):
            return
        entries.pop(path, None)
        if entry is not None:
            entries[path] = entry_of(mode, object_id)
    listing = listing_of(entries)
    if listing is not None:
        VerdictCache(repository).prime(listing, checked.models)


def _link_ids(repository: Repository, checked: CheckedPlan) -> dict[str, str]:
    links = (edit for edit in checked.plan.edits if isinstance(edit, SetLink))
    return {edit.path: _blob_id(repository, edit.target.encode()) for edit in links}


def _blob_id(repository: Repository, content: bytes) -> str:
    """git's id for a blob of these bytes."""
    return hashlib.new(
        repository.object_format, b"blob %d\0" % len(content) + content, usedforsecurity=False
    ).hexdigest()
