"""Moving the branch back by one commit: files, index and ref go together, or nothing does."""

from __future__ import annotations

import os
import time
from dataclasses import replace

from git_pbm.core.plans.plan import Edit
from git_pbm.errors import BusyError, RefusedError
from git_pbm.fs.path_state import read_state
from git_pbm.gitio.index import Entries, index_entries, index_is_locked, lock_path, locked_index
from git_pbm.gitio.repository import GitFailure
from git_pbm.transaction.commit import Workspace, undo_or_say
from git_pbm.transaction.journal import Journal, Step, read_journal, write_journal
from git_pbm.transaction.staging import Expected, stage
from git_pbm.transaction.writers import new_folders, state_after, write_tree


def take_back(
    work: Workspace, parent: str, edits: tuple[Edit, ...], entries: Entries, deploys: str | None, engine: str | None
) -> None:
    """Make the edits that lead to ``parent``, stage them, and move the branch there if it is still at the base.

    ``entries`` are the index entries that the parent has at those paths. The journal stays until the command is
    done; recovery goes forward once the branch has moved, and back before. Raises what went wrong after everything
    was undone.
    """
    repository = work.repository
    if os.path.lexists(lock_path(repository)):
        raise index_is_locked(repository)
    root = repository.folder
    journal = Journal(
        command="undo",
        base=work.base,
        subject="",
        commits=True,
        staging=work.staging,
        steps=tuple(Step(e.path, read_state(os.path.join(root, e.path)), state_after(e)) for e in edits),
        entries=index_entries(repository, list(entries)),
        unlocked_at=time.time_ns(),
        new_folders=new_folders(root, edits),
        deploys=deploys if engine else None,
        engine=engine,
    )
    write_journal(repository, journal)
    try:
        _write(work, journal, parent, edits, entries)
    except BaseException as error:
        if repository.head() == parent:
            return
        undo_or_say(work, read_journal(repository) or journal, error)
        if isinstance(error, GitFailure):
            work.runner.stop_if_interrupted()
            raise RefusedError(f"{error}; everything was undone", "fix what git reports, and run it again") from error
        if isinstance(error, OSError):
            raise RefusedError(
                f"{error.filename or root}: {error.strerror}; everything was undone",
                "fix that, and run the command again",
            ) from error
        raise


def _write(work: Workspace, journal: Journal, parent: str, edits: tuple[Edit, ...], entries: Entries) -> None:
    repository, runner = work.repository, work.runner
    write_tree(repository.folder, edits, journal, runner)
    runner.stop_if_interrupted()
    ids = {path: entry.partition(" ")[2] for path, entry in entries.items() if entry}
    staged = stage(repository, runner, {step.path: step.after for step in journal.steps}, Expected(ids, {}))
    if staged != entries:
        raise RefusedError("git stages other bytes than the parent has", "look at .gitattributes: git pbm check")
    write_journal(repository, replace(journal, staged=staged))
    runner.stop_if_interrupted()
    with locked_index(repository):
        if repository.head() != work.base:
            raise BusyError("somebody committed here meanwhile; everything was undone", "run the command again")
        move_branch(work, parent)


def move_branch(work: Workspace, parent: str) -> None:
    """Compare and swap: git refuses where HEAD is not at the base any more."""
    work.runner.git("update-ref", "-m", "git pbm undo", "HEAD", parent, work.base or "")
