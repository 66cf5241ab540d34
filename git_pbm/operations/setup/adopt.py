"""What ``git pbm init --adopt`` finds out before it plans: dates from history, and folders of networks to move in."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from git_pbm.core.documents.metadata import METADATA_LIMIT
from git_pbm.core.documents.strict_json import DocumentProblem, JsonValue, read_json
from git_pbm.core.names import (
    CURRENT_PATH,
    DEFAULT_VERSION,
    METADATA_NAME,
    MODELS_PATH,
    NetworkRole,
    hinted_role,
    is_id,
    network_kind,
    network_name,
)
from git_pbm.core.plans.setup.adopt import Adoption
from git_pbm.core.plans.setup.moved_in import MovedIn, Network
from git_pbm.core.registry.facts import Facts
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, RefusedError, UsageError
from git_pbm.gitio.repository import Repository
from git_pbm.snapshots.facts_loader import FactsLoader
from git_pbm.snapshots.promotions import births
from git_pbm.transaction.intake import Source, intake


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptRequest:
    """What a person says of an adoption.

    ``moves`` are folders to take in, each with the tag that it is given (None: none), ``parents`` pairs of two MODELs,
    ``dates`` pairs of a MODEL and a day.
    """

    moves: tuple[tuple[str, str | None], ...] = ()
    parents: tuple[tuple[str, str], ...] = ()
    dates: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Folder:
    """A committed folder of networks that is not a model: its path, and the file names with their blob ids."""

    path: str
    files: Mapping[str, str]

    @property
    def policies(self) -> list[str]:
        """The names of the policy files."""
        return [name for name in self.files if hinted_role(name) is NetworkRole.POLICY]

    @property
    def going(self) -> list[str]:
        """The names that become part of a model, networks first; other files stay where they are."""
        networks = [name for name in self.files if hinted_role(name)]
        return [*networks, *([METADATA_NAME] if METADATA_NAME in self.files else [])]


def adoption_of(repository: Repository, registry: Registry, request: AdoptRequest, staging: str) -> Adoption:
    """Gather what an adoption needs; the networks of the request's folders are taken in.

    A folder called ``current`` always comes in: the link takes its place.
    Raises :class:`UsageError` for a folder without a policy or with two tags, :class:`RefusedError` for one that
    cannot be read.
    """
    files = _committed(repository)
    folders = _folders(files)
    chosen: dict[str, str | None] = {}
    for path, tag in request.moves:
        clean = _meant(repository, path, folders)
        if clean is None:
            there = ", ".join(folders) or "none"
            raise UsageError(
                f"--move-in {path}: no committed folder with a policy*.onnx that is not a model yet",
                f"folders there are: {there}",
                error_id=ErrorId.NO_SUCH_FILE,
            )
        if None not in (tag, chosen.get(clean)) and chosen[clean] != tag:
            raise UsageError(f"--move-in gives {clean} two tags, {chosen[clean]} and {tag}", "leave one of them out")
        chosen[clean] = tag or chosen.get(clean)
    _refuse_other_files(files, folders.get(CURRENT_PATH))
    if CURRENT_PATH in folders:
        chosen.setdefault(CURRENT_PATH, None)
    born = births(repository) if repository.head() else {}
    moved = tuple(
        _taken_in(repository, folders[path], tag, number, staging, born)
        for number, (path, tag) in enumerate(sorted(chosen.items()))
    )
    contents = _contents(repository, registry)
    return Adoption(born, moved, date.today().isoformat(), contents, request.parents, request.dates)


def folders_outside(repository: Repository) -> dict[str, Folder]:
    """The folders of HEAD that hold a policy network and are no model, by path."""
    return _folders(_committed(repository))


def _committed(repository: Repository) -> dict[str, str]:
    """The plain files of HEAD by path, with their blob ids."""
    head = repository.head()
    listing = repository.run("ls-tree", "-r", "-z", "--full-tree", head) if head is not None else b""
    rows = [os.fsdecode(row).partition("\t") for row in listing.split(b"\0") if row.startswith(b"100")]
    return {path: meta.split(" ")[2] for meta, _, path in rows}


def _folders(files: Mapping[str, str]) -> dict[str, Folder]:
    found: dict[str, dict[str, str]] = {}
    for path, object_id in files.items():
        folder, _, name = path.rpartition("/")
        top, _, below = folder.partition("/")
        if folder and not (top == MODELS_PATH and is_id(below.partition("/")[0])):
            found.setdefault(folder, {})[name] = object_id
    folders = (Folder(path, found[path]) for path in sorted(found))
    return {folder.path: folder for folder in folders if folder.policies}


def _meant(repository: Repository, path: str, folders: Mapping[str, Folder]) -> str | None:
    """The folder that a person means: seen from where he stands, else from the top of the work tree."""
    here = os.path.relpath(os.path.realpath(path), os.path.realpath(repository.folder))
    return next((name for name in (here, os.path.normpath(path)) if name in folders), None)


def _contents(repository: Repository, registry: Registry) -> dict[str, Facts]:
    """Facts about policies that are pointers, as far as the local store of Git LFS has what they stand for."""
    blobs = FactsLoader(repository)
    policies = [model.facts(model.policy) for model in registry.models.values() if model.policy]
    pointers = [facts for facts in policies if isinstance(facts, Facts) and not facts.is_content_here]
    return {facts.sha256: blobs.content_of(facts) for facts in pointers}


def _taken_in(
    repository: Repository,
    folder: Folder,
    tag: str | None,
    number: int,
    staging: str,
    born: Mapping[str, str],
) -> MovedIn:
    values = [name for name in folder.files if hinted_role(name) is NetworkRole.VALUE]
    if len(folder.policies) != 1 or len(values) > 1:
        raise RefusedError(
            f"{folder.path}: holds {len(folder.policies)} policies and {len(values)} value nets; "
            "a model has one policy and at most one value net",
            f"give each model a folder of its own: git mv {folder.path}/<file> <folder>/",
            error_id=ErrorId.NOT_ADOPTABLE,
        )
    policy = folder.policies[0]
    kind = network_kind(policy)
    version = kind[1] if kind is not None else DEFAULT_VERSION
    names = {
        policy: network_name(NetworkRole.POLICY, version),
        **{name: network_name(NetworkRole.VALUE, version) for name in values},
    }
    sources = [
        Source(os.path.join(repository.folder, folder.path, name), f"{number}-{new}") for name, new in names.items()
    ]
    taken = intake(sources, staging, repository.object_format)
    networks = [Network(taken[source.name].facts, taken[source.name].object_id, source.name) for source in sources]
    return MovedIn(
        folder.path,
        tag,
        version,
        networks[0],
        networks[1] if values else None,
        _document(repository, folder),
        born.get(folder.files[policy], date.today().isoformat()),
        tuple(f"{folder.path}/{name}" for name in folder.going),
    )


def _refuse_other_files(files: Mapping[str, str], folder: Folder | None) -> None:
    """A folder ``current`` goes as a whole, so there is a policy in it and nothing that would be lost."""
    there = [path for path in files if path.startswith(f"{CURRENT_PATH}/")]
    going = {f"{CURRENT_PATH}/{name}" for name in folder.going} if folder is not None else set()
    others = sorted(set(there) - going)
    if not others:
        return
    if folder is None and others[0].endswith(".onnx"):
        raise RefusedError(
            f"{CURRENT_PATH}/ becomes a link, and no network in it is named like a policy",
            f"name it, and commit: git mv {shlex.quote(others[0])} {CURRENT_PATH}/policy_v{DEFAULT_VERSION}.onnx",
            error_id=ErrorId.NOT_ADOPTABLE,
        )
    raise RefusedError(
        f"{CURRENT_PATH}/ becomes a link, and it also holds {', '.join(others[:3])}",
        f"move it elsewhere and commit: git mv {shlex.quote(others[0])} <folder>/",
        error_id=ErrorId.NOT_ADOPTABLE,
    )


def _document(repository: Repository, folder: Folder) -> Mapping[str, JsonValue]:
    blob = folder.files.get(METADATA_NAME)
    if blob is None:
        return {}
    try:
        document = read_json(repository.run("cat-file", "blob", blob), METADATA_LIMIT)
    except DocumentProblem as problem:
        raise RefusedError(
            f"{folder.path}/{METADATA_NAME}: {problem}",
            "correct it, or remove it, and commit",
            error_id=ErrorId.NOT_ADOPTABLE,
        ) from None
    return document if isinstance(document, dict) else {}
