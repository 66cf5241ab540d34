"""A half-done merge, looked at: what conflicts, what the merged registry is, and what each side had made current."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property

from git_pbm.core.merge.metadata import hash_in
from git_pbm.core.names import (
    CURRENT_PATH,
    ID_DIGITS,
    MODELS_PATH,
    README_PATH,
    REGISTRY_PATH,
    Role,
    current_target_id,
    model_path,
    role_of,
)
from git_pbm.core.plans.plan import WriteText
from git_pbm.core.plans.resolve import MergedDocument, has_conflict, merged_document
from git_pbm.core.registry.facts import TEXT_LIMIT
from git_pbm.core.registry.readme_block import has_block
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.shared_tags import retaggable
from git_pbm.core.registry.snapshot import FileEntry
from git_pbm.errors import ErrorId, RefusedError
from git_pbm.fs.small_files import read_small
from git_pbm.gitio.merge_state import Operation, Side, Unmerged
from git_pbm.gitio.objects import read_blobs
from git_pbm.gitio.partial_clone import fetch_documents
from git_pbm.gitio.repository import Repository
from git_pbm.operations.model_view import View, view_of
from git_pbm.snapshots.facts_loader import FactsLoader
from git_pbm.snapshots.tree import commit_tree, staged_tree

_OURS, _THEIRS = 2, 3
"""Stages of the index."""


@dataclass(frozen=True, kw_only=True)
class MergeContext:
    """A half-done merge, looked at."""

    repository: Repository
    operation: Operation
    unmerged: Unmerged
    registry: Registry
    merged: MergedDocument
    retags: tuple[WriteText, ...] = ()
    """Metadata with other tags, which ``registry`` has already."""

    @cached_property
    def retaggable(self) -> frozenset[str]:
        """Ids of the models that may get another tag: the other side gave theirs to another model.

        Outside a merge the commit that is made has one parent, whose models are as they are.
        """
        blobs = FactsLoader(self.repository, validate=False, eager=False)
        commits = [side.commit for side in (self.operation.ours, self.operation.theirs) if side.commit is not None]
        ours, *theirs = [Registry(commit_tree(self.repository, commit, blobs)) for commit in commits] or [self.registry]
        free = retaggable([ours, *theirs])
        return free if self.operation.name == "merge" else free - ours.models.keys()

    @property
    def blocking(self) -> tuple[str, ...]:
        """Conflicts of the user's own without which nothing that derives from models can be settled."""
        return tuple(path for path in self.unmerged if path.startswith(f"{MODELS_PATH}/"))

    @property
    def others(self) -> tuple[str, ...]:
        """Every conflict that is the user's own."""
        ours = {REGISTRY_PATH, CURRENT_PATH}
        if not self.readme_is_the_users:
            ours.add(README_PATH)
        return tuple(path for path in self.unmerged if path not in ours)

    @cached_property
    def readme_is_the_users(self) -> bool:
        """Whether more of the README than its block is in conflict: text around it, or that one side deleted it."""
        if README_PATH not in self.unmerged:
            return False
        deleted = not {_OURS, _THEIRS} <= self.unmerged[README_PATH].keys()
        return deleted or self.readme is None or has_conflict(self.readme)

    @cached_property
    def readme(self) -> str | None:
        """The README as it is there where it is in conflict, else as staged; None where it has no sound block."""
        text = _readme_on_disk(self) if README_PATH in self.unmerged else self.registry.readme
        return text if text is not None and has_block(text) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One side's answer to which model is current; ``view`` is None where that side names no readable model."""

    side: Side
    subject: str
    """The commit of that side that last changed ``current``, as git's short id and its subject."""
    model_id: str | None
    view: View | None
    is_there: bool
    """Whether the merged tree has the model."""

    name: str
    """What names the model in the merged tree: its tag, or its id where that tag is not its own alone."""


def resolution_hint(merge: MergeContext, path: str) -> str:
    """What to type for a conflict that is the user's own."""
    stages, role = merge.unmerged[path], role_of(path)
    if {_OURS, _THEIRS} <= stages.keys():
        return _way_out_of_a_rename(merge, path) if role is Role.METADATA else f"edit it; git add {path}"
    model = merge.registry.models.get(path.split("/")[1]) if role in (Role.METADATA, Role.NETWORK) else None
    if model is None or any(isinstance(entry, FileEntry) for entry in model.entries.values()):
        return f"only one side has it: keep it with git add {path}, or take it out with git rm {path}"
    side = merge.operation.theirs if _THEIRS in stages else merge.operation.ours
    return f"one side removed the model: git rm {path}; or keep it: git checkout {_commit(side)} -- {model.path}"


def _way_out_of_a_rename(merge: MergeContext, path: str) -> str:
    """For metadata; those of two models are one file to git where it took the one for the other, renamed."""
    mine, other = (hash_in(_blob(merge.repository, _id_in(merge.unmerged[path][s]))) for s in (_OURS, _THEIRS))
    if mine is None or other is None or mine == other:
        return f"edit it; git add {path}"
    is_ours = mine.startswith(path.split("/")[1])
    other_id = (other if is_ours else mine)[:ID_DIGITS]
    side = merge.operation.theirs if is_ours else merge.operation.ours
    return (
        f"git took it for that of {other_id}, which one side removed and the other changed: "
        f"git checkout --{'ours' if is_ours else 'theirs'} -- {path}; git add {path}; "
        f"and to keep {other_id}: git checkout {_commit(side)} -- {model_path(other_id)}"
    )


def _commit(side: Side) -> str:
    return side.commit[:10] if side.commit else "<commit>"


def read_merge(repository: Repository, operation: Operation, unmerged: Unmerged) -> MergeContext:
    """Read what a person must know to settle an operation."""
    sides = (operation.ours.commit, operation.theirs.commit)
    fetch_documents(repository, *filter(None, sides), staged=True)
    registry = Registry(staged_tree(repository, FactsLoader(repository)))
    if not registry.exists:
        raise RefusedError(
            f"{repository.folder} is not a models registry", "make it one: git pbm init", error_id=ErrorId.NO_REGISTRY
        )
    if REGISTRY_PATH in unmerged:
        stages = unmerged[REGISTRY_PATH]
        texts = {stage: _blob(repository, _id_in(entry)) for stage, entry in stages.items()}
        merged = merged_document(texts.get(1, b""), texts.get(_OURS, b""), texts.get(_THEIRS, b""))
    else:
        merged = MergedDocument(registry.document, contested=False)
    return MergeContext(repository=repository, operation=operation, unmerged=unmerged, registry=registry, merged=merged)


def _id_in(entry: str) -> str:
    """The blob id in an entry of an unmerged path."""
    return entry.partition(" ")[2]


def _blob(repository: Repository, object_id: str) -> bytes:
    for _, pieces in read_blobs(repository, [object_id]):
        return b"".join(pieces or ())
    return b""


def candidates_of(merge: MergeContext) -> tuple[Candidate, Candidate]:
    """Return the two models that the sides made current, ours first."""
    operation = merge.operation
    return _candidate(merge, operation.ours, _OURS), _candidate(merge, operation.theirs, _THEIRS)


def _candidate(merge: MergeContext, side: Side, stage: int) -> Candidate:
    repository, subject = merge.repository, ""
    registry = merge.registry
    if side.commit is not None:
        registry = Registry(commit_tree(repository, side.commit, FactsLoader(repository, validate=False, eager=False)))
        name = registry.current_id
        log = ("log", "-1", "--no-show-signature", "--format=%h %s", side.commit, "--", CURRENT_PATH)
        subject = os.fsdecode(repository.try_run(*log) or b"").strip()
    else:
        entry = merge.unmerged.get(CURRENT_PATH, {}).get(stage, "")
        name = current_target_id(os.fsdecode(_blob(repository, _id_in(entry)))) if entry else None
    is_there = name in merge.registry.models
    model = (merge.registry if is_there else registry).models.get(name or "")
    view = view_of(registry, model) if model else None
    tag = view.metadata.get("tag") if view else None
    same = [tagged for tagged, _ in merge.registry.tagged() if tagged == tag]
    return Candidate(
        side=side,
        subject=subject,
        model_id=name,
        view=view,
        is_there=is_there,
        name=same[0] if len(same) == 1 else str(name),
    )


def _readme_on_disk(merge: MergeContext) -> str | None:
    """The README with git's conflict in it; line ends that only this clone's checkout gave it are git's to give."""
    data = read_small(os.path.join(merge.repository.folder, README_PATH), TEXT_LIMIT)
    if data is None:
        return None
    stored = (_blob(merge.repository, _id_in(entry)) for entry in merge.unmerged[README_PATH].values())
    if b"\r\n" in data and not any(b"\r\n" in text for text in stored):
        data = data.replace(b"\r\n", b"\n")
    return data.decode("utf-8", "surrogateescape")
