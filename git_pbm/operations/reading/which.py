"""``git pbm which``: which registered file a file is, told by its content alone."""

from __future__ import annotations

import os
from dataclasses import dataclass

from git_pbm.core.documents.lfs_pointer import POINTER_LIMIT, parse_pointer
from git_pbm.core.registry.facts import Facts, Unavailable
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, ExitCode, RefusedError, UsageError
from git_pbm.fs.path_state import read_state
from git_pbm.gitio.partial_clone import fetch_documents
from git_pbm.gitio.repository import Repository
from git_pbm.operations.lookup import no_registry
from git_pbm.operations.removed import Removal, removal_of
from git_pbm.operations.result import Result
from git_pbm.snapshots.facts_loader import FactsLoader
from git_pbm.snapshots.tree import commit_tree


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A file of the registry: the model and the name under which it is registered."""

    model_id: str
    tag: str
    name: str
    is_current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FileMatch:
    """Which registered files a file's content is; ``known`` is empty for a stranger.

    ``is_certain`` is false where this clone lacks networks, so that a stranger may be one of them. ``removal`` is that
    of the model whose policy the file was.
    """

    path: str
    sha256: str
    known: tuple[Known, ...]
    is_certain: bool = True
    removal: Removal | None = None


@dataclass(frozen=True, slots=True)
class WhichResult(Result):
    """What each file is."""

    files: tuple[FileMatch, ...]

    @property
    def exit_code(self) -> ExitCode:
        """FINDINGS where a file is unknown or there was none, UNVERIFIED where that is not certain in this clone."""
        if not self.files or any(file.is_certain and not file.known for file in self.files):
            return ExitCode.FINDINGS
        return ExitCode.OK if all(file.known for file in self.files) else ExitCode.UNVERIFIED

    @property
    def notices(self) -> tuple[str, ...]:
        """That some networks are not here to compare with."""
        if all(file.is_certain for file in self.files):
            return ()
        return ("this clone lacks networks of the registry -> git pbm check --fetch",)


def whole_registry(repository: Repository) -> Registry:
    """HEAD's registry, networks included. Raises :class:`RefusedError` where there is none."""
    head = repository.head()
    if head is None:
        raise RefusedError(
            "nothing is committed here yet", "make it a registry: git pbm init", error_id=ErrorId.NO_REGISTRY
        )
    fetch_documents(repository)
    registry = Registry(commit_tree(repository, head, FactsLoader(repository, validate=False), "HEAD"))
    if not registry.exists:
        raise no_registry(repository, repository.folder)
    return registry


def known_files(registry: Registry) -> dict[str, tuple[Known, ...]]:
    """Every registered file by its SHA-256, the current model's first."""
    found: dict[str, list[Known]] = {}
    for model in registry.models.values():
        for name in model.networks:
            facts = model.facts(name)
            if isinstance(facts, Facts):
                found.setdefault(facts.sha256, []).append(_known(registry, model, name))
    return {sha256: tuple(sorted(files, key=lambda known: not known.is_current)) for sha256, files in found.items()}


def _known(registry: Registry, model: Model, name: str) -> Known:
    tag = model.metadata.tag if model.metadata and model.metadata.tag else model.name
    return Known(model_id=model.name, tag=tag, name=name, is_current=registry.current_id == model.name)


def which(repository: Repository, paths: list[str]) -> WhichResult:
    """What each file is, by its content; a folder stands for the ONNX files in it."""
    registry = whole_registry(repository)
    index = known_files(registry)
    every = (model.facts(name) for model in registry.models.values() for name in model.networks)
    is_whole = not any(isinstance(facts, Unavailable) for facts in every)
    found = []
    for path in paths:
        for file in _files(path, repository.root):
            sha256 = _digest(file)
            known = index.get(sha256, ())
            removal = removal_of(repository, sha256) if not known else None
            is_certain = bool(known or removal) or is_whole
            found.append(FileMatch(path=file, sha256=sha256, known=known, is_certain=is_certain, removal=removal))
    return WhichResult(tuple(found))


def _files(path: str, root: str | None) -> list[str]:
    if os.path.isdir(path):
        is_ours = root is not None and f"{os.path.realpath(path)}/".startswith(f"{os.path.realpath(root)}/")
        found = sorted(os.path.join(path, name) for name in os.listdir(path) if name.endswith(".onnx"))
        # a pipe or a device would be read for ever; a link in a registry leads to wherever its author wanted
        return [name for name in found if os.path.isfile(name) and not (is_ours and os.path.islink(name))]
    if not os.path.isfile(path):
        raise UsageError(
            f"{path}: no such file", "name ONNX files, or a folder that holds some", error_id=ErrorId.NO_SUCH_FILE
        )
    return [path]


def _digest(path: str) -> str:
    """The SHA-256 of the content; of an LFS pointer the one that it states."""
    real = os.path.realpath(path)
    if os.path.exists(real) and os.path.getsize(real) <= POINTER_LIMIT:
        with open(real, "rb") as file:
            pointer = parse_pointer(file.read())
        if pointer is not None:
            return pointer.sha256
    return read_state(real).sha256
