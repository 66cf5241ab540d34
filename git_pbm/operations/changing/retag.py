"""``git pbm retag``: correct the tag of the model that the last commit added, where nobody else has that commit."""

from __future__ import annotations

from dataclasses import replace

from git_pbm.core.plans.plan import Plan
from git_pbm.core.plans.retag import plan_retag
from git_pbm.errors import ErrorId, RefusedError
from git_pbm.gitio.repository import Repository
from git_pbm.operations.changing.model_change import ModelChangeResult, change_model
from git_pbm.operations.lookup import resolve
from git_pbm.operations.own_commit import own_commit, refuse_held
from git_pbm.operations.unit_of_work import ChangeOptions, UnitOfWork


def retag(repository: Repository, model: str, tag: str, options: ChangeOptions) -> ModelChangeResult:
    """Replace HEAD, the add of a model, by the same commit with another tag."""

    def planner(uow: UnitOfWork) -> tuple[str, Plan | None]:
        model_id = resolve(repository, uow.registry, model)
        head = uow.workspace.base or ""
        found = own_commit(repository, head, _ways(model_id, tag))
        if (found.named.verb, found.named.model_id) != ("add", model_id):
            raise RefusedError(
                f"HEAD ({head[:10]} {found.subject}) is not the commit that added {model_id}, so its tag stays",
                _ways(model_id, tag),
                error_id=ErrorId.NOT_UNDOABLE,
            )
        refuse_held(repository, head, _ways(model_id, tag))
        return model_id, plan_retag(uow.registry, model_id, tag, found.body)

    result = change_model(repository, "retag", replace(options, amend=True), planner)
    return replace(result, why_unchanged=f"{result.model_id} has the tag {tag} already")


def _ways(model_id: str, tag: str) -> str:
    """What to do where the commit that added a model is not to be replaced."""
    return (
        f"remove it and add it under the other tag: git pbm remove {model_id} --why TEXT; "
        f"git pbm add POLICY [VALUE] --tag {tag} --again"
    )
