"""What an unfinished command was doing: written before its first change, deleted after its last."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from typing import Any

from git_pbm.errors import RefusedError
from git_pbm.fs.atomic_files import replace_file, sync_folder
from git_pbm.fs.lock import is_held
from git_pbm.fs.path_state import PathKind, PathState
from git_pbm.gitio.repository import Repository

_VERSION = 1


@dataclass(frozen=True, slots=True)
class Step:
    """One path that a command changes: what was there, and what it puts there."""

    path: str
    before: PathState
    after: PathState


@dataclass(frozen=True, slots=True)
class Journal:
    """Everything that recovery needs to know.

    ``entries`` are the index entries before (``"<mode> <blob>"``, or None where there was none), ``staged``
    the ones that were put there (None until it is done). ``unlocked_at`` (nanoseconds since the epoch) is
    when no lock of git's was seen. ``saved`` is a stash commit of the user's other work. ``during`` is the
    merge (or rebase, ...) that was in progress, None where there was none.
    """

    command: str
    base: str | None
    subject: str
    commits: bool
    staging: str
    steps: tuple[Step, ...]
    entries: dict[str, str | None]
    unlocked_at: int
    staged: dict[str, str | None] | None = None
    saved: str | None = None
    new_folders: tuple[str, ...] = ()
    deploys: str | None = None
    engine: str | None = None
    during: str | None = None
    version: int = field(default=_VERSION)

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that the commit changes."""
        return tuple(step.path for step in self.steps)


def write_journal(repository: Repository, journal: Journal) -> None:
    """Note the journal durably."""
    os.makedirs(repository.worktree_folder, exist_ok=True)
    replace_file(repository.journal_path, json.dumps(asdict(journal)).encode())


def read_journal(repository: Repository) -> Journal | None:
    """The journal of an unfinished command, or None. Raises :class:`RefusedError` for one it cannot read."""
    path = repository.journal_path
    try:
        with open(path, "rb") as file:
            value = json.loads(file.read())
    except FileNotFoundError:
        return None
    except ValueError as error:
        raise RefusedError(f"{path}: unreadable: {error}", f"look at git status, then: rm {path}") from error
    try:
        if value["version"] != _VERSION:
            raise ValueError(f"version {value['version']}")
        steps = tuple(Step(row["path"], _state(row["before"]), _state(row["after"])) for row in value.pop("steps"))
        value["new_folders"] = tuple(value["new_folders"])
        return Journal(steps=steps, **value)
    except (KeyError, TypeError, ValueError) as error:
        raise RefusedError(
            f"{path}: written by another version of git pbm ({error})",
            "finish with the version that was interrupted: git pbm repair --apply",
        ) from error


def _state(row: dict[str, Any]) -> PathState:
    return PathState(**{**row, "kind": PathKind(row["kind"])})


def drop_journal(repository: Repository) -> None:
    """The command is done: forget it."""
    os.unlink(repository.journal_path)
    sync_folder(repository.worktree_folder)


def interrupted_command(repository: Repository) -> str | None:
    """The command whose journal is here with nobody at work on it; readers warn of it and never recover."""
    if not os.path.lexists(repository.journal_path) or is_held(os.path.join(repository.own_folder, "lock")):
        return None
    try:
        journal = read_journal(repository)
    except RefusedError:
        return "a command"
    return journal.command if journal else None
