"""``git pbm promote``: make a model current."""

from __future__ import annotations

from dataclasses import replace

from git_pbm.core.plans.plan import Plan
from git_pbm.core.plans.promote import plan_promote
from git_pbm.gitio.repository import Repository
from git_pbm.operations.changing.model_change import ModelChangeResult, change_model
from git_pbm.operations.lookup import resolve
from git_pbm.operations.unit_of_work import ChangeOptions, UnitOfWork


def promote(repository: Repository, model: str, options: ChangeOptions, *, body: str = "") -> ModelChangeResult:
    """Make a model current; what is current already is left alone, a failed deployment of it is done."""

    def planner(uow: UnitOfWork) -> tuple[str, Plan | None]:
        model_id = resolve(repository, uow.registry, model)
        return model_id, plan_promote(uow.registry, model_id, body)

    result = change_model(repository, "promote", options, planner, redeploy=True)
    return replace(result, why_unchanged=f"{result.model_id} is current already")
