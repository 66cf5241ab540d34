"""The registry for Python programs: typed, read-only, and cheap to import.

>>> from git_pbm import open_registry
>>> registry = open_registry()
>>> registry.current.tag
'rl-r1-i1'
>>> registry["supervised-v1"].metadata.params
'3.0K'
>>> [model.tag for model in registry.lineage("current")]
['rl-r1-i1', 'supervised-v1']
>>> len(registry), "rl-r1-i1" in registry, "nobody" in registry
(2, True, False)
>>> registry.current.policy_path.name
'policy_v2.onnx'
>>> registry.check()
[]
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from git_pbm.core.documents import Metadata
from git_pbm.core.lineage import Lineage
from git_pbm.core.registry import Model, Registry
from git_pbm.errors import UsageError
from git_pbm.operations.models import read_registry, resolve
from git_pbm.store.git import Repository

if TYPE_CHECKING:
    from git_pbm.core.findings import Finding


@dataclass(frozen=True)
class ModelView:
    """One model. Paths are absolute, and None where there is no such file or no work tree."""

    id: str
    metadata: Metadata
    policy_path: Path | None
    value_path: Path | None

    @property
    def hash(self) -> str:
        """The full SHA-256 of the policy, as the metadata states it."""
        return self.metadata.hash

    @property
    def tag(self) -> str:
        return self.metadata.tag

    @property
    def parent(self) -> str | None:
        """The id of the model that this one was trained from."""
        return self.metadata.parent


class RegistryView:
    """A models repository as it was when it was opened."""

    def __init__(self, repository: Repository, registry: Registry, revision: str | None) -> None:
        self._repository = repository
        self._registry = registry
        self._revision = revision

    @property
    def current(self) -> ModelView | None:
        """The promoted model; None where nothing is promoted, or it is not there."""
        name = self._registry.current_id
        return self._view(self._registry.models[name]) if name in self._registry.models and name else None

    def __getitem__(self, model: str) -> ModelView:
        """The model that a MODEL expression names. Raises ``KeyError`` with the reason."""
        try:
            return self._view(self._registry.models[resolve(self._repository, self._registry, model)])
        except UsageError as error:
            raise KeyError(f"{error.message}; {error.hint}") from error

    def __contains__(self, model: object) -> bool:
        try:
            return isinstance(model, str) and self[model] is not None
        except KeyError:
            return False

    def __iter__(self) -> Iterator[ModelView]:
        return (self._view(model) for model in self._registry.models.values())

    def __len__(self) -> int:
        return len(self._registry.models)

    def lineage(self, model: str) -> list[ModelView]:
        """The model, its parent, and so on up to the root. Raises ``KeyError``."""
        first = self[model]
        names = Lineage.of(self._registry).ancestors(first.id)
        return [first, *(self._view(self._registry.models[name]) for name in names)]

    def check(self) -> list[Finding]:
        """What every rule finds wrong; the working tree is looked at unless a revision was opened."""
        from git_pbm.operations.check import check

        return list(check(self._repository, revision=self._revision).verdict.findings)

    def _view(self, model: Model) -> ModelView:
        metadata = model.metadata or Metadata("", "", "", "", "")
        return ModelView(model.name, metadata, self._path(model, model.policy), self._path(model, model.value))

    def _path(self, model: Model, name: str | None) -> Path | None:
        root = self._repository.root
        return Path(root, model.path_of(name)) if root is not None and name is not None else None


def open_registry(path: str | os.PathLike[str] = ".", *, revision: str | None = None) -> RegistryView:
    """The registry of the repository that ``path`` lies in: its work tree, or the tree of ``revision``.

    Raises ``git_pbm.errors.GitError`` outside a repository, ``RefusedError`` where there is no registry.
    """
    repository = Repository.discover(os.fspath(path))
    return RegistryView(repository, read_registry(repository, revision=revision), revision)
