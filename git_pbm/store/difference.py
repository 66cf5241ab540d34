"""What git sees at the registry's paths in the work tree that is not in its index; what of it is litter."""

from __future__ import annotations

import os

from git_pbm.core.names import LISTED_PATHS, METADATA_NAME, REGISTRY_PATHS, network_kind
from git_pbm.store.git import Repository


def differs_from_index(repository: Repository) -> bool:
    """Whether a check of the work tree would see anything else than a check of the index.

    By git's own stat comparison: nothing modified, deleted or added, litter excepted, nor in the attributes.
    """
    found = _paths(repository, "--modified", "--others", "-z", "--", *LISTED_PATHS)
    if not found or any(map(belongs, found)):
        return bool(found)
    return not found <= ignored_paths(repository)


def ignored_paths(repository: Repository) -> set[str]:
    """Untracked files that ``.gitignore`` and the like name; litter unless they :func:`belong <belongs>`."""
    return _paths(repository, "--others", "--ignored", "--exclude-standard", "-z", "--", *REGISTRY_PATHS)


def belongs(path: str) -> bool:
    """Whether an ignored file still counts: ``.gitignore`` often names ``*.onnx``, and a model is no litter."""
    name = path.rpartition("/")[2]
    return name == METADATA_NAME or network_kind(name) is not None or "/" not in path


def _paths(repository: Repository, *argv: str) -> set[str]:
    return {os.fsdecode(path) for path in repository.ask("ls-files", *argv).split(b"\0") if path}
