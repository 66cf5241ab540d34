"""What git sees at the registry's paths in the work tree that is not in its index; what of it is litter."""

from __future__ import annotations

import os

from git_pbm.core.names import LISTED_PATHS, METADATA_NAME, MODELS_PATH, REGISTRY_PATHS, network_kind
from git_pbm.gitio.repository import Repository


def differs_from_index(repository: Repository) -> frozenset[str]:
    """The registry's paths at which the work tree is not what the index says, by git's own stat comparison.

    What is modified, deleted or untracked, litter included; a folder with a repository of its own ends in ``/``.
    git names no FIFO, socket or device that is beside tracked files: it can never hold one.
    """
    return frozenset(_paths(repository, "--modified", "--deleted", "--others", "-z", "--", *LISTED_PATHS))


def changed_networks(repository: Repository, commit: str | None) -> tuple[str, ...]:
    """The stored networks that the work tree has not as a commit has them (None: as the index has them).

    Files outside a sparse checkout are as they should be.
    """
    diff = ("diff-files",) if commit is None else ("diff-index", commit)
    argv = (*diff, "--name-only", "--no-renames", "--diff-filter=MDT", "-z", "--", MODELS_PATH)
    found = [path for path in repository.run(*argv).split(b"\0") if path]
    if not found:
        return ()
    # some may only have been touched, which those commands tell by time stamps: this one reads the files
    rows = repository.run("status", "--porcelain=v2", "-z", "--no-renames", "-uno", "--", MODELS_PATH).split(b"\0")
    changed = {row.split(b" ", 10 if row.startswith(b"u") else 8)[-1] for row in rows if row}
    paths = (os.fsdecode(path) for path in found if path in changed)
    return tuple(path for path in paths if network_kind(path.rpartition("/")[2]) is not None)


def is_ignored_noise(repository: Repository, paths: frozenset[str]) -> bool:
    """Whether a check of the work tree would see nothing in these that a check of the index does not see."""
    return not any(map(belongs, paths)) and (not paths or paths <= ignored_paths(repository))


def ignored_paths(repository: Repository) -> set[str]:
    """Untracked files that ``.gitignore`` and the like name; litter unless they :func:`belong <belongs>`."""
    return _paths(repository, "--others", "--ignored", "--exclude-standard", "-z", "--", *REGISTRY_PATHS)


def belongs(path: str) -> bool:
    """Whether an ignored file still counts: ``.gitignore`` often names ``*.onnx``, and a model is not noise."""
    name = path.rpartition("/")[2]
    return name == METADATA_NAME or network_kind(name) is not None or "/" not in path


def _paths(repository: Repository, *argv: str) -> set[str]:
    return {os.fsdecode(path) for path in repository.run("ls-files", *argv).split(b"\0") if path}
