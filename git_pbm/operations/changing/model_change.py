"""What the commands that change one model have in common: begin, plan, check, write, deploy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from git_pbm.core.plans.plan import Plan
from git_pbm.gitio.repository import Repository
from git_pbm.operations.deployment import DeployResult, deploy_current, engine_of
from git_pbm.operations.result import Result
from git_pbm.operations.unit_of_work import ChangeOptions, CommitResult, UnitOfWork

Planner = Callable[[UnitOfWork], tuple[str, Plan | None]]
"""Finds the model that is meant and plans its change; None where nothing needs changing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChangeResult(Result):
    """What came of it: the model, the change, or only its plan; neither where nothing needed changing."""

    model_id: str
    changed: CommitResult | None = None
    planned: Plan | None = None
    deployed: DeployResult | None = None
    why_unchanged: str = ""
    """Why nothing was changed, where nothing was; for people."""

    @property
    def done(self) -> str | None:
        """What was committed or deployed; None where nothing was."""
        if self.changed is not None:
            return self.changed.done
        return self.deployed.done if self.deployed is not None else None

    @property
    def is_unchanged(self) -> bool:
        """Whether there was nothing to do."""
        return self.changed is None and self.planned is None


def change_model(
    repository: Repository, command: str, options: ChangeOptions, planner: Planner, *, redeploy: bool = False
) -> ModelChangeResult:
    """Run the planner and make its plan true; with ``redeploy`` a deployment that had failed is done where it has none.

    Raises ``UsageError``, ``RefusedError`` and their kin; then nothing was changed.
    """
    with UnitOfWork.begin(repository, command, options) as uow:
        model_id, plan = planner(uow)
        if plan is None:
            return ModelChangeResult(
                model_id=model_id, deployed=_deploy(repository, model_id, options) if redeploy else None
            )
        if options.preview:
            uow.preview(plan)
            return ModelChangeResult(model_id=model_id, planned=plan)
        changed = uow.make(plan)
        return ModelChangeResult(model_id=model_id, changed=changed, deployed=changed.deployed)


def _deploy(repository: Repository, model_id: str, options: ChangeOptions) -> DeployResult | None:
    engine = engine_of(repository) if options.deploy and not options.preview else None
    return deploy_current(repository, model_id, engine, options.wait) if engine else None
