"""git's lock files: those of our own dead git are cleared, any other is somebody's."""

from __future__ import annotations

import os
import time

from git_pbm.gitio.index import index_is_locked
from git_pbm.gitio.repository import Repository
from git_pbm.transaction.journal import read_journal

_QUIET = 2.0
"""Seconds that a lock must have stood unchanged before it can be taken for a dead process's."""


def clear_dead_locks(repository: Repository) -> None:
    """Delete the lock files of our own dead git.

    Holding the flock proves that git dead; a lock is its when the journal saw none before git was started,
    it is not older than that note, it stood unchanged for two seconds, and no other live git works here.
    Raises ``BusyError`` for any other lock.
    """
    journal = read_journal(repository)
    for path in _lock_files(repository):
        try:
            status = os.stat(path)
        except (FileNotFoundError, NotADirectoryError):  # in a reftable repository refs/heads is a file
            continue
        if journal is None or status.st_mtime_ns < journal.unlocked_at - 10**9:
            raise index_is_locked(repository)
        time.sleep(max(0.0, _QUIET - max(0.0, time.time() - status.st_mtime)))
        if not os.path.lexists(path):
            continue
        if os.stat(path).st_mtime_ns != status.st_mtime_ns or _git_works_in(repository):
            raise index_is_locked(repository)
        os.unlink(path)


def _lock_files(repository: Repository) -> list[str]:
    branch = repository.try_run("symbolic-ref", "--quiet", "HEAD")
    found = [f"{repository.index_path}.lock", os.path.join(repository.git_dir, "HEAD.lock")]
    if branch:
        found.append(os.path.join(repository.common_dir, f"{os.fsdecode(branch).strip()}.lock"))
    folders = dict.fromkeys((repository.common_dir, repository.git_dir))
    return found + [os.path.join(folder, "reftable", "tables.list.lock") for folder in folders]


def _git_works_in(repository: Repository) -> bool:
    """Whether some live git process may be at work in this repository; True where that cannot be seen."""
    if not os.path.isdir("/proc/self"):
        return True
    folders = [os.path.realpath(place) for place in (repository.folder, repository.git_dir, repository.common_dir)]
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as file:
                argv = file.read().split(b"\0")
            if os.path.basename(argv[0]) != b"git" or b"pbm" in argv:
                continue  # `git pbm` itself waits as a git process for what it started
            place = os.readlink(f"/proc/{pid}/cwd")
        except PermissionError:
            return True
        except OSError:
            continue
        if any(place == folder or place.startswith(f"{folder}/") for folder in folders):
            return True
    return False
