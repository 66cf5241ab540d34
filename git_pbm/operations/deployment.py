"""Bringing a model to an engine: which folder, which files, proven against the commit's facts."""

from __future__ import annotations

import os
import shlex
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from git_pbm.core.registry.facts import Facts, Unavailable
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.registry import Registry
from git_pbm.deployment.engine_folder import Deployable, deploy, refuse_registry
from git_pbm.errors import ErrorId, NotDeployedError, PbmError, RefusedError
from git_pbm.fs.lock import hold
from git_pbm.fs.path_state import PathState
from git_pbm.gitio.partial_clone import fetch_unless_forbidden
from git_pbm.gitio.repository import Repository
from git_pbm.operations.engine_names import exclude_receipt, name_warnings, networks_in
from git_pbm.operations.files_here import refuse_absent
from git_pbm.operations.result import Result
from git_pbm.snapshots.facts_loader import FactsLoader
from git_pbm.snapshots.tree import commit_tree
from git_pbm.transaction.recovery import Recovered, finish_recovery

ENGINE_KEY = "pbm.engine"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeployResult(Result):
    """What a deployment did: the model, the folder, the files there now and the stale ones taken away."""

    model_id: str
    folder: str
    files: tuple[str, ...]
    taken_away: tuple[str, ...]
    warnings: tuple[str, ...] = ()

    @property
    def done(self) -> str:
        """What was deployed, and where."""
        return f"deployed {self.model_id} to {self.folder}"


def engine_of(repository: Repository) -> str | None:
    """The engine's folder that the person configured, absolute; None where nobody did."""
    return repository.config_path(ENGINE_KEY)


def deploy_current(
    repository: Repository, model_id: str, folder: str, wait: float
) -> tuple[DeployResult | None, NotDeployedError | None]:
    """Deploy a model that was just committed; where that fails, return why, and how to try again."""
    try:
        return deploy_model(repository, model_id, folder, wait, force=False), None
    except (PbmError, OSError) as error:
        message = error.message if isinstance(error, PbmError) else f"{error.filename or folder}: {error.strerror}"
        hint = error.hint if isinstance(error, PbmError) else ""
        retry = f"then try again: git pbm deploy {model_id}"
        return None, NotDeployedError(f"done, but not deployed: {message}", f"{hint}; {retry}" if hint else retry)


def deploy_recovered(repository: Repository, recovered: Recovered | None, wait: float) -> Recovered | None:
    """Do what a killed command had still to deploy, then forget it; what is in the way stops no other command."""
    if recovered is None or recovered.engine is None or recovered.deploys is None:
        return recovered
    _, failure = deploy_current(repository, recovered.deploys, recovered.engine, wait)
    finish_recovery(repository)
    return replace(recovered, failure=failure)


def deploy_model(repository: Repository, model_id: str, folder: str, wait: float, *, force: bool) -> DeployResult:
    """Copy a model of HEAD into ``folder``. Raises ``RefusedError``, ``BusyError`` and ``OSError``."""
    commit = repository.head()
    if commit is None:
        raise RefusedError(
            "nothing is committed yet, so nothing can be deployed",
            "add a model first: git pbm add",
            error_id=ErrorId.NO_REGISTRY,
        )
    registry = Registry(commit_tree(repository, commit, FactsLoader(repository, validate=False), "HEAD"))
    model = registry.models.get(model_id)
    if model is None:
        raise RefusedError(
            f"HEAD has no model {model_id}", "see what there is: git pbm list", error_id=ErrorId.UNKNOWN_MODEL
        )
    refuse_absent(repository, model, model.networks)
    deployable = deployable_of(repository, model, commit)
    refuse_registry(folder)
    if not os.path.isdir(folder):
        raise RefusedError(
            f"{folder}: no such folder", f"mkdir -p {shlex.quote(folder)}", error_id=ErrorId.NO_ENGINE_FOLDER
        )
    now = datetime.now(UTC).isoformat(timespec="seconds")
    with hold(folder, wait, folder, folder=True):
        before = networks_in(folder)
        taken_away = deploy(deployable, folder, lambda: known_digests(registry), now, force=force)
        warnings = (
            *name_warnings(repository, folder, before, deployable.files),
            *exclude_receipt(folder, deployable.files),
        )
    return DeployResult(
        model_id=model_id, folder=folder, files=tuple(deployable.files), taken_away=taken_away, warnings=warnings
    )


def deployable_of(repository: Repository, model: Model, commit: str) -> Deployable:
    """A model's files in the work tree with the digests that its commit proves.

    Where a partial clone lacks them this one model is fetched, as git itself fetches what it needs. Raises
    ``RefusedError`` where it cannot be, ``UnverifiedError`` where that is forbidden.
    """
    every = {name: model.facts(name) for name in model.networks}
    lacking = [facts.object_id for facts in every.values() if isinstance(facts, Unavailable)]
    if lacking:
        fetch_unless_forbidden(repository, lacking)
        tree = commit_tree(repository, commit, FactsLoader(repository, validate=False), "HEAD")
        every = {name: tree.facts(model.path_of(name)) for name in model.networks}
    files = {
        name: (os.path.join(repository.folder, model.path_of(name)), PathState.of_facts(facts))
        for name, facts in every.items()
        if isinstance(facts, Facts)
    }
    policy = every.get(model.policy) if model.policy else None
    if not isinstance(policy, Facts):
        raise RefusedError(
            f"{model.path} has no single policy file",
            "see what is wrong: git pbm check",
            error_id=ErrorId.CONTENT_DAMAGED,
        )
    tag = model.metadata.tag if model.metadata else ""
    return Deployable(model.name, policy.sha256, tag, commit, files)


def known_digests(registry: Registry) -> frozenset[str]:
    """The SHA-256 of every network file in the registry."""
    every = (model.facts(name) for model in registry.models.values() for name in model.networks)
    return frozenset(facts.sha256 for facts in every if isinstance(facts, Facts))
