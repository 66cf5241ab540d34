"""``git pbm annotate``: change what may change about a model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.plans.annotate import plan_annotate
from git_pbm.core.plans.plan import Plan
from git_pbm.gitio.repository import Repository
from git_pbm.operations.changing.model_change import ModelChangeResult, change_model
from git_pbm.operations.lookup import resolve
from git_pbm.operations.unit_of_work import ChangeOptions, UnitOfWork


def annotate(
    repository: Repository,
    model: str,
    fields: Mapping[str, JsonValue],
    options: ChangeOptions,
    *,
    parent: str | None = None,
    body: str = "",
) -> ModelChangeResult:
    """Set fields of a model's metadata; ``parent`` is a MODEL expression."""

    def planner(uow: UnitOfWork) -> tuple[str, Plan | None]:
        model_id = resolve(repository, uow.registry, model)
        given = {"parent": resolve(repository, uow.registry, parent)} if parent is not None else {}
        return model_id, plan_annotate(uow.registry, model_id, {**fields, **given}, body)

    result = change_model(repository, "annotate", options, planner)
    return replace(result, why_unchanged="already up to date")
