"""Whether a journal's commit was made, and what hooks did to it."""

from __future__ import annotations

from git_pbm.store.children import Children
from git_pbm.store.git import Repository
from git_pbm.store.index import index_entries, restore_entries, tree_entries
from git_pbm.store.journal import Journal


def is_ours(repository: Repository, journal: Journal, head: str) -> bool:
    """Whether the commit holds what the journal meant: every path as staged, or our message on our base."""
    if journal.staged is not None and tree_entries(repository, head, journal.paths) == journal.staged:
        return True
    parent = repository.commit_id(f"{head}^")
    subject = repository.ask_text("log", "-1", "--format=%s", head)
    return parent == journal.base and subject == journal.subject


def follow_hooks(repository: Repository, children: Children, journal: Journal, head: str | None) -> None:
    """Where a hook rewrote our files and staged them, the user's index follows the commit ``head``."""
    entries = tree_entries(repository, head, journal.paths)
    stale = {path: entry for path, entry in entries.items() if entry != (journal.staged or {}).get(path, entry)}
    if not stale:
        return
    current = index_entries(repository, list(stale))
    differing = {path: entry for path, entry in stale.items() if current[path] != entry}
    if differing:
        restore_entries(repository, children, differing)
