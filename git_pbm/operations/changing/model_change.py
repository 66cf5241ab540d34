"""What the commands that change one model have in common: begin, plan, check, write, deploy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from git_pbm.core.documents.metadata import Metadata
from git_pbm.core.documents.strict_json import read_json
from git_pbm.core.names import current_target_id, metadata_path
from git_pbm.core.plans.plan import Plan, SetLink, WriteText
from git_pbm.core.plans.promote import tag_of
from git_pbm.errors import NotDeployedError
from git_pbm.gitio.repository import Repository
from git_pbm.operations.deployment import DeployResult, deploy_current, engine_of
from git_pbm.operations.result import Result
from git_pbm.operations.unit_of_work import ChangeOptions, CommitResult, UnitOfWork

Planner = Callable[[UnitOfWork], tuple[str, Plan | None]]
"""Finds the model that is meant and plans its change; None where nothing needs changing."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How things are after a change that may turn ``current``: each model as ``tag (id)``, None where there is none."""

    current: str | None
    before: str | None
    parent: str | None
    engine: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelChangeResult(Result):
    """What came of it: the model, the change, or only its plan; neither where nothing needed changing.

    ``standing`` is told after an add, a promotion and a roll-back.
    """

    model_id: str
    standing: Standing | None = None
    changed: CommitResult | None = None
    planned: Plan | None = None
    deployed: DeployResult | None = None
    failure: NotDeployedError | None = None
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


def standing_after(uow: UnitOfWork, plan: Plan, model_id: str) -> Standing:
    """How things are once a plan is carried out."""
    links = [current_target_id(edit.target) for edit in plan.edits if isinstance(edit, SetLink)]
    before = uow.registry.current_id
    current = links[-1] if links else before
    written = [edit for edit in plan.edits if isinstance(edit, WriteText) and edit.path == metadata_path(model_id)]
    known = uow.registry.models.get(model_id)
    metadata = Metadata.from_json(read_json(written[0].content, len(written[0].content))) if written else None
    if metadata is None and known is not None:
        metadata = known.metadata

    def label(name: str | None) -> str | None:
        if name is None:
            return None
        tag = metadata.tag if name == model_id and metadata is not None else tag_of(uow.registry, name)
        return f"{tag} ({name})" if tag != name else name

    return Standing(
        current=label(current),
        before=label(before) if before != current else None,
        parent=label(metadata.parent) if metadata is not None else None,
        engine=engine_of(uow.repository),
    )


def turns_current(plan: Plan) -> bool:
    """Whether another model is current once a plan is carried out."""
    return any(isinstance(edit, SetLink) for edit in plan.edits)


def change_model(
    repository: Repository, command: str, options: ChangeOptions, planner: Planner, *, redeploy: bool = False
) -> ModelChangeResult:
    """Run the planner and make its plan true; with ``redeploy`` a deployment that had failed is done where it has none.

    Raises ``UsageError``, ``RefusedError`` and their kin; then nothing was changed.
    """
    with UnitOfWork.begin(repository, command, options) as uow:
        model_id, plan = planner(uow)
        if plan is None:
            deployed, failure = _deploy(repository, model_id, options) if redeploy else (None, None)
            return ModelChangeResult(model_id=model_id, deployed=deployed, failure=failure)
        if options.preview:
            uow.preview(plan)
            return ModelChangeResult(model_id=model_id, planned=plan)
        standing = standing_after(uow, plan, model_id) if turns_current(plan) else None
        changed = uow.make(plan)
        return ModelChangeResult(
            model_id=model_id, changed=changed, deployed=changed.deployed, failure=changed.failure, standing=standing
        )


def _deploy(
    repository: Repository, model_id: str, options: ChangeOptions
) -> tuple[DeployResult | None, NotDeployedError | None]:
    engine = engine_of(repository) if options.deploy and not options.preview else None
    return deploy_current(repository, model_id, engine, options.wait) if engine else (None, None)
