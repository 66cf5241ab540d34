"""``git pbm rollback``: make current again what the last promotion replaced."""

from __future__ import annotations

from git_pbm.core.names import REGISTRY_PATH, is_id
from git_pbm.core.plans.plan import Plan
from git_pbm.core.plans.promote import plan_roll_back
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, RefusedError, UnverifiedError
from git_pbm.gitio.repository import Repository
from git_pbm.operations.changing.model_change import ModelChangeResult, change_model
from git_pbm.operations.unit_of_work import ChangeOptions, UnitOfWork
from git_pbm.snapshots.promotions import is_shallow, promotions, stack


def roll_back(repository: Repository, options: ChangeOptions, *, body: str = "") -> ModelChangeResult:
    """Make current again what the last promotion replaced; again and again, like a stack."""

    def planner(uow: UnitOfWork) -> tuple[str, Plan | None]:
        model_id = _before(repository, uow.registry)
        return model_id, plan_roll_back(uow.registry, model_id, body)

    return change_model(repository, "rollback", options, planner)


def _before(repository: Repository, registry: Registry) -> str:
    piled = stack(promotions(repository))
    if piled and piled[-1] == registry.current_id:
        piled.pop()
    while piled:
        model_id = piled.pop()
        if model_id in registry.models and model_id != registry.current_id:
            if not is_id(registry.current_id or ""):
                raise RefusedError(
                    f"{REGISTRY_PATH} names no model as current",
                    "choose one: git pbm promote MODEL",
                    error_id=ErrorId.NOTHING_TO_DO,
                )
            return model_id
    if is_shallow(repository):
        raise UnverifiedError(
            "this clone's history ends before the last promotion",
            "git fetch --unshallow",
            error_id=ErrorId.HISTORY_INCOMPLETE,
        )
    raise RefusedError(
        "no earlier promotion to roll back to", "git pbm history shows what was current", error_id=ErrorId.NOTHING_TO_DO
    )
