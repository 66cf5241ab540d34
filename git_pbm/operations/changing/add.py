"""``git pbm add``: the eight-step recipe as one transaction."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from git_pbm.core.documents.strict_json import DocumentProblem, read_json
from git_pbm.core.documents.training_history import NO_METRICS, Metrics, metrics_of
from git_pbm.core.names import DEFAULT_VERSION, ID_DIGITS, NetworkRole, network_kind, network_name
from git_pbm.core.plans.add import AddFields, AlreadyThere, NewModel, check_fields, plan_add
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, RefusedError, UsageError
from git_pbm.gitio.loose_objects import takes_loose_blobs
from git_pbm.gitio.repository import Repository
from git_pbm.operations.changing.model_change import ModelChangeResult, standing_after
from git_pbm.operations.deployment import deploy_current, engine_of
from git_pbm.operations.lookup import resolve
from git_pbm.operations.removed import removal_of
from git_pbm.operations.unit_of_work import ChangeOptions, UnitOfWork, staging_folder
from git_pbm.transaction.intake import Progress, Source, StagedFile, intake

_LOG_LIMIT = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class AddRequest:
    """What is to be added: two source files, what a person says of them, a MODEL that is the parent, a metrics file."""

    policy: str
    value: str | None
    fields: AddFields
    parent: str | None = None
    metrics: Metrics = NO_METRICS
    metrics_file: str | None = None
    again: bool = False
    """Whether a model may be added that was removed before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddResult(ModelChangeResult):
    """What came of it: a change, only its plan (``--dry-run``), or that the model was there already."""

    there: AlreadyThere | None = None
    kept_by_gate: str | None = None
    """Why it is not current: the id of the model to be better than, where a gate is in force; else None."""

    @property
    def notices(self) -> tuple[str, ...]:
        """That a gate keeps it a candidate, and what leads on."""
        if self.kept_by_gate is None:
            return ()
        add = f"git pbm eval add {self.model_id} --against {self.kept_by_gate} --from FILE"
        return (
            f"{self.model_id} is a candidate: a gate is in force, so it has to be better than {self.kept_by_gate}",
            f"play a match and record it: {add}; then: git pbm promote {self.model_id}",
        )


def add(
    repository: Repository, request: AddRequest, options: ChangeOptions, progress: Progress | None = None
) -> AddResult:
    """Add a model. Raises ``UsageError``, ``RefusedError`` and their kin; then nothing was changed."""
    check_fields(request.fields)
    metrics = read_metrics(request.metrics_file, request.metrics)
    with staging_folder(repository) as staging:
        sources = _sources(request, _version_of(request))
        objects = not options.preview and takes_loose_blobs(repository, sources[0].name)
        taken = intake(sources, staging, repository.object_format, progress, with_objects=objects)
        with UnitOfWork.begin(repository, "add", options, staging=staging) as uow:
            request, kept_by_gate = _under_gate(repository, uow.registry, request)
            parent = resolve(repository, uow.registry, request.parent) if request.parent is not None else None
            model = _new_model(request, metrics, [taken[source.name] for source in sources], parent, options)
            plan = plan_add(uow.registry, model)
            if isinstance(plan, AlreadyThere):
                return _there_already(repository, plan, request, options)
            model_id = model.policy.sha256[:ID_DIGITS]
            if not request.again:
                _refuse_removed(repository, model_id)
            if options.preview:
                uow.preview(plan)
                return AddResult(model_id=model_id, planned=plan, kept_by_gate=kept_by_gate)
            standing = standing_after(uow, plan, model_id)
            changed = uow.make(plan)
            return AddResult(
                model_id=model_id,
                changed=changed,
                deployed=changed.deployed,
                failure=changed.failure,
                standing=standing,
                kept_by_gate=kept_by_gate,
            )


def _under_gate(repository: Repository, registry: Registry, request: AddRequest) -> tuple[AddRequest, str | None]:
    """The request, without its promotion where a gate asks for evidence first, and the model to be better than."""
    if not request.fields.promote or not registry.may_have_gate:
        return request, None
    from git_pbm.operations.gate import baseline_of, gate_in_force  # few registries have a gate

    baseline = baseline_of(repository, registry) if gate_in_force(registry) is not None else None
    if baseline is None:
        return request, None
    return replace(request, fields=replace(request.fields, promote=False)), baseline


def _refuse_removed(repository: Repository, model_id: str) -> None:
    removal = removal_of(repository, model_id)
    if removal is not None:
        raise RefusedError(
            f"these bytes were a model already, and {removal.sentence}",
            "to add them all the same, say --again",
            error_id=ErrorId.MODEL_REMOVED,
        )


def _sources(request: AddRequest, version: int) -> list[Source]:
    sources = [Source(request.policy, network_name(NetworkRole.POLICY, version))]
    if request.value is not None:
        sources.append(Source(request.value, network_name(NetworkRole.VALUE, version)))
    return sources


def _new_model(
    request: AddRequest, metrics: Metrics, taken: Sequence[StagedFile], parent: str | None, options: ChangeOptions
) -> NewModel:
    policy, value = taken[0], taken[1] if len(taken) > 1 else None
    return NewModel(
        fields=request.fields,
        policy=policy.facts,
        value=value.facts if value else None,
        object_ids=(policy.object_id, value.object_id if value else ""),
        version=_version_of(request),
        today=date.today().isoformat(),
        metrics=metrics,
        parent=parent,
        deploy=options.deploy,
    )


def _there_already(
    repository: Repository, there: AlreadyThere, request: AddRequest, options: ChangeOptions
) -> AddResult:
    """Nothing to add; a deployment that failed the first time is done now."""
    is_wanted = options.deploys and request.fields.promote and there.is_current
    engine = engine_of(repository) if is_wanted else None
    deployed, failure = deploy_current(repository, there.model_id, engine, options.wait) if engine else (None, None)
    return AddResult(model_id=there.model_id, there=there, deployed=deployed, failure=failure)


def _version_of(request: AddRequest) -> int:
    """N of ``policy_v<N>.onnx``: from the sources' names where they have one."""
    kinds = [network_kind(os.path.basename(path)) for path in (request.policy, request.value) if path is not None]
    if kinds[0] is not None and kinds[0][0] is NetworkRole.VALUE:
        raise UsageError(
            f"{request.policy}: the policy comes first, and this is named like a value net",
            "git pbm add POLICY VALUE --tag TAG",
        )
    if len(kinds) > 1 and kinds[1] is not None and kinds[1][0] is NetworkRole.POLICY:
        raise UsageError(
            f"{request.value}: the value net comes second, and this is named like a policy",
            "git pbm add POLICY VALUE --tag TAG",
        )
    versions = {kind[1] for kind in kinds if kind is not None}
    if len(versions) > 1:
        raise UsageError(
            f"{request.policy} and {request.value} are of different versions",
            "a model's two networks have one version",
        )
    return versions.pop() if versions else DEFAULT_VERSION


def read_metrics(path: str | None, said: Metrics) -> Metrics:
    """What a metrics file says, with what was said on the command line laid over it. Raises ``UsageError``."""
    if path is None:
        return said
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe would be waited for
            raise UsageError(
                f"--metrics {path}: not a regular file",
                "name the file that your training wrote",
                error_id=ErrorId.UNUSABLE_METRICS,
            )
        with open(path, "rb") as file:
            data = file.read(_LOG_LIMIT + 1)
    except OSError as error:
        raise UsageError(
            f"--metrics {path}: {error.strerror}",
            "a run without its history file has not finished: is this the model that you mean?",
            error_id=ErrorId.NO_SUCH_FILE,
        ) from error
    try:
        found = metrics_of(read_json(data, _LOG_LIMIT), said.best_epoch)
    except DocumentProblem as problem:
        raise UsageError(
            f"--metrics {path}: {problem}", "it must be strict JSON", error_id=ErrorId.UNUSABLE_METRICS
        ) from problem
    return found.overlaid(said)
