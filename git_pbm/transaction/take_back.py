"""Moving the branch back by one commit: files, index and ref go together, or nothing does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from git_pbm.core.plans.plan import Edit
from git_pbm.errors import BusyError, ErrorId, RefusedError
from git_pbm.gitio.index import Entries, locked_index
from git_pbm.transaction.commit import Workspace, attempt, draft_journal
from git_pbm.transaction.journal import Journal, write_journal
from git_pbm.transaction.staging import Expected, stage
from git_pbm.transaction.writers import write_tree


def take_back(
    work: Workspace, parent: str, edits: Sequence[Edit], entries: Entries, deploys: str | None, engine: str | None
) -> None:
    """Make the edits that lead to ``parent``, stage them, and move the branch there if it is still at the base.

    ``entries`` are the index entries that the parent has at those paths. As after a commit the journal stays until
    the command is done; recovery goes forward once the branch has moved, and back before. Raises what went wrong
    after everything was undone, and ``NotDeployedError`` for what went wrong after the branch had moved.
    """
    draft = draft_journal(work, edits, "undo", commits=True)
    journal = replace(draft, deploys=deploys if engine else None, engine=engine)
    attempt(work, journal, lambda: _write(work, journal, parent, tuple(edits), entries))


def _write(work: Workspace, journal: Journal, parent: str, edits: tuple[Edit, ...], entries: Entries) -> Journal:
    repository, runner = work.repository, work.runner
    write_tree(repository.folder, edits, journal, runner)
    runner.stop_if_interrupted()
    ids = {path: entry.partition(" ")[2] for path, entry in entries.items() if entry}
    staged = stage(repository, runner, {step.path: step.after for step in journal.steps}, Expected(ids, {}))
    if staged != entries:
        raise RefusedError(
            "git stages other bytes than the parent has",
            "see which attribute converts: git pbm check",
            error_id=ErrorId.BYTES_CONVERTED,
        )
    journal = replace(journal, staged=staged)
    write_journal(repository, journal)
    runner.stop_if_interrupted()
    with locked_index(repository):
        if repository.head() != work.base:
            raise BusyError("somebody committed here meanwhile; everything was undone", "run the command again")
        move_branch(work, parent)
    return journal


def move_branch(work: Workspace, parent: str) -> None:
    """Compare and swap: git refuses where HEAD is not at the base any more."""
    work.runner.git("update-ref", "-m", "git pbm undo", "HEAD", parent, work.base or "")
