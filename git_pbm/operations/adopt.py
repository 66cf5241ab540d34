"""What ``git pbm init --adopt`` finds out before it plans: dates from history, and folders of networks to move in."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from git_pbm.core.documents import METADATA_LIMIT
from git_pbm.core.names import CURRENT_PATH, DEFAULT_VERSION, METADATA_NAME, MODELS_PATH, network_kind, network_name
from git_pbm.core.planning.adopt import Adoption
from git_pbm.core.planning.move_in import MovedIn, Network
from git_pbm.core.strict_json import DocumentProblem, JsonValue, read_json
from git_pbm.errors import RefusedError, UsageError
from git_pbm.store.git import Repository
from git_pbm.store.history import births
from git_pbm.store.ingest import Source, ingest


@dataclass(frozen=True, slots=True)
class Folder:
    """A committed folder outside ``models/`` that holds networks: its path, and the file names with their blob ids."""

    path: str
    files: Mapping[str, str]

    @property
    def policies(self) -> list[str]:
        return [name for name in self.files if _is_network(name, "policy")]


def adoption_of(repository: Repository, moves: Mapping[str, str | None], staging: str) -> Adoption:
    """Gather what an adoption needs; the networks of ``moves`` (folder to tag, None: not said) are taken in.

    A folder called ``current`` always comes in: the link takes its place.
    Raises :class:`UsageError` for a folder without a policy, :class:`RefusedError` for one that cannot be read.
    """
    folders = folders_outside(repository)
    chosen: dict[str, str | None] = {}
    for path, tag in moves.items():
        clean = os.path.normpath(path)
        if clean not in folders:
            there = ", ".join(folders) or "none"
            raise UsageError(
                f"--move-in {path}: no committed folder with a policy*.onnx outside {MODELS_PATH}/",
                f"folders there are: {there}",
            )
        chosen[clean] = tag
    if CURRENT_PATH in folders:
        chosen.setdefault(CURRENT_PATH, None)
    born = births(repository) if repository.head() else {}
    moved = tuple(
        _taken_in(repository, folders[path], tag, number, staging, born)
        for number, (path, tag) in enumerate(sorted(chosen.items()))
    )
    return Adoption(born, moved, date.today().isoformat())


def folders_outside(repository: Repository) -> dict[str, Folder]:
    """The folders of HEAD outside ``models/`` that hold a policy network, by path."""
    head = repository.head()
    if head is None:
        return {}
    found: dict[str, dict[str, str]] = {}
    for row in filter(None, repository.ask("ls-tree", "-r", "-z", "--full-tree", head).split(b"\0")):
        meta, _, path = os.fsdecode(row).partition("\t")
        folder, _, name = path.rpartition("/")
        if folder and not path.startswith(f"{MODELS_PATH}/") and meta.startswith("100"):
            found.setdefault(folder, {})[name] = meta.split(" ")[2]
    folders = (Folder(path, found[path]) for path in sorted(found))
    return {folder.path: folder for folder in folders if folder.policies}


def _is_network(name: str, kind: str) -> bool:
    return name.startswith(kind) and name.endswith(".onnx")


def _taken_in(
    repository: Repository,
    folder: Folder,
    tag: str | None,
    number: int,
    staging: str,
    born: Mapping[str, str],
) -> MovedIn:
    values = [name for name in folder.files if _is_network(name, "value")]
    if len(folder.policies) != 1 or len(values) > 1:
        raise RefusedError(
            f"{folder.path}: holds {len(folder.policies)} policies and {len(values)} value nets; "
            "a model has one policy and at most one value net",
            f"give each model a folder of its own: git mv {folder.path}/<file> <folder>/",
        )
    _refuse_other_files(folder)
    policy = folder.policies[0]
    kind = network_kind(policy)
    version = kind[1] if kind is not None else DEFAULT_VERSION
    names = {policy: network_name("policy", version), **{name: network_name("value", version) for name in values}}
    sources = [
        Source(os.path.join(repository.folder, folder.path, name), f"{number}-{new}") for name, new in names.items()
    ]
    taken = ingest(sources, staging, repository.object_format)
    networks = [Network(taken[source.name].facts, taken[source.name].object_id, source.name) for source in sources]
    going = [*names, *([METADATA_NAME] if METADATA_NAME in folder.files else [])]
    return MovedIn(
        folder.path,
        tag,
        version,
        networks[0],
        networks[1] if values else None,
        _document(repository, folder),
        born.get(folder.files[policy], date.today().isoformat()),
        tuple(f"{folder.path}/{name}" for name in going),
    )


def _refuse_other_files(folder: Folder) -> None:
    """A folder ``current`` goes as a whole, so nothing else may lie in it."""
    if folder.path != CURRENT_PATH:
        return
    others = [
        n for n in folder.files if n != METADATA_NAME and not _is_network(n, "policy") and not _is_network(n, "value")
    ]
    if others:
        raise RefusedError(
            f"{CURRENT_PATH}/ becomes a link, and it also holds {', '.join(sorted(others)[:3])}",
            f"move it elsewhere and commit: git mv {CURRENT_PATH}/{min(others)} <folder>/",
        )


def _document(repository: Repository, folder: Folder) -> Mapping[str, JsonValue]:
    blob = folder.files.get(METADATA_NAME)
    if blob is None:
        return {}
    try:
        document = read_json(repository.ask("cat-file", "blob", blob), METADATA_LIMIT)
    except DocumentProblem as problem:
        raise RefusedError(
            f"{folder.path}/{METADATA_NAME}: {problem}", "correct it, or remove it, and commit"
        ) from None
    return document if isinstance(document, dict) else {}
