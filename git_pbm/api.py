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

from git_pbm.core.documents.metadata import Metadata
from git_pbm.core.registry import revisions
from git_pbm.core.registry.lineage import Lineage
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, GitError, UnverifiedError, UsageError
from git_pbm.gitio.repository import Repository
from git_pbm.operations.files_here import is_pointer
from git_pbm.operations.lookup import read_registry, resolve

if TYPE_CHECKING:
    from git_pbm.core.findings import Finding


@dataclass(frozen=True)
class ModelView:
    """One model. Paths are absolute, and None where no such file is in the work tree, or only its Git LFS pointer.

    ``id`` is the name of the model's directory; metadata that cannot be read has empty fields: opening judges
    nothing, :meth:`RegistryView.check` does.
    """

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
        """The tag; empty where the metadata cannot be read."""
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
        """The model that a MODEL expression names. Raises ``KeyError`` with the reason.

        ``current@{1}`` asks the history of HEAD, so it is a ``KeyError`` where a revision was opened; in a shallow
        clone it raises ``git_pbm.errors.UnverifiedError`` where the history ends too early.
        """
        try:
            if self._revision is not None and revisions.parse(model).changes_ago:
                raise UsageError(f"{model} is read from the history of HEAD", "open the registry without a revision")
            return self._view(self._registry.models[resolve(self._repository, self._registry, model)])
        except UsageError as error:
            raise KeyError("; ".join(filter(None, (error.message, error.hint)))) from error

    def __contains__(self, model: object) -> bool:
        try:
            return isinstance(model, str) and self[model] is not None
        except KeyError:
            return False

    def __iter__(self) -> Iterator[ModelView]:
        """Every model, sorted by id."""
        return (self._view(model) for model in self._registry.models.values())

    def __len__(self) -> int:
        return len(self._registry.models)

    def lineage(self, model: str) -> list[ModelView]:
        """The model, its parent, and so on up to the root. Raises ``KeyError``."""
        first = self[model]
        names = Lineage.of(self._registry).ancestors(first.id)
        return [first, *(self._view(self._registry.models[name]) for name in names)]

    def check(self) -> list[Finding]:
        """What every rule finds wrong; the working tree is looked at, as it is now, unless a revision was opened.

        Raises ``git_pbm.errors.UnverifiedError`` where no error was found and this clone lacks objects that may
        hold one: an empty list always means that everything was looked at.
        """
        from git_pbm.operations.checking.check import CheckOptions, check

        verdict = check(self._repository, CheckOptions(revision=self._revision)).verdict
        if verdict.unverified and not verdict.errors:
            first, count = verdict.unverified[0].path, len(verdict.unverified)
            raise UnverifiedError(
                f"this clone lacks {count} of the registry's objects, {first} first",
                "git pbm check --fetch gets what is missing",
                error_id=ErrorId.CONTENT_MISSING,
            )
        return list(verdict.findings)

    def _view(self, model: Model) -> ModelView:
        metadata = model.metadata or Metadata("", "", "", "", "")
        return ModelView(model.name, metadata, self._path(model, model.policy), self._path(model, model.value))

    def _path(self, model: Model, name: str | None) -> Path | None:
        root = self._repository.root
        if root is None or name is None:
            return None
        path = Path(root, model.path_of(name))
        # a model of another revision need not lie here, nor what is in Git LFS
        return path if path.is_file() and not is_pointer(os.fspath(path)) else None


def open_registry(path: str | os.PathLike[str] = ".", *, revision: str | None = None) -> RegistryView:
    """The registry of the repository that ``path`` is in: its work tree, or the tree of ``revision``.

    In a bare repository that is the tree of HEAD. A revision is looked up once: a branch that moves later changes
    nothing. Git's own variables (``GIT_DIR`` and the like, which hooks inherit) are meant for the repository that
    the program stands in, so they count for ``"."`` alone. Raises ``git_pbm.errors.GitError`` outside a
    repository, ``RefusedError`` where there is no registry or no such revision.
    """
    folder = os.fspath(path)
    if not os.path.isdir(folder):
        raise GitError(
            f"{folder}: no such folder", "open a folder of the models repository", error_id=ErrorId.NO_SUCH_FILE
        )
    repository = Repository.discover(folder, foreign=folder != ".")
    if revision is not None:
        revision = repository.commit_id(revision) or revision
    return RegistryView(repository, read_registry(repository, revision=revision), revision)
