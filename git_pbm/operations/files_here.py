"""Whether the files of a model lie in the work tree with their own bytes, before their paths are handed to anybody."""

from __future__ import annotations

import os
from collections.abc import Sequence

from git_pbm.core.documents.lfs_pointer import POINTER_LIMIT, parse_pointer
from git_pbm.core.registry.facts import Facts
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.snapshot import FileEntry
from git_pbm.errors import ErrorId, RefusedError
from git_pbm.fs.small_files import read_small
from git_pbm.gitio.lfs import pull_command
from git_pbm.gitio.repository import Repository
from git_pbm.operations.lookup import way_to_files


def refuse_absent(repository: Repository, model: Model, names: Sequence[str]) -> None:
    """Raise ``RefusedError`` where one of a model's networks is not in the work tree, or is a pointer of Git LFS."""
    for name in names:
        path = os.path.join(repository.folder, model.path_of(name))
        if not os.path.lexists(path):
            raise RefusedError(
                f"{model.path_of(name)} is not in a work tree here",
                way_to_files(repository, model.path),
                error_id=ErrorId.CONTENT_MISSING,
            )
        if is_pointer(path):
            raise RefusedError(
                f"{path}: its content is in Git LFS and not here",
                f"fetch it: {pull_command(repository, model.path)}",
                error_id=ErrorId.CONTENT_MISSING,
            )


def refuse_damaged(model: Model, names: Sequence[str]) -> None:
    """Raise ``RefusedError`` where git says that a network was changed, and its bytes are not those of the metadata.

    ``model`` is one of the work tree. Where git sees no change no byte is read.
    """
    stated = model.metadata.files if model.metadata is not None else None
    for name in names:
        entry = model.entries[name]
        if stated is None or name not in stated or (isinstance(entry, FileEntry) and entry.object_id):
            continue
        facts = model.facts(name)
        if isinstance(facts, Facts) and facts.sha256 != stated[name].sha256:
            raise RefusedError(
                f"{model.path_of(name)}: its bytes are not the registered ones",
                f"restore it: git checkout HEAD -- {model.path_of(name)}",
                error_id=ErrorId.CONTENT_DAMAGED,
            )


def is_pointer(path: str) -> bool:
    """Whether a file is a pointer of Git LFS in the place of a network."""
    text = read_small(path, POINTER_LIMIT)
    return text is not None and parse_pointer(text) is not None
