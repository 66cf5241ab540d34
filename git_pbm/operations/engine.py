"""``git pbm deploy``, ``deploy --check`` and ``which``: what an engine's folder holds, told by content."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from git_pbm.core.facts import Facts, Unavailable
from git_pbm.core.lfs import POINTER_LIMIT, parse_pointer
from git_pbm.core.names import RECEIPT_NAME, network_kind
from git_pbm.core.registry import Model, Registry
from git_pbm.errors import RefusedError, UsageError
from git_pbm.operations.deployment import ENGINE_KEY, Deployed, deploy_model, deployable_of, engine_of
from git_pbm.operations.models import no_registry, read_registry, resolve
from git_pbm.store.blob_facts import BlobFacts
from git_pbm.store.deploy import read_receipt
from git_pbm.store.fetch import fetch_documents
from git_pbm.store.git import Repository
from git_pbm.store.journal import State, observe
from git_pbm.store.trees import commit_tree


@dataclass(frozen=True, slots=True)
class Flaw:
    """One thing wrong in an engine's folder: the file, a word for it, and a sentence."""

    path: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class Inspected:
    """What ``deploy --check`` found: the model that should be there, the folder, and its flaws."""

    model_id: str
    tag: str
    folder: str
    flaws: tuple[Flaw, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """A file of the registry: the model and the name under which it is registered."""

    model_id: str
    tag: str
    name: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Identified:
    """Which registered files a file's content is; ``known`` is empty for a stranger.

    ``is_certain`` is false where this clone lacks networks, so that a stranger may be one of them.
    """

    path: str
    sha256: str
    known: tuple[Known, ...]
    is_certain: bool = True


def target_folder(repository: Repository, said: str | None) -> str:
    """The folder to deploy to: as said (relative to where the person stands), else the configured one."""
    folder = os.path.abspath(said) if said is not None else engine_of(repository)
    if folder is None:
        raise UsageError("no engine folder is configured", f"say --to DIR, or: git config {ENGINE_KEY} DIR")
    return folder


def deploy(repository: Repository, model: str, to: str | None, *, force: bool, wait: float) -> Deployed:
    """Copy a model of HEAD into the engine's folder."""
    folder = target_folder(repository, to)
    registry = read_registry(repository, revision="HEAD")
    return deploy_model(repository, resolve(repository, registry, model), folder, wait, force=force)


def inspect(repository: Repository, model: str, to: str | None) -> Inspected:
    """Compare the engine's folder with a model, byte for byte."""
    folder = target_folder(repository, to)
    if not os.path.isdir(folder):
        place = shlex.quote(folder)
        raise RefusedError(f"{folder}: no such folder", f"mkdir -p {place}; git pbm deploy {model} --to {place}")
    registry = _whole_registry(repository)
    model_id = resolve(repository, registry, model)
    wanted = deployable_of(repository, registry.models[model_id], "")
    index = known_files(registry)
    expected = {name: state for name, (_, state) in wanted.files.items()}
    flaws = [flaw for name in _network_names(folder, expected) if (flaw := _flaw(folder, name, expected, index))]
    flaws += _receipt_flaws(folder, model_id)
    return Inspected(model_id, wanted.tag, folder, tuple(flaws))


def _whole_registry(repository: Repository) -> Registry:
    head = repository.head()
    if head is None:
        raise RefusedError("nothing is committed here yet", "make it a registry: git pbm init")
    fetch_documents(repository)
    registry = Registry(commit_tree(repository, head, BlobFacts(repository, validate=False), "HEAD"))
    if not registry.exists:
        raise no_registry(repository, repository.folder)
    return registry


def _network_names(folder: str, expected: Mapping[str, State]) -> list[str]:
    return sorted({*expected, *(name for name in os.listdir(folder) if network_kind(name))})


def _flaw(folder: str, name: str, expected: Mapping[str, State], index: Mapping[str, tuple[Known, ...]]) -> Flaw | None:
    path = os.path.join(folder, name)
    if os.path.islink(path):
        return Flaw(path, "link", f"a link to {os.readlink(path)}: a copy into the engine would write through it")
    state = observe(path)
    if state.kind == "absent":
        return Flaw(path, "missing", "it is not there")
    if state == expected.get(name):
        return None
    known = index.get(state.sha256)
    if known:
        return Flaw(path, "stale", f"it is {known[0].tag}'s {known[0].name} ({known[0].model_id})")
    receipt = read_receipt(folder)
    if receipt is not None and name in receipt.files:
        return Flaw(path, "edited", f"it was changed since {receipt.tag} was deployed")
    return Flaw(path, "foreign", "no model of this registry has these bytes")


def _receipt_flaws(folder: str, model_id: str) -> list[Flaw]:
    path, receipt = os.path.join(folder, RECEIPT_NAME), read_receipt(folder)
    if receipt is None:
        return [Flaw(path, "receipt", "there is no receipt: nobody knows what was deployed here")]
    if receipt.model_id != model_id:
        return [Flaw(path, "receipt", f"it says that {receipt.tag} ({receipt.model_id}) was deployed")]
    return []


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
    return Known(model.name, tag, name, registry.current_id == model.name)


def which(repository: Repository, paths: list[str]) -> list[Identified]:
    """What each file is, by its content; a folder stands for the ONNX files in it."""
    registry = _whole_registry(repository)
    index = known_files(registry)
    every = (model.facts(name) for model in registry.models.values() for name in model.networks)
    is_whole = not any(isinstance(facts, Unavailable) for facts in every)
    found = []
    for path in paths:
        for file in _files(path, repository.root):
            sha256 = _digest(file)
            known = index.get(sha256, ())
            found.append(Identified(file, sha256, known, bool(known) or is_whole))
    return found


def _files(path: str, root: str | None) -> list[str]:
    if os.path.isdir(path):
        is_ours = root is not None and f"{os.path.realpath(path)}/".startswith(f"{os.path.realpath(root)}/")
        found = sorted(os.path.join(path, name) for name in os.listdir(path) if name.endswith(".onnx"))
        # a pipe or a device would be read for ever; a link in a registry leads to wherever its author wanted
        return [name for name in found if os.path.isfile(name) and not (is_ours and os.path.islink(name))]
    if not os.path.isfile(path):
        raise UsageError(f"{path}: no such file", "name ONNX files, or a folder that holds some")
    return [path]


def _digest(path: str) -> str:
    """The SHA-256 of the content; of an LFS pointer the one that it states."""
    real = os.path.realpath(path)
    if os.path.exists(real) and os.path.getsize(real) <= POINTER_LIMIT:
        with open(real, "rb") as file:
            pointer = parse_pointer(file.read())
        if pointer is not None:
            return pointer.sha256
    return observe(real).sha256
