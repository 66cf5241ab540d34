"""``promote``, ``rollback``, ``remove`` and ``annotate``: one model's life after it was added."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.names import REGISTRY_PATH, is_id
from git_pbm.core.plans.annotate import plan_annotate
from git_pbm.core.plans.check import check_plan
from git_pbm.core.plans.plan import Plan
from git_pbm.core.plans.promote import plan_promote, plan_roll_back
from git_pbm.core.plans.remove import plan_remove
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import RefusedError, UnverifiedError
from git_pbm.gitio.repository import Repository
from git_pbm.operations.deployment import DeployResult, deploy_current, engine_of
from git_pbm.operations.lookup import resolve
from git_pbm.operations.unit_of_work import ChangeOptions, CommitResult, Site, carry_out, new_staging, site
from git_pbm.snapshots.promotions import is_shallow, promotions, stack
from git_pbm.transaction.recovery import leave_staging

Planned = tuple[str, Plan | None]


@dataclass(frozen=True, slots=True)
class ModelChangeResult:
    """What came of it: the model, the change, or only its plan; neither where nothing needed changing."""

    model_id: str
    changed: CommitResult | None = None
    planned: Plan | None = None
    deployed: DeployResult | None = None


def promote(
    repository: Repository, model: str, wishes: ChangeOptions, *, body: str = "", only_plan: bool = False
) -> ModelChangeResult:
    """Make a model current; what is current already is left alone, a failed deployment of it is done."""

    def planner(place: Site) -> Planned:
        model_id = resolve(repository, place.registry, model)
        return model_id, plan_promote(place.registry, model_id, body)

    return _run(repository, "promote", wishes, planner, only_plan)


def roll_back(
    repository: Repository, wishes: ChangeOptions, *, body: str = "", only_plan: bool = False
) -> ModelChangeResult:
    """Make current again what the last promotion replaced; again and again, like a stack."""

    def planner(place: Site) -> Planned:
        model_id = _before(repository, place.registry)
        return model_id, plan_roll_back(place.registry, model_id, body)

    return _run(repository, "rollback", wishes, planner, only_plan)


def _before(repository: Repository, registry: Registry) -> str:
    piled = stack(promotions(repository))
    if piled and piled[-1] == registry.current_id:
        piled.pop()
    while piled:
        model_id = piled.pop()
        if model_id in registry.models and model_id != registry.current_id:
            if not is_id(registry.current_id or ""):
                raise RefusedError(f"{REGISTRY_PATH} names no model as current", "choose one: git pbm promote MODEL")
            return model_id
    if is_shallow(repository):
        raise UnverifiedError("this clone's history ends before the last promotion", "git fetch --unshallow")
    raise RefusedError("no earlier promotion to roll back to", "git pbm history shows what was current")


def remove(
    repository: Repository, model: str, why: str, wishes: ChangeOptions, *, only_plan: bool = False
) -> ModelChangeResult:
    """Remove a model; the reason goes into the commit's body."""

    def planner(place: Site) -> Planned:
        model_id = resolve(repository, place.registry, model)
        return model_id, plan_remove(place.registry, model_id, why)

    return _run(repository, "remove", wishes, planner, only_plan)


def annotate(
    repository: Repository,
    model: str,
    fields: Mapping[str, JsonValue],
    wishes: ChangeOptions,
    *,
    body: str = "",
    only_plan: bool = False,
) -> ModelChangeResult:
    """Change what may change about a model."""

    def planner(place: Site) -> Planned:
        model_id = resolve(repository, place.registry, model)
        return model_id, plan_annotate(place.registry, model_id, fields, body)

    return _run(repository, "annotate", wishes, planner, only_plan)


def _run(
    repository: Repository, command: str, wishes: ChangeOptions, planner: Callable[[Site], Planned], only_plan: bool
) -> ModelChangeResult:
    staging = new_staging(repository)
    try:
        with site(repository, wishes, staging) as place:
            model_id, plan = planner(place)
            if plan is None:
                return ModelChangeResult(model_id, deployed=_again(repository, command, model_id, wishes, only_plan))
            if only_plan:
                check_plan(plan, place.base, sound=place.registry.sound)
                return ModelChangeResult(model_id, planned=plan)
            changed = carry_out(place, plan, wishes, command)
            return ModelChangeResult(model_id, changed=changed, deployed=changed.deployed)
    finally:
        leave_staging(repository, staging)


def _again(
    repository: Repository, command: str, model_id: str, wishes: ChangeOptions, only_plan: bool
) -> DeployResult | None:
    engine = engine_of(repository) if command == "promote" and wishes.deploy and not only_plan else None
    return deploy_current(repository, model_id, engine, wishes.wait) if engine else None
