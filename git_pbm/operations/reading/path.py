"""``git pbm path``: where a model is in the work tree."""

from __future__ import annotations

import os
from dataclasses import dataclass

from git_pbm.core.names import NetworkRole
from git_pbm.core.registry.model import Model
from git_pbm.errors import ErrorId, RefusedError
from git_pbm.gitio.repository import Repository
from git_pbm.operations.lookup import way_to_files
from git_pbm.operations.result import Result


@dataclass(frozen=True, slots=True)
class PathResult(Result):
    """An absolute path."""

    path: str


def path_of(repository: Repository, model: Model, role: NetworkRole | None) -> PathResult:
    """Find the folder of a model, or one of its networks. Raises ``RefusedError`` where it is not here."""
    path = model.path
    if role is not None:
        name = model.network(role)
        if name is None:
            raise RefusedError(
                f"{model.name} has no {role} net",
                f"git pbm show {model.name} tells what it has",
                error_id=ErrorId.NO_SUCH_FILE,
            )
        path = model.path_of(name)
    if repository.root is None:
        raise RefusedError(
            "a bare repository has no files to name",
            "clone it, or: git cat-file blob HEAD:" + path,
            error_id=ErrorId.NO_WORK_TREE,
        )
    whole = os.path.join(repository.root, path)
    if not os.path.exists(whole):
        raise RefusedError(
            f"{path} is not in this work tree", way_to_files(repository, model.path), error_id=ErrorId.CONTENT_MISSING
        )
    return PathResult(whole)
