"""``git pbm undo``: move the branch back to before git pbm's last commit, where nobody else has it."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, replace

from git_pbm.core.documents.commit_message import Named
from git_pbm.core.names import (
    CURRENT_PATH,
    EVALUATIONS_PATH,
    MODELS_PATH,
    README_PATH,
    REGISTRY_PATH,
    Role,
    current_target_id,
    role_of,
)
from git_pbm.core.plans.plan import Delete, Edit, PutNetwork, SetLink, WriteText
from git_pbm.core.registry.facts import Facts, Unavailable
from git_pbm.errors import ErrorId, NotDeployedError, RefusedError
from git_pbm.gitio.checkout import check_out
from git_pbm.gitio.index import Entries, literal, tree_entries
from git_pbm.gitio.partial_clone import fetch_unless_forbidden
from git_pbm.gitio.repository import GitFailure, Repository
from git_pbm.operations.deployment import DeployResult, engine_of
from git_pbm.operations.own_commit import own_commit, refuse_held
from git_pbm.operations.result import Result
from git_pbm.operations.unit_of_work import ChangeOptions, UnitOfWork
from git_pbm.snapshots.facts_loader import FactsLoader
from git_pbm.snapshots.tree import commit_tree
from git_pbm.transaction.recovery import Recovered
from git_pbm.transaction.take_back import take_back


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoResult(Result):
    """The commit that is gone, its subject, where the branch is now, and what was deployed again."""

    gone: str
    subject: str
    head: str
    paths: tuple[str, ...]
    dry_run: bool
    deployed: DeployResult | None = None
    failure: NotDeployedError | None = None
    recovered: Recovered | None = None
    warnings: tuple[str, ...] = ()

    @property
    def done(self) -> str | None:
        """Which commit was taken back; None where it was only shown."""
        if self.dry_run:
            return None
        where = f"; {self.deployed.done}" if self.deployed is not None else ""
        return f"took {self.gone[:10]} {self.subject!r} back{where}"


def undo(repository: Repository, options: ChangeOptions) -> UndoResult:
    """Take git pbm's last commit back. Raises ``RefusedError`` where it is another's or somebody may have it."""
    with UnitOfWork.begin(repository, "undo", options) as uow:
        head = uow.workspace.base or ""
        own = own_commit(repository, head)
        parent = own.parent
        refuse_held(repository, head, _ways(own.named))
        paths = _changed_paths(repository, parent, head)
        _refuse_edited(repository, paths)
        entries = tree_entries(repository, parent, paths)
        result = UndoResult(
            gone=head,
            subject=own.subject,
            head=parent,
            paths=tuple(paths),
            dry_run=options.preview,
            recovered=uow.recovered,
        )
        if options.preview:
            return result
        edits = _edits(uow, parent, entries)
        current = next((current_target_id(e.target) for e in edits if isinstance(e, SetLink)), None)
        engine = engine_of(repository) if options.deploys else None
        try:
            take_back(uow.workspace, parent, edits, entries, current, engine)
        except NotDeployedError as failure:
            return replace(result, failure=failure)
        finished = uow.finish(current, engine)
        warnings = finished.warnings
        if engine is not None and current is None and CURRENT_PATH in paths:
            warnings = (*warnings, f"nothing is current now, and {engine} keeps what was deployed last")
        return replace(result, deployed=finished.deployed, failure=finished.failure, warnings=warnings)


def _ways(named: Named) -> str:
    """How a change is taken back that somebody else may have."""
    ways = {
        "add": f"git pbm rollback where it is current, then: git pbm remove {named.model_id} --why TEXT",
        "promote": "git pbm rollback",
        "evaluate": "git pbm eval retract EVAL --why TEXT",
    }
    return f"take it back with a commit: {ways.get(named.verb, 'git revert HEAD')}"


def _changed_paths(repository: Repository, parent: str, head: str) -> list[str]:
    listing = repository.run("diff-tree", "-r", "-z", "--name-only", "--no-renames", parent, head)
    paths = [os.fsdecode(path) for path in listing.split(b"\0") if path]
    ours = (REGISTRY_PATH, CURRENT_PATH, README_PATH)
    folders = (f"{MODELS_PATH}/", f"{EVALUATIONS_PATH}/")
    other = next((path for path in paths if path not in ours and not path.startswith(folders)), None)
    if other is not None:
        raise RefusedError(
            f"HEAD changes {other}, too", "take it back with a commit: git revert HEAD", error_id=ErrorId.NOT_UNDOABLE
        )
    return paths


def _refuse_edited(repository: Repository, paths: list[str]) -> None:
    """Nothing that is not committed is lost: the commit's own paths are as HEAD has them, on disk and staged."""
    tracked = tree_entries(repository, "HEAD", paths)
    for path in paths:
        name = shlex.quote(path)
        if tracked[path] is None and os.path.lexists(os.path.join(repository.folder, path)):
            raise RefusedError(
                f"{path} is not committed; it would be lost",
                f"move it aside: mv {name} {name}.kept",
                error_id=ErrorId.UNCOMMITTED_CHANGES,
            )
    # not `git diff`, which takes index.lock to refresh the index, whatever GIT_OPTIONAL_LOCKS says
    argv = ("status", "--porcelain", "-z", "--no-renames", "--untracked-files=no", "--", *map(literal, paths))
    if repository.run(*argv):
        names = " ".join(map(shlex.quote, paths))
        raise RefusedError(
            "files of this commit differ from HEAD; the edits would be lost",
            f"put them back first: git diff HEAD -- {names}; git checkout HEAD -- {names}",
            error_id=ErrorId.UNCOMMITTED_CHANGES,
        )


def _edits(uow: UnitOfWork, parent: str, entries: Entries) -> tuple[Edit, ...]:
    """The edits that make each path what the parent has there; networks wait in the staging folder."""
    repository = uow.repository
    networks = {path: entry for path, entry in entries.items() if entry and role_of(path) is Role.NETWORK}
    tree = commit_tree(repository, parent, FactsLoader(repository))
    lacking = [found.object_id for path in networks if isinstance(found := tree.facts(path), Unavailable)]
    if lacking:
        fetch_unless_forbidden(repository, lacking)
        tree = commit_tree(repository, parent, FactsLoader(repository))
    known = {path: facts for path in networks if isinstance(facts := tree.facts(path), Facts)}
    try:
        check_out(repository, networks, uow.workspace.staging)
    except GitFailure as failure:
        raise RefusedError(
            f"git cannot check the networks out again: {failure}",
            "take it back with a commit: git revert HEAD",
            error_id=ErrorId.NOT_UNDOABLE,
        ) from failure
    return tuple(_edit(repository, path, entry, known) for path, entry in entries.items())


def _edit(repository: Repository, path: str, entry: str | None, networks: Mapping[str, Facts]) -> Edit:
    if entry is None:
        return Delete(path)
    mode, _, object_id = entry.partition(" ")
    if mode == "120000":
        return SetLink(path, os.fsdecode(repository.run("cat-file", "blob", object_id)))
    if path in networks:
        return PutNetwork(path, networks[path], object_id, path)
    return WriteText(path, repository.run("cat-file", "--filters", f"--path={path}", object_id))
