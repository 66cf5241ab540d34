"""Writing a checked plan down: work tree, index, one commit; whatever fails, all of it is undone."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from git_pbm.core.names import GITATTRIBUTES_PATH
from git_pbm.core.plans.check import CheckedPlan
from git_pbm.core.plans.plan import Edit, PutNetwork, Restage
from git_pbm.core.registry.facts import Unavailable
from git_pbm.errors import BusyError, ErrorId, NotDeployedError, PbmError, RefusedError
from git_pbm.fs.path_state import read_state
from git_pbm.gitio.index import (
    drop_private_index,
    index_entries,
    index_is_locked,
    lock_path,
    locked_index,
    private_index,
    restore_entries,
    tree_entries,
)
from git_pbm.gitio.loose_objects import bring_in, is_stored_as_is, object_file
from git_pbm.gitio.merge_state import merge_mark
from git_pbm.gitio.repository import GitFailure, Repository
from git_pbm.gitio.runner import DURABLE, GitRunner
from git_pbm.transaction.cache_priming import object_ids, prime_facts, prime_verdict
from git_pbm.transaction.failure import describe, refusal_of
from git_pbm.transaction.intake import drop_staging
from git_pbm.transaction.journal import Journal, Step, drop_journal, read_journal, write_journal
from git_pbm.transaction.made_commit import follow_hooks, is_ours, sync_history
from git_pbm.transaction.rollback import undo_steps
from git_pbm.transaction.staging import Expected, stage
from git_pbm.transaction.stale_locks import clear_dead_locks
from git_pbm.transaction.writers import new_folders, state_after, write_tree

_AS_WRITTEN = ("-c", "commit.cleanup=verbatim", "-c", "i18n.commitEncoding=UTF-8")
"""The message arrives whole, whatever its lines begin with: ``core.commentChar`` may be any character."""


@dataclass(frozen=True, slots=True)
class CommitOptions:
    """How the commit is to be made; ``verify`` is false for ``--no-verify``, ``amend`` puts it in HEAD's place."""

    verify: bool = True
    amend: bool = False


@dataclass(frozen=True, slots=True)
class Workspace:
    """One changing command at work: it holds the lock, and its signals are recorded."""

    repository: Repository
    runner: GitRunner
    base: str | None
    """The commit that the plan was made on; None on an unborn branch."""
    staging: str


def apply(
    work: Workspace, checked: CheckedPlan, command: str, options: CommitOptions | None, engine: str | None
) -> str | None:
    """Make the plan true; returns the new commit, or None where ``options`` is None (staged only).

    The journal stays until :func:`finish`. Raises what went wrong after everything was undone, and
    ``NotDeployedError`` for what went wrong after the commit.
    """
    plan, commits = checked.plan, options is not None
    draft = draft_journal(work, plan.edits, command, commits=commits)
    during = None if commits else merge_mark(work.repository)
    deploys = plan.deploys if engine else None
    journal = replace(draft, subject=plan.message.subject, deploys=deploys, engine=engine, during=during)
    return attempt(work, journal, lambda: _write(work, checked, journal, options))


def attempt(work: Workspace, journal: Journal, write: Callable[[], Journal]) -> str | None:
    """Note the journal, and ``write`` what it says; returns HEAD's commit, or None where it ``commits`` nothing.

    ``write`` returns the journal as it noted it last. Raises what went wrong after everything was undone, and
    ``NotDeployedError`` for what went wrong once HEAD had moved.
    """
    write_journal(work.repository, journal)
    try:
        journal = write()
    except BaseException as error:
        journal = read_journal(work.repository) or journal
        if _is_committed(work, journal):
            return _settle(work, journal)
        _undo_or_say(work, journal, error)
        if isinstance(error, GitFailure):
            work.runner.stop_if_interrupted()
            raise refusal_of(error) from error
        if isinstance(error, OSError):
            raise RefusedError(
                f"{error.filename or work.repository.root}: {error.strerror}; everything was undone",
                "fix that, and run the command again",
                error_id=ErrorId.SYSTEM_ERROR,
            ) from error
        raise
    return _settle(work, journal) if journal.commits else None


def _settle(work: Workspace, journal: Journal) -> str | None:
    """The commit is made: the index follows what its hooks did, and the disk has it before anybody is told."""
    try:
        head = work.repository.head()
        follow_hooks(work.repository, work.runner, journal, head)
        sync_history(work.repository, journal.unlocked_at)
    except (OSError, PbmError) as error:
        raise NotDeployedError(
            f"done, but it may not be on the disk, and nothing was deployed: {describe(error)}",
            "fix that, then: git pbm repair --apply (or any changing command) does the rest",
            error_id=ErrorId.NOT_FINISHED,
        ) from error
    return head


def finish(work: Workspace) -> None:
    """The command is done, deployment included."""
    left = (lock_path(work.repository), os.path.join(work.repository.git_dir, "HEAD.lock"))
    if any(map(os.path.lexists, left)):
        with suppress(BusyError):  # git or we could not unlink it on a bad disk and ended well all the same
            clear_dead_locks(work.repository)
    drop_private_index(work.repository)
    drop_journal(work.repository)
    drop_staging(work.staging)


def cleanup(work: Workspace) -> tuple[str, ...]:
    """:func:`finish`; what is in the way of that is a warning: the change itself is made."""
    try:
        finish(work)
    except OSError as error:
        return (f"{error.filename or work.staging}: {error.strerror}; the next git pbm command tidies up",)
    return ()


def draft_journal(work: Workspace, edits: Sequence[Edit], command: str, *, commits: bool) -> Journal:
    """A journal of edits that nothing was done of yet, waiting for a lock of git's; it is not written."""
    repository, root = work.repository, work.repository.folder
    if os.path.lexists(lock_path(repository)):
        _wait_for_lock(repository)
    paths = [edit.path for edit in edits]
    return Journal(
        command=command,
        base=work.base,
        subject="",
        commits=commits,
        staging=work.staging,
        steps=tuple(Step(e.path, read_state(os.path.join(root, e.path)), state_after(e)) for e in edits),
        entries=tree_entries(repository, work.base, paths) if commits else index_entries(repository, paths),
        unlocked_at=time.time_ns(),
        new_folders=new_folders(root, tuple(edits)),
    )


def _wait_for_lock(repository: Repository) -> None:
    for _ in range(20):
        time.sleep(0.1)
        if not os.path.lexists(lock_path(repository)):
            return
    raise index_is_locked(repository)


def _write(work: Workspace, checked: CheckedPlan, journal: Journal, options: CommitOptions | None) -> Journal:
    repository, runner = work.repository, work.runner
    if options is not None and work.base is not None:
        saved = _save_other_work(work)
        if saved:
            journal = replace(journal, saved=saved)
            write_journal(repository, journal)
    write_tree(repository.folder, checked.plan.edits, journal, runner)
    runner.stop_if_interrupted()
    again = tuple(edit.path for edit in checked.plan.edits if isinstance(edit, Restage))
    expected = object_ids(repository, checked)
    attributes = checked.after.attributes([edit.path for edit in checked.plan.edits if isinstance(edit, PutNetwork)])
    if isinstance(attributes, Unavailable):
        raise RefusedError(
            f"{GITATTRIBUTES_PATH}: this clone lacks it",
            f"fetch it: git cat-file -e HEAD:{GITATTRIBUTES_PATH}",
            error_id=ErrorId.CONTENT_MISSING,
        )
    _bring_in_objects(work, checked, attributes)
    states = {step.path: step.after for step in journal.steps}
    staged = stage(repository, runner, states, Expected(expected, attributes, again))
    prime_facts(repository, checked, staged, expected)
    prime_verdict(repository, checked, staged)
    journal = replace(journal, staged=staged)
    write_journal(repository, journal)
    runner.stop_if_interrupted()
    if options is None:
        return journal
    with locked_index(repository):
        if repository.head() != work.base:
            raise BusyError("somebody committed here meanwhile; everything was undone", "run the command again")
        environment = private_index(repository, runner, work.base, journal.paths)
        runner.stop_if_interrupted()
        argv = ["commit", "--quiet", "--file=-"]
        argv += ([] if options.verify else ["--no-verify"]) + (["--amend"] if options.amend else [])
        message = checked.plan.message.text().encode()
        runner.git(*argv, stdin=message, environment=environment, runs_hooks=True, settings=_AS_WRITTEN)
    return journal


def _bring_in_objects(work: Workspace, checked: CheckedPlan, attributes: Mapping[str, Mapping[str, str]]) -> None:
    """Objects that were written while the files were taken in: ``git add`` finds them and deflates nothing."""
    for edit in checked.plan.edits:
        if isinstance(edit, PutNetwork) and edit.object_id and is_stored_as_is(attributes[edit.path]):
            written = object_file(work.staging, edit.source)
            if os.path.lexists(written):
                bring_in(work.repository, written, edit.object_id)


def _save_other_work(work: Workspace) -> str | None:
    """A stash commit of the user's uncommitted work: a kill while pre-commit holds it aside must not cost it."""
    repository = work.repository
    try:
        repository.run("diff-index", "--quiet", "HEAD", "--")
    except GitFailure:
        made = repository.try_run(
            *DURABLE, "stash", "create", "git pbm: work in progress", environment={"GIT_OPTIONAL_LOCKS": "1"}
        )
        return made.decode().strip() or None if made else None
    return None


def _is_committed(work: Workspace, journal: Journal) -> bool:
    head = work.repository.head()
    if not journal.commits or head is None or head == journal.base:
        return False
    return is_ours(work.repository, journal, head)


def _undo_or_say(work: Workspace, journal: Journal, why: BaseException) -> None:
    """Undo; where the disk is so full or so broken that not even that works, the journal stays for the next command."""
    try:
        _undo(work, journal)
    except (OSError, PbmError) as error:
        raise RefusedError(
            f"{describe(why)}; it could not all be undone, either: {describe(error)}",
            "fix that, then: git pbm repair --apply (or any changing command) undoes the rest",
            error_id=ErrorId.NOT_UNDONE,
        ) from why


def _undo(work: Workspace, journal: Journal) -> None:
    undo_steps(work.repository.folder, journal, forced=True)
    if os.path.lexists(lock_path(work.repository)):
        clear_dead_locks(work.repository)
    if index_entries(work.repository, journal.paths) != journal.entries:
        restore_entries(work.repository, work.runner, journal.entries)
    finish(work)
