"""Healing what a killed command left: forward where its commit exists, back otherwise; never over foreign work."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass

from git_pbm.errors import BusyError, ErrorId, NotDeployedError, RefusedError
from git_pbm.fs.atomic_files import drop_temporaries
from git_pbm.gitio.index import drop_private_index, index_entries, lock_path, restore_entries
from git_pbm.gitio.merge_state import merge_mark
from git_pbm.gitio.repository import Repository
from git_pbm.gitio.runner import GitRunner
from git_pbm.transaction.intake import drop_staging, staging_parent
from git_pbm.transaction.journal import Journal, drop_journal, read_journal
from git_pbm.transaction.made_commit import follow_hooks, is_ours, sync_history
from git_pbm.transaction.rollback import refuse_foreign, undo_steps
from git_pbm.transaction.stale_locks import clear_dead_locks

_STAGING = re.compile(r"\.pbm-staging-([0-9]+)-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Recovered:
    """What recovery did: the command that was interrupted, and whether it was finished or undone.

    ``deploys`` and ``engine`` name the deployment that is still to be done; ``failure`` says why it could not be.
    """

    command: str
    forward: bool
    deploys: str | None = None
    engine: str | None = None
    failure: NotDeployedError | None = None


def recover(repository: Repository, runner: GitRunner) -> Recovered | None:
    """Recover what an interrupted command left in this work tree; the caller holds the lock.

    The journal of a command that went forward stays until its deployment is done: see :func:`finish_recovery`.
    Raises :class:`RefusedError` where somebody changed one of its paths since, and ``BusyError`` for a lock
    that may be somebody else's.
    """
    journal = read_journal(repository)
    if journal is None:
        drop_private_index(repository)
        drop_dead_staging(repository)
        return None
    clear_dead_locks(repository)
    drop_private_index(repository)
    head = repository.head()
    forward = _is_done(repository, journal, head)
    if forward and journal.commits:
        follow_hooks(repository, runner, journal, head)
        sync_history(repository, journal.unlocked_at)
    elif not forward and (journal.during is None or not _is_overtaken(repository, journal, head)):
        _go_back(repository, runner, journal)
    if journal.saved:
        _bring_back_other_work(repository, runner, journal)
    if not forward or journal.engine is None or journal.deploys is None:
        finish_recovery(repository)
        return Recovered(journal.command, forward)
    return Recovered(journal.command, forward, journal.deploys, journal.engine)


def finish_recovery(repository: Repository) -> None:
    """Forget the journal and delete the staging folders of the dead."""
    if os.path.lexists(repository.journal_path):
        journal = read_journal(repository)
        if os.path.lexists(lock_path(repository)):
            with suppress(BusyError):  # git could not unlink it on a bad disk and ended well all the same
                clear_dead_locks(repository)
        drop_journal(repository)
        if journal is not None and _STAGING.fullmatch(os.path.basename(journal.staging)):
            drop_staging(journal.staging)
    drop_dead_staging(repository)


def leave_staging(repository: Repository, folder: str) -> None:
    """Delete a command's staging folder at its end, unless what it could not undo is to be undone from there."""
    try:
        journal = read_journal(repository)
    except (RefusedError, OSError):
        return
    if journal is None or journal.staging != folder:
        drop_staging(folder)


def drop_dead_staging(repository: Repository) -> None:
    """Delete staging folders whose process is gone, and temporary files (their writers held the lock)."""
    parent = staging_parent(repository)  # makes the folders where git pbm is new here, as in a fresh linked worktree
    drop_temporaries(repository.worktree_folder)
    for name in os.listdir(parent):
        match = _STAGING.fullmatch(name)
        if match and not _is_alive(int(match[1])):
            drop_staging(os.path.join(parent, name))


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _is_done(repository: Repository, journal: Journal, head: str | None) -> bool:
    if journal.commits:
        return head is not None and head != journal.base and is_ours(repository, journal, head)
    return journal.staged is not None and index_entries(repository, journal.paths) == journal.staged


def _is_overtaken(repository: Repository, journal: Journal, head: str | None) -> bool:
    """Whether somebody went on with the merge that the command worked in: then there is nothing of ours to undo."""
    if (head, merge_mark(repository)) != (journal.base, journal.during):
        return True
    ours = journal.staged or journal.entries
    entries = index_entries(repository, journal.paths)
    if any(entry not in (journal.entries[path], ours[path]) for path, entry in entries.items()):
        return True
    try:
        refuse_foreign(repository.folder, journal)
    except RefusedError:
        return True
    return False


def _go_back(repository: Repository, runner: GitRunner, journal: Journal) -> None:
    current = index_entries(repository, journal.paths)
    for path, entry in current.items():
        ours = journal.staged.get(path) if journal.staged is not None else entry
        if entry not in (journal.entries[path], ours):
            raise RefusedError(
                f"{path}: staged anew since `git pbm {journal.command}` was interrupted; nothing was touched",
                f"git reset -q -- {path}; then: git pbm repair --apply",
                error_id=ErrorId.NOT_UNDONE,
            )
    undo_steps(repository.folder, journal, forced=False)
    if current != journal.entries:
        restore_entries(repository, runner, journal.entries)


def _bring_back_other_work(repository: Repository, runner: GitRunner, journal: Journal) -> None:
    """Edits of other files that a hook runner had put aside when it was killed.

    Only files that hold exactly what was staged then, or what the base holds, are brought back: whoever has
    edited (or staged, or committed) one since keeps his edit.
    """
    saved = journal.saved or ""
    if repository.commit_id(saved) is None or repository.commit_id("HEAD") is None:
        return
    argv = ("diff", "--name-only", "--no-renames", "-z")
    edited = _names(repository.run(*argv, f"{saved}^1", saved)) | _names(repository.run(*argv, f"{saved}^2", saved))
    edited -= set(journal.paths)
    unlike_staged, unlike_base = (_names(repository.run(*argv, f"{saved}^{number}")) for number in (2, 1))
    lost = sorted(path for path in edited if path not in unlike_staged or path not in unlike_base)
    if lost:
        stdin = b"\0".join(os.fsencode(f":(top,literal){path}") for path in lost)
        restore = ("restore", f"--source={saved}", "--worktree", "--pathspec-from-file=-", "--pathspec-file-nul")
        runner.git(*restore, stdin=stdin)


def _names(listing: bytes) -> set[str]:
    return {os.fsdecode(name) for name in listing.split(b"\0") if name}
