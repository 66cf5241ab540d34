"""Whether a journal's commit was made, and what hooks did to it."""

from __future__ import annotations

import os

from git_pbm.fs.atomic_files import sync_folder
from git_pbm.gitio.index import index_entries, restore_entries, tree_entries
from git_pbm.gitio.repository import Repository
from git_pbm.gitio.runner import GitRunner
from git_pbm.transaction.journal import Journal


def is_ours(repository: Repository, journal: Journal, head: str) -> bool:
    """Whether the commit holds what the journal meant: every path as staged, or our message on our base."""
    if journal.staged is not None and tree_entries(repository, head, journal.paths) == journal.staged:
        return True
    parent = repository.commit_id(f"{head}^")
    subject = repository.run_text("log", "-1", "--format=%s", head)
    return parent == journal.base and subject == journal.subject


def sync_history(repository: Repository, since: int) -> None:
    """Make the names of the new objects and of the branch durable: git syncs files, not the folders that name them.

    ``since`` is in nanoseconds since the epoch. What is packed is git's affair.
    """
    objects = os.path.join(repository.common_dir, "objects")
    with os.scandir(objects) as folders:
        fresh = [place.path for place in folders if len(place.name) == 2 and place.stat().st_mtime_ns >= since - 10**9]
    branch = os.fsdecode(repository.try_run("symbolic-ref", "--quiet", "HEAD") or b"").strip()
    heads = os.path.dirname(os.path.join(repository.common_dir, branch)) if branch else repository.git_dir
    tables = os.path.join(repository.common_dir, "reftable")
    for folder in (*fresh, objects, heads, tables):
        if os.path.isdir(folder):
            sync_folder(folder)


def follow_hooks(repository: Repository, runner: GitRunner, journal: Journal, head: str | None) -> None:
    """Where a hook rewrote our files and staged them, the user's index follows the commit ``head``."""
    entries = tree_entries(repository, head, journal.paths)
    stale = {path: entry for path, entry in entries.items() if entry != (journal.staged or {}).get(path, entry)}
    if not stale:
        return
    current = index_entries(repository, list(stale))
    differing = {path: entry for path, entry in stale.items() if current[path] != entry}
    if differing:
        restore_entries(repository, runner, differing)
