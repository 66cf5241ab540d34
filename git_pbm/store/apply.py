"""Writing a checked plan down: work tree, index, one commit; whatever fails, all of it is undone."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import time
from dataclasses import dataclass, replace

from git_pbm.core.facts import Facts
from git_pbm.core.names import role_of
from git_pbm.core.plan import CheckedPlan, Delete, Edit, PutNetwork, SetLink, WriteText
from git_pbm.errors import PbmError, RefusedError
from git_pbm.store.children import Children
from git_pbm.store.durable import replace_file, replace_link, sync_folder, write_file
from git_pbm.store.git import GitFailure, Repository
from git_pbm.store.index import (
    Entries,
    drop_private_index,
    index_entries,
    index_is_locked,
    lock_path,
    private_index,
    restore_entries,
    stage,
    tree_entries,
)
from git_pbm.store.ingest import drop_staging
from git_pbm.store.journal import ABSENT, Journal, State, Step, drop_journal, observe, read_journal, write_journal
from git_pbm.store.memory import REMEMBERED, FactsMemory
from git_pbm.store.undo import undo_steps


@dataclass(frozen=True, slots=True)
class CommitWish:
    """How the commit is to be made; ``verify`` is false for ``--no-verify``."""

    verify: bool = True


@dataclass(frozen=True, slots=True)
class Work:
    """One changing command at work: it holds the lock, and its signals are recorded."""

    repository: Repository
    children: Children
    base: str | None
    """The commit that the plan was made on; None on an unborn branch."""
    staging: str


def apply(work: Work, checked: CheckedPlan, command: str, wish: CommitWish | None, engine: str | None) -> str | None:
    """Make the plan true; returns the new commit, or None where ``wish`` is None (staged only).

    The journal stays until :func:`finish`. Raises what went wrong after everything was undone.
    """
    journal = _open_journal(work, checked, command, wish is not None, engine)
    try:
        return _write(work, checked, journal, wish)
    except BaseException as error:
        journal = read_journal(work.repository) or journal
        if _is_committed(work, journal):
            return work.repository.head()
        _undo(work, journal)
        if isinstance(error, GitFailure):
            work.children.stop_if_interrupted()
            raise _explain(error) from error
        if isinstance(error, OSError):
            raise RefusedError(
                f"{error.filename or work.repository.root}: {error.strerror}; everything was undone"
            ) from error
        raise


def finish(work: Work) -> None:
    """The command is done, deployment included."""
    drop_private_index(work.repository)
    drop_journal(work.repository)
    drop_staging(work.staging)


def _open_journal(work: Work, checked: CheckedPlan, command: str, commits: bool, engine: str | None) -> Journal:
    repository, plan = work.repository, checked.plan
    root = repository.folder
    if os.path.lexists(lock_path(repository)):
        _wait_for_lock(repository)
    paths = plan.paths
    entries = tree_entries(repository, work.base, paths) if commits else index_entries(repository, paths)
    journal = Journal(
        command=command,
        base=work.base,
        subject=plan.message.subject,
        commits=commits,
        staging=work.staging,
        steps=tuple(Step(e.path, observe(os.path.join(root, e.path)), _state_of(e)) for e in plan.edits),
        entries=entries,
        unlocked_at=time.time_ns(),
        new_folders=_new_folders(root, plan.edits),
        deploys=plan.deploys if engine else None,
        engine=engine,
    )
    write_journal(repository, journal)
    return journal


def _wait_for_lock(repository: Repository) -> None:
    for _ in range(20):
        time.sleep(0.1)
        if not os.path.lexists(lock_path(repository)):
            return
    raise index_is_locked(repository)


def _state_of(edit: Edit) -> State:
    match edit:
        case PutNetwork(_, facts, _):
            return State.of_facts(facts)
        case WriteText(_, content):
            return State.of_bytes(content)
        case SetLink(_, target):
            return State("link", target=target)
        case Delete():
            return ABSENT


def _new_folders(root: str, edits: tuple[Edit, ...]) -> tuple[str, ...]:
    folders = dict.fromkeys(os.path.dirname(edit.path) for edit in edits if not isinstance(edit, Delete))
    parents = dict.fromkeys(part for folder in folders for part in (os.path.dirname(folder), folder) if part)
    return tuple(folder for folder in parents if not os.path.lexists(os.path.join(root, folder)))


def _write(work: Work, checked: CheckedPlan, journal: Journal, wish: CommitWish | None) -> str | None:
    repository, children = work.repository, work.children
    if wish is not None and work.base is not None:
        saved = _save_other_work(work)
        if saved:
            journal = replace(journal, saved=saved)
            write_journal(repository, journal)
    _write_tree(work, checked.plan.edits, journal)
    children.stop_if_interrupted()
    staged = stage(repository, children, {step.path: step.after for step in journal.steps})
    _remember(repository, checked, staged)
    journal = replace(journal, staged=staged)
    write_journal(repository, journal)
    children.stop_if_interrupted()
    if wish is None:
        return None
    environment = private_index(repository, children, work.base, journal.paths)
    children.stop_if_interrupted()
    argv = ["commit", "--quiet", "--file=-", *([] if wish.verify else ["--no-verify"])]
    children.git(*argv, stdin=checked.plan.message.text().encode(), environment=environment, quiet=False)
    follow_hooks(repository, children, journal)
    return repository.head()


def _remember(repository: Repository, checked: CheckedPlan, staged: Entries) -> None:
    """Facts about what was just staged, so that the hook and the next check need not read it again.

    Only where git's own id proves that the blob holds the bytes that the facts are about.
    """
    memory = FactsMemory(repository)
    for edit in checked.plan.edits:
        object_id = ""
        if isinstance(edit, PutNetwork):
            object_id = edit.object_id
        elif isinstance(edit, WriteText):
            content = b"blob %d\0" % len(edit.content) + edit.content
            object_id = hashlib.new(repository.object_format, content, usedforsecurity=False).hexdigest()
        role = role_of(edit.path)
        if object_id and staged.get(edit.path) == f"100644 {object_id}" and role in REMEMBERED:
            facts = checked.after.facts(edit.path)
            if isinstance(facts, Facts):
                memory.remember(role, object_id, facts)
    memory.save()


def follow_hooks(repository: Repository, children: Children, journal: Journal) -> None:
    """Where a hook rewrote our files and staged them, the user's index follows the commit."""
    entries = tree_entries(repository, repository.head(), journal.paths)
    stale = {path: entry for path, entry in entries.items() if entry != (journal.staged or {}).get(path, entry)}
    current = index_entries(repository, list(stale))
    differing = {path: entry for path, entry in stale.items() if current[path] != entry}
    if differing:
        restore_entries(repository, children, differing)


def _save_other_work(work: Work) -> str | None:
    """A stash commit of the user's uncommitted work: a kill while pre-commit holds it aside must not cost it."""
    repository = work.repository
    try:
        repository.ask("diff-index", "--quiet", "HEAD", "--")
    except GitFailure:
        made = repository.try_ask(
            "stash", "create", "git pbm: work in progress", environment={"GIT_OPTIONAL_LOCKS": "1"}
        )
        return made.decode().strip() or None if made else None
    return None


def _write_tree(work: Work, edits: tuple[Edit, ...], journal: Journal) -> None:
    root = work.repository.folder
    _keep_old(root, work.staging, journal)
    for folder in journal.new_folders:
        if not _is_new_model(folder, edits):
            os.mkdir(os.path.join(root, folder))
            sync_folder(os.path.dirname(os.path.join(root, folder)))
    for folder in journal.new_folders:
        if _is_new_model(folder, edits):
            _place_model(root, work.staging, folder, edits)
    placed = {folder for folder in journal.new_folders if _is_new_model(folder, edits)}
    for edit in edits:
        work.children.stop_if_interrupted()
        if os.path.dirname(edit.path) not in placed:
            _write_edit(os.path.join(root, edit.path), work.staging, edit)
    for folder in {os.path.dirname(edit.path) for edit in edits if isinstance(edit, Delete)} - {""}:
        with contextlib.suppress(OSError):  # somebody's own file lies there, too
            os.rmdir(os.path.join(root, folder))


def _is_new_model(folder: str, edits: tuple[Edit, ...]) -> bool:
    return any(isinstance(e, PutNetwork) and os.path.dirname(e.path) == folder for e in edits)


def _place_model(root: str, staging: str, folder: str, edits: tuple[Edit, ...]) -> None:
    """Make the model's directory whole aside, and rename it into place."""
    whole = os.path.join(staging, "model")
    os.mkdir(whole)
    for edit in edits:
        parent, name = os.path.split(edit.path)
        if parent != folder:
            continue
        if isinstance(edit, PutNetwork):
            os.rename(os.path.join(staging, name), os.path.join(whole, name))
        elif isinstance(edit, WriteText):
            write_file(os.path.join(whole, name), edit.content)
    sync_folder(whole)
    os.rename(whole, os.path.join(root, folder))
    sync_folder(os.path.dirname(os.path.join(root, folder)))


def _write_edit(path: str, staging: str, edit: Edit) -> None:
    match edit:
        case WriteText(_, content):
            replace_file(path, content, staging)
        case SetLink(_, target):
            replace_link(path, target, staging)
        case Delete():
            os.unlink(path)
            sync_folder(os.path.dirname(path))
        case PutNetwork():
            os.rename(os.path.join(staging, os.path.basename(path)), path)
            sync_folder(os.path.dirname(path))


def _keep_old(root: str, staging: str, journal: Journal) -> None:
    """A second name for every file that will be replaced or deleted: undoing is a rename."""
    folder = os.path.join(staging, "undo")
    os.mkdir(folder)
    for number, step in enumerate(journal.steps):
        if step.before.kind == "file":
            _keep(os.path.join(root, step.path), os.path.join(folder, str(number)))
    sync_folder(folder)


def _keep(path: str, kept: str) -> None:
    try:
        os.link(path, kept)
    except OSError:  # a file system without hard links
        shutil.copy2(path, kept)


def _is_committed(work: Work, journal: Journal) -> bool:
    head = work.repository.head()
    if not journal.commits or head is None or head == journal.base:
        return False
    return is_ours(work.repository, journal, head)


def is_ours(repository: Repository, journal: Journal, head: str) -> bool:
    """Whether the commit holds what the journal meant: every path as staged, or our message on our base."""
    if journal.staged is not None and tree_entries(repository, head, journal.paths) == journal.staged:
        return True
    parent = repository.commit_id(f"{head}^")
    subject = repository.ask_text("log", "-1", "--format=%s", head)
    return parent == journal.base and subject == journal.subject


def _undo(work: Work, journal: Journal) -> None:
    undo_steps(work.repository.folder, journal, forced=True)
    if os.path.lexists(lock_path(work.repository)):
        _clear_after_signal(work)
    if index_entries(work.repository, journal.paths) != journal.entries:
        restore_entries(work.repository, work.children, journal.entries)
    finish(work)


def _clear_after_signal(work: Work) -> None:
    from git_pbm.store.recover import clear_dead_locks

    clear_dead_locks(work.repository)


def _explain(failure: GitFailure) -> PbmError:
    words = [line for line in failure.stderr.splitlines() if line.strip()]
    if failure.argv[0] == "commit":
        if failure.status < 0:
            return RefusedError(
                f"git commit was killed by signal {-failure.status}; everything was undone",
                "run the command again",
            )
        return RefusedError(
            "git refused the commit (a hook, signing, or its own words above); nothing was changed",
            "mend what is said above and run the command again; --no-verify skips the hooks, CI does not",
        )
    return RefusedError(f"git {failure.argv[0]}: {words[-1] if words else failure}; everything was undone")
