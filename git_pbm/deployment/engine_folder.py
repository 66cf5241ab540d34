"""Copying a model into an engine's folder: temporary file and rename, never through a link, receipt last."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from git_pbm.core.documents.strict_json import DocumentProblem, JsonValue, read_json, text_of
from git_pbm.core.names import MODELS_PATH, RECEIPT_NAME, REGISTRY_PATH, is_hash, is_id, network_kind
from git_pbm.errors import ErrorId, RefusedError
from git_pbm.fs.atomic_files import drop_temporaries, remove_if_there, sync_folder, temporary_name, write_file
from git_pbm.fs.path_state import PathKind, PathState, read_state
from git_pbm.fs.small_files import PIECE
from git_pbm.gitio.loose_objects import write_all

_RECEIPT_LIMIT = 1 << 20


@dataclass(frozen=True, slots=True)
class Deployable:
    """A model ready to be copied: its files in the registry's work tree, with their proven digests."""

    model_id: str
    sha256: str
    tag: str
    commit: str
    files: Mapping[str, tuple[str, PathState]]
    """Source path and state, by file name."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What ``.pbm-deploy.json`` says is in a folder."""

    model_id: str
    tag: str
    commit: str
    time: str
    sha256: str
    files: Mapping[str, PathState]


def read_receipt(folder: str) -> Receipt | None:
    """The receipt of a folder; None where there is none, or it is no receipt."""
    path = os.path.join(folder, RECEIPT_NAME)
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb") as file:
            value = read_json(file.read(_RECEIPT_LIMIT + 1), _RECEIPT_LIMIT)
    except (OSError, DocumentProblem):
        return None
    return _receipt_of(value)


def _receipt_of(value: JsonValue) -> Receipt | None:
    if not isinstance(value, dict) or not isinstance(value.get("files"), dict):
        return None
    known = {key: value.get(key) for key in ("id", "tag", "commit", "time", "hash")}
    files: dict[str, PathState] = {}
    listed = value["files"]
    for name, record in listed.items() if isinstance(listed, dict) else ():
        sha256, size = (record.get("sha256"), record.get("size")) if isinstance(record, dict) else (None, None)
        if network_kind(name) is None or not isinstance(sha256, str) or not is_hash(sha256):
            return None
        files[name] = PathState(PathKind.FILE, sha256, size if isinstance(size, int) else -1)
    texts = {key: word if isinstance(word, str) else "" for key, word in known.items()}
    if not is_id(texts["id"]):
        return None
    return Receipt(texts["id"], texts["tag"], texts["commit"], texts["time"], texts["hash"], files)


def refuse_registry(folder: str) -> None:
    """Raise :class:`RefusedError` for a folder inside any registry, links resolved."""
    place = os.path.realpath(folder)
    while True:
        inside_model = os.path.basename(place) == MODELS_PATH and os.path.lexists(
            os.path.join(os.path.dirname(place), REGISTRY_PATH)
        )
        if inside_model or os.path.isfile(os.path.join(place, REGISTRY_PATH)):
            raise RefusedError(
                f"{folder}: is inside the registry {place}; a deployment there would overwrite stored models",
                "name the engine's own folder: git pbm deploy --to DIR",
                error_id=ErrorId.NO_ENGINE_FOLDER,
            )
        parent = os.path.dirname(place)
        if parent == place:
            return
        place = parent


def deploy(
    model: Deployable, folder: str, known: Callable[[], frozenset[str]], now: str, *, force: bool
) -> tuple[str, ...]:
    """Put exactly the model's files into ``folder``; the caller holds the folder's lock.

    ``known`` gives the SHA-256 of all files that the registry knows: only such bytes, the ones that the
    folder's receipt names, links to such, and with ``force`` anything, are replaced or removed. Every file
    is read again before any of them gets its name, and the receipt gets its last. ``now`` is the time for the
    receipt, ISO 8601. Returns the names of files of another model that were taken away. Raises
    :class:`RefusedError` and ``OSError``.
    """
    refuse_registry(folder)
    stale = _refuse_foreign(model, folder, known, force=force)
    drop_temporaries(folder)
    receipt = os.path.join(folder, RECEIPT_NAME)
    ready: dict[str, str] = {}
    try:
        for name, (source, state) in model.files.items():
            target = os.path.join(folder, name)
            if read_state(target) != state:
                ready[target] = temporary_name(target)
                _copy(source, ready[target], state)
        ready[receipt] = temporary_name(receipt)
        write_file(ready[receipt], _receipt_text(model, now))
    except BaseException:
        for temporary in ready.values():
            remove_if_there(temporary)
        raise
    _put_in_place(folder, stale, ready)
    return stale


def _put_in_place(folder: str, stale: tuple[str, ...], ready: Mapping[str, str]) -> None:
    """Renames only, for everything that needs room is written: the networks, what is stale, the receipt last."""
    *networks, (receipt, receipt_made) = ready.items()
    try:
        for target, temporary in networks:
            os.replace(temporary, target)
        for name in stale:
            os.unlink(os.path.join(folder, name))
        sync_folder(folder)
        os.replace(receipt_made, receipt)
        sync_folder(folder)
    except OSError as error:
        raise RefusedError(
            f"{folder}: {error.strerror}; it may hold files of two models now, each of them whole",
            "fix that and run git pbm deploy again; git pbm deploy --check tells what is there",
            error_id=ErrorId.SYSTEM_ERROR,
        ) from error


def _refuse_foreign(
    model: Deployable, folder: str, known: Callable[[], frozenset[str]], *, force: bool
) -> tuple[str, ...]:
    """The names of other models' files in the folder, after refusing to touch what nobody registered."""
    receipt = read_receipt(folder)
    mine = {state.sha256 for state in receipt.files.values()} if receipt else set()
    stale = []
    for name in sorted(os.listdir(folder)):
        if network_kind(name) is None:
            continue
        path = os.path.join(folder, name)
        if not force and not _may_go(path, frozenset(mine)) and not _may_go(path, known()):
            raise RefusedError(
                f"{path}: no model of this registry has these bytes, so it stays",
                f"register it: git pbm add {shlex.quote(path)} --tag TAG; or lose it: "
                f"git pbm deploy {model.model_id} --to {shlex.quote(folder)} --force",
                error_id=ErrorId.FOREIGN_FILE,
            )
        if name not in model.files:
            stale.append(name)
    return tuple(stale)


def _may_go(path: str, known: frozenset[str]) -> bool:
    if os.path.islink(path):
        try:
            status = os.stat(path)
        except OSError:
            return True
        if not stat.S_ISREG(status.st_mode):
            return True
        path = os.path.realpath(path)
    found = read_state(path)
    return found.kind is PathKind.FILE and found.sha256 in known


def _copy(source: str, temporary: str, state: PathState) -> None:
    """Copy a network aside, synced, and prove by reading it again that it is the registered one."""
    try:
        descriptor = os.open(source, os.O_RDONLY | os.O_CLOEXEC)
    except OSError as error:
        raise RefusedError(
            f"{source}: {error.strerror}", "see what is wrong: git status; git pbm check", error_id=ErrorId.SYSTEM_ERROR
        ) from error
    with open(descriptor, "rb", buffering=0) as file, open(temporary, "xb", buffering=0) as copy:
        while piece := file.read(PIECE):
            write_all(copy.fileno(), [piece])
        os.fsync(copy.fileno())
    found = read_state(temporary)
    if found != state:
        folder, name = os.path.split(source)
        raise RefusedError(
            f"{source}: its bytes are not the registered ones",
            f"restore it: git -C {shlex.quote(folder)} checkout HEAD -- {name}",
            error_id=ErrorId.CONTENT_DAMAGED,
        )


def _receipt_text(model: Deployable, now: str) -> bytes:
    files: dict[str, JsonValue] = {
        name: {"sha256": state.sha256, "size": state.size} for name, (_, state) in model.files.items()
    }
    value: dict[str, JsonValue] = {
        "version": 1,
        "id": model.model_id,
        "hash": model.sha256,
        "tag": model.tag,
        "files": files,
        "commit": model.commit,
        "time": now,
    }
    return text_of(value).encode()
