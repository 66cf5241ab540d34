"""Folders of networks outside ``models/`` that become models: named by their bytes, one copy of identical ones."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass

from git_pbm.core.documents.metadata import Metadata
from git_pbm.core.documents.strict_json import JsonValue, text_of
from git_pbm.core.names import (
    SUPERVISED,
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
from git_pbm.core.plans.setup.given_fields import GivenFields
from git_pbm.core.plans.setup.moved_in import MovedIn, given_tags, refuse_other_tag
from git_pbm.core.registry.facts import Facts
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, RefusedError

_COUNTED_ANEW = ("hash", "params", "files")
"""Fields that say what the bytes say."""
_NUMBERS = ("round", "iteration")


@dataclass(frozen=True, slots=True)
class ImportedFolder:
    """What becomes of a folder: the model that it is; ``metadata`` is None where that is registered already."""

    folder: str
    model_id: str
    metadata: Metadata | None
    edits: tuple[Edit, ...]
    gone: tuple[Delete, ...]
    line: str


@dataclass(frozen=True, slots=True)
class _Known:
    """A model that a folder may hold a copy of; ``tag`` is empty and ``document`` None where nothing tells them."""

    policy: str
    value: str | None
    tag: str
    document: Mapping[str, JsonValue] | None


def import_folders(
    registry: Registry, folders: tuple[MovedIn, ...], metadata: Mapping[str, Metadata | None], fields: GivenFields
) -> tuple[ImportedFolder, ...]:
    """What becomes of each folder; ``metadata`` is that of the registered models as it will be, by id.

    ``fields`` are those that a person gives, by id.

    Of folders with the same policy the one with a value net and with metadata becomes the model.

    Raises :class:`RefusedError` where a folder's model cannot be named, or contradicts a registered one.
    """
    moved: list[ImportedFolder] = []
    given = given_tags(folders)
    known = _registered(registry, metadata)
    used = {one.tag for one in metadata.values() if one is not None}
    for folder in sorted(folders, key=lambda one: (one.value is None, not one.document)):
        gone = tuple(Delete(path) for path in folder.paths)
        sha256 = folder.policy.facts.sha256
        model_id = folder.model_id
        _refuse_malformed_tag(folder)
        if model_id in known:
            line = _copied(folder, model_id, known[model_id])
            moved.append(ImportedFolder(folder.folder, model_id, None, (), gone, line))
            continue
        tag = _tag(folder, given.get(sha256), used)
        used.add(tag)
        document, derived = _document(folder, tag, fields.get(model_id, {}))
        known[model_id] = _Known(sha256, folder.value.facts.sha256 if folder.value else None, tag, document)
        line = f"- {folder.folder}: moved in as {tag} ({model_id}): {', '.join(derived)}"
        edits = _edits(folder, model_id, document)
        moved.append(ImportedFolder(folder.folder, model_id, Metadata.from_json(document), edits, gone, line))
    return tuple(moved)


def _registered(registry: Registry, metadata: Mapping[str, Metadata | None]) -> dict[str, _Known]:
    known: dict[str, _Known] = {}
    for name, model in registry.models.items():
        policy = model.facts(model.policy) if model.policy else None
        value = model.facts(model.value) if model.value else None
        if isinstance(policy, Facts):
            own = metadata.get(name)
            value_hash = value.sha256 if isinstance(value, Facts) else None
            known[name] = _Known(policy.sha256, value_hash, own.tag if own is not None else "", model.document)
    return known


def _copied(folder: MovedIn, model_id: str, known: _Known) -> str:
    """A line about a folder of the same bytes as a model, with the fields that go with its metadata."""
    _refuse_other_bytes(folder, model_id, known.policy, known.value)
    if known.tag:
        refuse_other_tag(folder, model_id, known.tag)
    kept = known.document or {}
    lost = [
        name
        for name, value in folder.document.items()
        if name not in (*_COUNTED_ANEW, "tag") and value not in (None, kept.get(name))
    ]
    line = f"- {folder.folder}: the same bytes as {model_id}; one copy is kept"
    return f"{line}, without what the other says of {', '.join(lost)}" if lost else line


def _refuse_other_bytes(folder: MovedIn, model_id: str, policy: str, value: str | None) -> None:
    if policy != folder.policy.facts.sha256:
        raise RefusedError(
            f"{folder.folder}: its hash begins like that of model {model_id}, and the bytes are others",
            "one of the two may be forged: find out where each comes from",
            error_id=ErrorId.MODEL_CONFLICTS,
        )
    if folder.value is not None and folder.value.facts.sha256 != value:
        has = "another value net" if value is not None else "no value net"
        raise RefusedError(
            f"{folder.folder}: model {model_id} has this policy and {has}; a model never changes",
            f"take the value net out first: git mv {folder.folder}/<value net> elsewhere",
            error_id=ErrorId.MODEL_CONFLICTS,
        )


def _hint(folder: MovedIn) -> str:
    place = shlex.quote(folder.folder)
    return f"say it: git pbm init --adopt --move-in {place}=rl-r<round>-i<iteration> (or =supervised-v<N>)"


def _refuse_malformed_tag(folder: MovedIn) -> None:
    problem = tag_problem(folder.tag) if folder.tag is not None else None
    if problem is not None:
        raise RefusedError(
            f"{folder.folder}: its tag {folder.tag!r} cannot be one: {problem}",
            _hint(folder),
            error_id=ErrorId.NOT_ADOPTABLE,
        )


def _tag(folder: MovedIn, given: str | None, used: set[str]) -> str:
    """The tag that a new model gets; ``given`` is the one that a folder with its bytes gives."""
    tag = given if given is not None else folder.document.get("tag")
    if tag is None and folder.name == SUPERVISED:
        tag = f"supervised-v{folder.version}"
    if not isinstance(tag, str):
        raise RefusedError(
            f"{folder.folder}: holds a model that is not registered, and nothing tells its tag",
            _hint(folder),
            error_id=ErrorId.NOT_ADOPTABLE,
        )
    problem = tag_problem(tag)
    if problem is not None:
        raise RefusedError(
            f"{folder.folder}: its tag {tag!r} cannot be one: {problem}", _hint(folder), error_id=ErrorId.NOT_ADOPTABLE
        )
    if tag in used:
        raise RefusedError(
            f"{folder.folder}: tag {tag} is the name of another model", _hint(folder), error_id=ErrorId.TAG_IN_USE
        )
    if training_of(tag) is None and folder.document.get("training") is None:
        raise RefusedError(
            f"{folder.folder}: the tag {tag} does not tell how the model was trained",
            _hint(folder),
            error_id=ErrorId.NOT_ADOPTABLE,
        )
    return tag


def _document(folder: MovedIn, tag: str, given: Mapping[str, str]) -> tuple[dict[str, JsonValue], list[str]]:
    """Its metadata, with words on what is derived: what the bytes and the tag say, and whatever else was noted."""
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
    anew = [*_COUNTED_ANEW, *(["training"] if training_of(tag) else []), *(_NUMBERS if rl_numbers(tag) else [])]
    noted = {name: value for name, value in folder.document.items() if name not in anew}
    known = Evidence(facts, networks, None, folder.born, given=given)
    document, derived = completed({**noted, "tag": tag}, known, says_params=False)
    return document, [f"tag {tag} from {folder.tag_source}", *derived]


def _edits(folder: MovedIn, model_id: str, document: dict[str, JsonValue]) -> tuple[Edit, ...]:
    edits: list[Edit] = []
    for role, network in ((NetworkRole.POLICY, folder.policy), (NetworkRole.VALUE, folder.value)):
        if network is not None:
            path = f"{model_path(model_id)}/{network_name(role, folder.version)}"
            edits.append(PutNetwork(path, network.facts, network.object_id, network.staged_name))
    return (*edits, WriteText(metadata_path(model_id), text_of(document).encode()))
