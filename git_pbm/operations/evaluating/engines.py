"""The program that played a match: the commit of its checkout, and whether that is clean."""

from __future__ import annotations

import os

from git_pbm.core.evaluations.evaluation import Engine
from git_pbm.errors import UsageError
from git_pbm.gitio.repository import Repository


def engine_in(folder: str) -> Engine:
    """Return the engine whose git checkout is in a folder. Raises ``UsageError``, ``GitError``."""
    if not os.path.isdir(folder):
        raise UsageError(f"--engine {folder}: no such folder", "name the checkout of the engine that played")
    repository = Repository.discover(folder, foreign=True)
    commit = repository.head()
    if commit is None:
        raise UsageError(f"--engine {folder}: it has no commit yet", "commit the engine that plays")
    is_clean = repository.run("status", "--porcelain", "--untracked-files=no") == b""
    return Engine(os.path.basename(os.path.realpath(repository.folder)), commit, is_clean)
