"""Folders of networks outside ``models/`` that become models: named by their bytes, one copy of identical ones."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from git_pbm.core.documents.metadata import Metadata
from git_pbm.core.documents.strict_json import JsonValue, text_of
from git_pbm.core.names import (
    ID_DIGITS,
    NetworkRole,
    metadata_path,
    model_path,
    network_name,
    rl_numbers,
    tag_problem,
    training_of,
)
from git_pbm.core.plans.metadata_completion import Evidence, completed
from git_pbm.core.plans.plan import Delete, Edit, PutNetwork, WriteText
from git_pbm.core.registry.facts import Facts
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, RefusedError


@dataclass(frozen=True, slots=True)
class Network:
    """A network that was taken in: facts, git's id for its bytes, and its name in the staging folder."""

    facts: Facts
    object_id: str
    staged_name: str


@dataclass(frozen=True, slots=True)
class MovedIn:
    """A folder to move in: its two networks, what its ``metadata.json`` says, and which paths of it go.

    ``tag`` is what the person said (None: not said), ``born`` the day of the commit that first brought the policy.
    """

    folder: str
    tag: str | None
    version: int
    policy: Network
    value: Network | None
    document: Mapping[str, JsonValue]
    born: str
    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportedFolder:
    """What becomes of a folder: the model that it is; ``metadata`` is None where that is registered already."""

    folder: str
    model_id: str
    metadata: Metadata | None
    edits: tuple[Edit, ...]
    gone: tuple[Delete, ...]
    words: str


def import_folders(registry: Registry, folders: tuple[MovedIn, ...], tags: set[str]) -> tuple[ImportedFolder, ...]:
    """What becomes of each folder; ``tags`` are taken already.

    Raises :class:`RefusedError` where a folder's model cannot be named, or contradicts a registered one.
    """
    moved: list[ImportedFolder] = []
    known = _registered(registry)
    used = set(tags)
    for folder in folders:
        gone = tuple(Delete(path) for path in folder.paths)
        model_id = folder.policy.facts.sha256[:ID_DIGITS]
        if model_id in known:
            _refuse_other_bytes(folder, model_id, *known[model_id])
            words = f"- {folder.folder}: the same bytes as {model_id}; one copy is kept"
            moved.append(ImportedFolder(folder.folder, model_id, None, (), gone, words))
            continue
        tag = _tag(folder, used)
        used.add(tag)
        document = _document(folder, tag)
        known[model_id] = (folder.policy.facts.sha256, folder.value.facts.sha256 if folder.value else None)
        words = f"- {folder.folder}: moved in as {tag} ({model_id})"
        edits = _edits(folder, model_id, document)
        moved.append(ImportedFolder(folder.folder, model_id, Metadata.from_json(document), edits, gone, words))
    return tuple(moved)


def _registered(registry: Registry) -> dict[str, tuple[str, str | None]]:
    """The digests of the policy and the value net of each registered model."""
    known: dict[str, tuple[str, str | None]] = {}
    for name, model in registry.models.items():
        policy = model.facts(model.policy) if model.policy else None
        value = model.facts(model.value) if model.value else None
        if isinstance(policy, Facts):
            known[name] = (policy.sha256, value.sha256 if isinstance(value, Facts) else None)
    return known


def _refuse_other_bytes(folder: MovedIn, model_id: str, policy: str, value: str | None) -> None:
    if policy != folder.policy.facts.sha256:
        raise RefusedError(
            f"{folder.folder}: its hash begins like that of model {model_id}, and the bytes are others",
            "one of the two may be forged: find out where each comes from",
            error_id=ErrorId.NOT_ADOPTABLE,
        )
    if folder.value is not None and folder.value.facts.sha256 != value:
        has = "another value net" if value is not None else "no value net"
        raise RefusedError(
            f"{folder.folder}: model {model_id} has this policy and {has}; a model never changes",
            f"take the value net out first: git mv {folder.folder}/<value net> elsewhere",
            error_id=ErrorId.NOT_ADOPTABLE,
        )


def _tag(folder: MovedIn, used: set[str]) -> str:
    said = folder.tag if folder.tag is not None else folder.document.get("tag")
    name = folder.folder.rpartition("/")[2]
    if said is None and training_of(name) is not None:
        said = name
    if said is None and name == "supervised":
        said = f"supervised-v{folder.version}"
    place = shlex.quote(folder.folder)
    hint = f"say it: git pbm init --adopt --move-in {place}=rl-r<round>-i<iteration> (or =supervised-v<N>)"
    if not isinstance(said, str):
        raise RefusedError(
            f"{folder.folder}: holds a model that is not registered, and nothing tells its tag",
            hint,
            error_id=ErrorId.NOT_ADOPTABLE,
        )
    problem = tag_problem(said)
    if problem is not None:
        raise RefusedError(
            f"{folder.folder}: its tag {said!r} cannot be one: {problem}", hint, error_id=ErrorId.NOT_ADOPTABLE
        )
    if said in used:
        raise RefusedError(
            f"{folder.folder}: tag {said} is the name of another model", hint, error_id=ErrorId.TAG_IN_USE
        )
    if training_of(said) is None and folder.document.get("training") is None:
        raise RefusedError(
            f"{folder.folder}: the tag {said} does not tell how the model was trained",
            hint,
            error_id=ErrorId.NOT_ADOPTABLE,
        )
    return said


def _document(folder: MovedIn, tag: str) -> dict[str, JsonValue]:
    """Its metadata: what the bytes and the tag say, and whatever else somebody noted about it."""
    facts = folder.policy.facts
    if facts.onnx is None:
        raise RefusedError(
            f"{folder.folder}: its policy cannot be read", "export it again", error_id=ErrorId.NOT_ADOPTABLE
        )
    networks = {
        network_name(role, folder.version): network.facts
        for role, network in ((NetworkRole.POLICY, folder.policy), (NetworkRole.VALUE, folder.value))
        if network is not None
    }
    said = {name: value for name, value in folder.document.items() if name not in ("hash", "params", "files")}
    told = training_of(tag)
    said |= {"tag": tag} if told is None else {"tag": tag, "training": told}
    said |= dict(zip(("round", "iteration"), rl_numbers(tag) or (), strict=False))
    document, _ = completed(said, Evidence(facts, networks, None, folder.born), says_params=False)
    return document


def _edits(folder: MovedIn, model_id: str, document: dict[str, JsonValue]) -> tuple[Edit, ...]:
    edits: list[Edit] = []
    for role, network in ((NetworkRole.POLICY, folder.policy), (NetworkRole.VALUE, folder.value)):
        if network is not None:
            path = f"{model_path(model_id)}/{network_name(role, folder.version)}"
            edits.append(PutNetwork(path, network.facts, network.object_id, network.staged_name))
    return (*edits, WriteText(metadata_path(model_id), text_of(document).encode()))
