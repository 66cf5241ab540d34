"""Refusals of ``git pbm add`` where other models of the registry make it certain that a file is the wrong one."""

from __future__ import annotations

import hashlib

from git_pbm.core.documents.lfs_pointer import pointer_text
from git_pbm.core.names import MODELS_PATH, NetworkRole, network_kind
from git_pbm.core.onnx import interface_differences
from git_pbm.core.registry.facts import Facts
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import FileEntry
from git_pbm.errors import ErrorId, RefusedError

_ANYWAY = "name the right files; where it is meant so, say --as-given"


def refuse_wrong_files(
    registry: Registry, policy: Facts, value: Facts | None, object_ids: tuple[str, str], before: str | None
) -> None:
    """Raise :class:`RefusedError` for files that are exchanged, another model's, or one file twice.

    ``object_ids`` are git's ids of the two files' bytes, ``before`` is the id of the model that the new one follows.
    """
    if value is not None and value.sha256 == policy.sha256:
        raise _wrong("the policy and the value net are the same file")
    found = _registered_as(registry, policy, object_ids[0], (NetworkRole.VALUE,))
    if found:
        raise _wrong(f"the policy's bytes are {found}")
    found = _registered_as(registry, value, object_ids[1], tuple(NetworkRole)) if value is not None else None
    if found:
        raise _wrong(f"the value net's bytes are {found}")
    _refuse_exchanged(registry, policy, value, before)


def _registered_as(registry: Registry, facts: Facts, object_id: str, roles: tuple[NetworkRole, ...]) -> str | None:
    """What the registry has these bytes as, in one of the roles; None where it has not."""
    wanted = {object_id, _id_of_pointer(facts, object_id)}
    for path, entry in registry.snapshot.entries.items():
        if not isinstance(entry, FileEntry) or entry.object_id not in wanted or not entry.object_id:
            continue
        folder, _, name = path.removeprefix(f"{MODELS_PATH}/").partition("/")
        kind = network_kind(name)
        if kind is not None and kind[0] in roles:
            metadata = registry.models[folder].metadata
            return f"{name} of {metadata.tag if metadata is not None else folder} ({folder})"
    return None


def _id_of_pointer(facts: Facts, object_id: str) -> str:
    """Git's id of the Git LFS pointer to the bytes, by the hash that the repository uses."""
    text = pointer_text(facts.sha256, facts.size)
    digest = hashlib.sha256 if len(object_id) == len(facts.sha256) else hashlib.sha1
    return digest(b"blob %d\0" % len(text) + text).hexdigest()


def _refuse_exchanged(registry: Registry, policy: Facts, value: Facts | None, before: str | None) -> None:
    model = registry.models.get(before or "")
    if model is None:
        return
    its_policy, its_value = (model.facts(name) if name else None for name in (model.policy, model.value))
    if _has_interface_of(policy, its_value) and not _has_interface_of(policy, its_policy):
        raise _wrong(f"the policy has the inputs and outputs of {model.name}'s value net")
    if value is not None and _has_interface_of(value, its_policy) and not _has_interface_of(value, its_value):
        raise _wrong(f"the value net has the inputs and outputs of {model.name}'s policy")


def _has_interface_of(facts: Facts, other: object) -> bool:
    if not isinstance(other, Facts) or facts.onnx is None or other.onnx is None:
        return False
    return not interface_differences(other.onnx, facts.onnx)


def _wrong(message: str) -> RefusedError:
    return RefusedError(message, _ANYWAY, error_id=ErrorId.WRONG_FILES)
