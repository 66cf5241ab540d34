"""``git pbm path``: where a model is in the work tree."""

from __future__ import annotations

import os
from dataclasses import dataclass

from git_pbm.core.names import NetworkRole, has_role
from git_pbm.core.registry.model import Model
from git_pbm.errors import ErrorId, RefusedError
from git_pbm.gitio.repository import Repository
from git_pbm.operations.files_here import refuse_absent, refuse_damaged
from git_pbm.operations.result import Result


@dataclass(frozen=True, slots=True)
class PathResult(Result):
    """An absolute path."""

    path: str


def path_of(repository: Repository, model: Model, role: NetworkRole | None) -> PathResult:
    """Find the folder of a model, or one of its networks.

    Raises ``RefusedError`` where what it names is not here: a file that is absent, a pointer of Git LFS, other bytes.
    """
    path, names = model.path, model.networks
    if role is not None:
        name = model.network(role) or _registered(model, role)
        if name is None:
            raise RefusedError(
                f"{model.name} has no {role} net",
                f"git pbm show {model.name} tells what it has",
                error_id=ErrorId.NO_SUCH_FILE,
            )
        path, names = model.path_of(name), (name,)
    if repository.root is None:
        raise RefusedError(
            "a bare repository has no files to name",
            "clone it, or: git cat-file blob HEAD:" + path,
            error_id=ErrorId.NO_WORK_TREE,
        )
    refuse_absent(repository, model, names)
    refuse_damaged(model, names)
    return PathResult(os.path.join(repository.root, path))


def _registered(model: Model, role: NetworkRole) -> str | None:
    """The name that the metadata have for a network that is not in the work tree."""
    names = model.metadata.files if model.metadata is not None else None
    return next((name for name in names or () if has_role(name, role) and name not in model.networks), None)
