"""Putting the work tree back to what a journal says it was; never over something that we did not write."""

from __future__ import annotations

import contextlib
import os

from git_pbm.errors import RefusedError
from git_pbm.store.durable import remove_if_there, replace_link, sync_folder
from git_pbm.store.journal import ABSENT, Journal, Step, observe


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
        if forced or observe(path) != step.before:
            _restore(path, step, os.path.join(journal.staging, "undo", str(number)))
    for folder in reversed(journal.new_folders):
        _remove_folder(os.path.join(root, folder))


def refuse_foreign(root: str, journal: Journal) -> None:
    """Raise :class:`RefusedError` where a path holds neither what was there nor what we wrote."""
    for step in journal.steps:
        found = observe(os.path.join(root, step.path))
        if found not in (step.before, step.after):
            raise RefusedError(
                f"{step.path}: changed since `git pbm {journal.command}` was interrupted; nothing was touched",
                f"keep a copy of yours, then: git checkout -- {step.path}; then: git pbm repair --apply",
            )


def _restore(path: str, step: Step, kept: str) -> None:
    before = step.before
    if before.kind == "file":
        if os.path.lexists(kept):
            os.makedirs(os.path.dirname(path), exist_ok=True)
            os.replace(kept, path)
    elif before.kind == "link":
        if observe(path) != before:
            aside = os.path.dirname(os.path.dirname(kept))
            replace_link(path, before.target, aside if os.path.isdir(aside) else None)
    elif before == ABSENT or (before.kind == "other" and observe(path) == step.after):
        remove_if_there(path)  # a folder that a link of ours replaced comes back with the files in it
    folder = os.path.dirname(path)
    if os.path.isdir(folder):
        sync_folder(folder)


def _remove_folder(path: str) -> None:
    """Remove a folder that we made; one in which somebody put something of his own stays."""
    with contextlib.suppress(OSError):
        os.rmdir(path)
