"""Putting the work tree back to what a journal says it was; never over something that we did not write."""

from __future__ import annotations

import contextlib
import os

from git_pbm.errors import RefusedError
from git_pbm.fs.atomic_files import remove_if_there, replace_link, swap, sync_folder
from git_pbm.fs.path_state import ABSENT, PathKind, PathState, read_state
from git_pbm.transaction.journal import Journal, Step


def gone_path(staging: str, folder: str) -> str:
    """Where a folder is that went as a whole, as long as the command can still be undone."""
    return os.path.join(staging, f"gone-{folder.replace('/', '-')}")


def undo_steps(root: str, journal: Journal, *, forced: bool) -> None:
    """Undo the steps, last first.

    A path that holds neither what was there nor what we wrote was changed by somebody else. With
    ``forced`` (the command itself is still running, so it was a hook of its own commit) it is undone all
    the same; otherwise nothing at all is touched and :class:`RefusedError` says which path it is.
    """
    if not forced:
        refuse_foreign(root, journal)
    for number, step in reversed(list(enumerate(journal.steps))):
        path = os.path.join(root, step.path)
        if _found(root, step.path) != step.before:
            _restore(path, step, os.path.join(journal.staging, "undo", str(number)))
    for folder in reversed(journal.new_folders):
        _remove_folder(os.path.join(root, folder))


def refuse_foreign(root: str, journal: Journal) -> None:
    """Raise :class:`RefusedError` where a path holds neither what was there nor what we wrote."""
    for step in journal.steps:
        found = _found(root, step.path)
        if found == ABSENT and step.before.kind is PathKind.OTHER:
            continue  # between a folder and the link in its place, where the two cannot be exchanged at once
        if found not in (step.before, step.after):
            raise RefusedError(
                f"{step.path}: changed since `git pbm {journal.command}` was interrupted; nothing was touched",
                f"keep a copy of yours, then: git checkout -- {step.path}; then: git pbm repair --apply",
            )


def _found(root: str, path: str) -> PathState:
    """What is at a path; behind a link that came in a folder's place there is nothing."""
    parent = os.path.dirname(path)
    while parent:
        if os.path.islink(os.path.join(root, parent)):
            return ABSENT
        parent = os.path.dirname(parent)
    return read_state(os.path.join(root, path))


def _restore(path: str, step: Step, kept: str) -> None:
    before = step.before
    if before.kind is PathKind.FILE:
        if read_state(kept) != before:  # never put half a copy in the place of something
            raise RefusedError(
                f"{step.path}: what was there before is lost",
                f"git checkout HEAD -- {step.path}; then: git pbm repair --apply",
            )
        os.makedirs(os.path.dirname(path), exist_ok=True)
        os.replace(kept, path)
    elif before.kind is PathKind.LINK:
        aside = os.path.dirname(os.path.dirname(kept))
        replace_link(path, before.target, aside if os.path.isdir(aside) else None)
    elif before == ABSENT:
        remove_if_there(path)
    elif before.kind is PathKind.OTHER and read_state(path) in (step.after, ABSENT):
        _bring_back_folder(path, gone_path(os.path.dirname(os.path.dirname(kept)), step.path))
    folder = os.path.dirname(path)
    if os.path.isdir(folder):
        sync_folder(folder)


def _bring_back_folder(path: str, gone: str) -> None:
    """A folder that a link of ours replaced; where it does not lie aside, it comes back with the files in it."""
    if os.path.isdir(gone) and not os.path.islink(gone):
        if os.path.lexists(path):
            swap(path, gone)
        else:
            os.rename(gone, path)
    else:
        remove_if_there(path)


def _remove_folder(path: str) -> None:
    """Remove a folder that we made; one in which somebody put something of his own stays."""
    with contextlib.suppress(OSError):
        os.rmdir(path)
