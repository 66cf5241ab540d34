"""``git pbm remove``: remove a model that is neither current nor a parent."""

from __future__ import annotations

from git_pbm.core.plans.plan import Plan
from git_pbm.core.plans.remove import plan_remove
from git_pbm.gitio.repository import Repository
from git_pbm.operations.changing.model_change import ModelChangeResult, change_model
from git_pbm.operations.lookup import resolve
from git_pbm.operations.unit_of_work import ChangeOptions, UnitOfWork


def remove(repository: Repository, model: str, why: str, options: ChangeOptions) -> ModelChangeResult:
    """Remove a model; the reason goes into the commit's body."""

    def planner(uow: UnitOfWork) -> tuple[str, Plan | None]:
        model_id = resolve(repository, uow.registry, model)
        return model_id, plan_remove(uow.registry, model_id, why)

    return change_model(repository, "remove", options, planner)
