"""``git pbm init``: makes a folder a models repository, or takes one in, with one commit; never overwrites."""

from __future__ import annotations

import os
import shlex
import shutil
from collections.abc import Callable
from dataclasses import dataclass

from git_pbm.core.names import GITATTRIBUTES_PATH, MODELS_PATH
from git_pbm.core.plans.check import overlay
from git_pbm.core.plans.plan import Plan
from git_pbm.core.plans.setup.adopt import Adoption, dated_by_commit
from git_pbm.core.plans.setup.init import CANDIDATES, Wanted, plan_init
from git_pbm.core.plans.setup.templates import HOOKS_CONFIG_PATH
from git_pbm.core.plans.setup.unknown_fields import unknown_fields
from git_pbm.core.registry.registry import Registry
from git_pbm.deployment.engine_folder import refuse_registry
from git_pbm.errors import ErrorId, NotDeployedError, RefusedError
from git_pbm.gitio.index import tree_entries
from git_pbm.gitio.merge_driver import install_driver
from git_pbm.gitio.repository import Repository
from git_pbm.operations.deployment import ENGINE_KEY
from git_pbm.operations.result import Result
from git_pbm.operations.setup.adopt import AdoptRequest, adoption_of
from git_pbm.operations.setup.diagnostics import (
    hooks_are_configured,
    left_to_do,
    moves_left,
    networks_are_in_lfs,
    release,
    usual_engine,
)
from git_pbm.operations.setup.hooks import install_hooks, install_lfs, missing_hooks
from git_pbm.operations.unit_of_work import DEFAULT_WAIT, ChangeOptions, CommitResult, UnitOfWork, staging_folder
from git_pbm.snapshots.facts_loader import FactsLoader
from git_pbm.snapshots.worktree import WorktreeSnapshot


@dataclass(frozen=True, slots=True, kw_only=True)
class InitOptions:
    """What a person asked for."""

    engine: str | None = None
    hooks: bool = True
    hooks_repository: str | None = None
    adopt: AdoptRequest | None = None
    lfs: bool = False
    preview: bool = False
    wait: float = DEFAULT_WAIT


@dataclass(frozen=True, slots=True, kw_only=True)
class InitResult(Result):
    """What was done and what is left to do. ``changed`` is None where nothing was missing, or only ``planned``."""

    changed: CommitResult | None = None
    planned: Plan | None = None
    engine: str | None
    hooks_installed: bool = False
    hooks_configured: bool = False
    left: tuple[str, ...]

    @property
    def done(self) -> str | None:
        """What was committed; None where nothing was missing."""
        return self.changed.done if self.changed is not None else None

    @property
    def failure(self) -> NotDeployedError | None:
        """Why the commit, which is made, may not be on the disk."""
        return self.changed.failure if self.changed is not None else None


def init(
    repository: Repository,
    asked: InitOptions,
    *,
    show: Callable[[Plan], None] | None = None,
) -> InitResult:
    """Set up a models repository; ``engine`` is a folder relative to where the person stands.

    ``show`` is told the plan before anything is written. Raises ``RefusedError`` and its kin; then nothing was changed.
    """
    engine = _engine(asked.engine)
    _refuse_without_lfs(asked)
    options = ChangeOptions(verify=False, deploy=False, wait=asked.wait)
    with (
        staging_folder(repository) as staging,
        UnitOfWork.begin(
            repository, "init", options, staging=staging, may_be_new=True, folder_current=asked.adopt is not None
        ) as uow,
    ):
        _refuse_uncommitted_models(uow, asked)
        wanted = _wanted(uow, asked, staging)
        plan = plan_init(uow.registry, wanted)
        if plan is not None:
            _refuse_uncommitted(repository, plan)
            if show is not None:
                show(plan)
        if asked.preview:
            if plan is not None:
                uow.preview(plan)
            left = _left_after(uow, wanted.adoption, plan) if wanted.adoption is not None else []
            return InitResult(planned=plan, engine=engine or repository.config_path(ENGINE_KEY), left=tuple(left))
        left = _lfs(repository) if asked.lfs else []  # its filter must be there before anything is staged
        changed = uow.commit(plan) if plan is not None else None
    if changed is not None and changed.failure is not None:
        return InitResult(changed=changed, engine=repository.config_path(ENGINE_KEY), left=tuple(left))
    return _set_up_clone(repository, asked, changed, engine, left)


def _set_up_clone(
    repository: Repository, asked: InitOptions, changed: CommitResult | None, engine: str | None, left: list[str]
) -> InitResult:
    """Install what belongs to this clone alone, and look for what is still to be done."""
    install_driver(repository)
    if engine is not None:
        repository.run("config", ENGINE_KEY, engine)
    why = install_hooks(repository) if asked.hooks and _runs_hooks(repository) else None
    registry = Registry(WorktreeSnapshot(repository, FactsLoader(repository)))
    left += left_to_do(repository, registry, hooks=asked.hooks, hooks_repository=asked.hooks_repository, why=why)
    if asked.adopt is not None:
        left += unknown_fields(registry, preview=False)
    if engine is None and repository.config(ENGINE_KEY) is None and usual_engine(repository) is None:
        left.append(f"say where the engine reads its models, if anywhere: git config {ENGINE_KEY} DIR")
    installed = asked.hooks and _runs_hooks(repository) and not missing_hooks(repository)
    return InitResult(
        changed=changed,
        engine=engine or repository.config_path(ENGINE_KEY),
        hooks_installed=installed,
        hooks_configured=hooks_are_configured(repository),
        left=tuple(dict.fromkeys(left)),
    )


def _left_after(uow: UnitOfWork, adoption: Adoption, plan: Plan | None) -> list[str]:
    """What a planned adoption would leave to do."""
    after = Registry(overlay(uow.base, plan.edits)) if plan is not None else uow.registry
    dated = dated_by_commit(uow.registry, after, adoption)
    unknown = unknown_fields(after, dated_by_commit=dated, preview=True)
    return [*moves_left(uow.repository, [one.folder for one in adoption.moved]), *unknown]


def _engine(said: str | None) -> str | None:
    if said is None:
        return None
    folder = os.path.abspath(said)
    refuse_registry(folder)
    if not os.path.isdir(folder):
        raise RefusedError(
            f"{said}: no such folder", f"mkdir -p {shlex.quote(said)}", error_id=ErrorId.NO_ENGINE_FOLDER
        )
    return folder


def _refuse_without_lfs(asked: InitOptions) -> None:
    if asked.lfs and shutil.which("git-lfs") is None:
        raise RefusedError(
            "Git LFS is not installed here",
            "install it (https://git-lfs.com), then: git pbm init --lfs",
            error_id=ErrorId.LFS_UNUSABLE,
        )


def _lfs(repository: Repository) -> list[str]:
    failure = install_lfs(repository)
    return [failure] if failure is not None else []


def _wanted(uow: UnitOfWork, asked: InitOptions, staging: str) -> Wanted:
    """The texts of our files as HEAD has them, and what is to become of them."""
    repository = uow.repository
    entries = tree_entries(repository, uow.workspace.base, CANDIDATES)
    present: dict[str, str] = {}
    untouchable = set()
    for path in CANDIDATES:
        mode, _, blob = (entries[path] or "").partition(" ")
        if mode in ("100644", "100755"):
            present[path] = repository.run("cat-file", "blob", blob).decode("utf-8", "surrogateescape")
        elif mode or os.path.lexists(os.path.join(repository.folder, path)):
            untouchable.add(path)
    if GITATTRIBUTES_PATH in untouchable:
        raise RefusedError(
            f"{GITATTRIBUTES_PATH} is there and not committed as a plain file; init would have to touch it",
            f"git add {GITATTRIBUTES_PATH}; git commit",
            error_id=ErrorId.UNCOMMITTED_CHANGES,
        )
    return Wanted(
        present,
        frozenset(untouchable),
        release(asked.hooks_repository) if asked.hooks else None,
        networks_are_in_lfs(repository),
        asked.lfs,
        adoption_of(repository, uow.registry, asked.adopt, staging) if asked.adopt is not None else None,
    )


def _refuse_uncommitted(repository: Repository, plan: Plan) -> None:
    """Raise where a file that would be written or deleted differs from HEAD: it would ride along, or be lost."""
    argv = ("status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all", "--ignored=matching", "--")
    for row in filter(None, repository.history(*argv, *(f":(top,literal){path}" for path in plan.paths)).split(b"\0")):
        path = os.fsdecode(row[3:])
        raise RefusedError(
            f"{path} differs from HEAD; the change would ride along",
            f"commit it, put it back or move it away first: git diff HEAD -- {path}",
            error_id=ErrorId.UNCOMMITTED_CHANGES,
        )


def _refuse_uncommitted_models(uow: UnitOfWork, asked: InitOptions) -> None:
    """Raise where the first models are there and not committed: only what HEAD has can be taken in."""
    repository = uow.repository
    if uow.registry.models or (uow.registry.exists and asked.adopt is None):
        return
    listing = repository.run("status", "--porcelain=v1", "-z", "--ignored=no", "--", MODELS_PATH)
    if listing:
        raise RefusedError(
            f"{MODELS_PATH}/ is there and not committed, so it would be left out",
            f"git add {MODELS_PATH}; git commit; then: git pbm init --adopt",
            error_id=ErrorId.UNCOMMITTED_CHANGES,
        )


def _runs_hooks(repository: Repository) -> bool:
    return os.path.isfile(os.path.join(repository.folder, HOOKS_CONFIG_PATH))
