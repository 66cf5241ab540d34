"""Where Git LFS keeps content in this clone; looked at as files, so that git-lfs need not be installed."""

from __future__ import annotations

import os

from git_pbm.core.documents.lfs_pointer import LfsPointer
from git_pbm.gitio.repository import Repository


def stored_path(repository: Repository, pointer: LfsPointer) -> str:
    """The file in the local store that holds a pointer's content (git-lfs-config(5): ``lfs.storage``)."""
    storage = os.path.join(repository.common_dir, repository.config("lfs.storage") or "lfs")
    return os.path.join(storage, "objects", pointer.stored[:2], pointer.stored[2:4], pointer.stored)


def is_stored(repository: Repository, pointer: LfsPointer) -> bool:
    """Whether the local store holds the content, going by its name and size."""
    try:
        return os.stat(stored_path(repository, pointer)).st_size == pointer.size
    except OSError:
        return False


def has_filter(repository: Repository) -> bool:
    """Whether Git LFS is set up here, in this clone or for this person: without it, its commands do nothing."""
    return any(repository.config(f"filter.lfs.{name}") is not None for name in ("process", "clean"))


def pull_command(repository: Repository, path: str) -> str:
    """Return what to type so that the content below a path comes; an empty path stands for all."""
    set_up = "" if has_filter(repository) else "git lfs install --local --skip-repo && "
    return f"{set_up}git lfs pull{f' --include {path}' if path else ''}"
