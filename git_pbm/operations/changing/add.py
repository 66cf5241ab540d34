"""``git pbm add``: the eight-step recipe as one transaction."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from datetime import date

from git_pbm.core.documents.strict_json import DocumentProblem, read_json
from git_pbm.core.documents.training_history import NO_METRICS, Metrics, metrics_of
from git_pbm.core.names import DEFAULT_VERSION, ID_DIGITS, network_kind, network_name
from git_pbm.core.plans.add import AddFields, AddRequest, AlreadyThere, check_fields, plan_add
from git_pbm.core.plans.check import check_plan
from git_pbm.core.plans.plan import Plan
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import UsageError
from git_pbm.gitio.loose_objects import takes_loose_blobs
from git_pbm.gitio.repository import Repository
from git_pbm.operations.deployment import DeployResult, deploy_current, engine_of
from git_pbm.operations.lookup import resolve
from git_pbm.operations.unit_of_work import ChangeOptions, CommitResult, carry_out, new_staging, site
from git_pbm.transaction.intake import Progress, Source, intake
from git_pbm.transaction.recovery import leave_staging

_LOG_LIMIT = 64 << 20


@dataclass(frozen=True, slots=True)
class AddWishes:
    """What is to be added: two source files, words about them, a MODEL that is the parent, a metrics file."""

    policy: str
    value: str | None
    words: AddFields
    parent: str | None = None
    metrics: Metrics = NO_METRICS
    metrics_file: str | None = None


@dataclass(frozen=True, slots=True)
class AddResult:
    """What came of it: a change, only its plan (``--dry-run``), or that the model was there already."""

    model_id: str
    changed: CommitResult | None = None
    planned: Plan | None = None
    there: AlreadyThere | None = None
    deployed: DeployResult | None = None


def add(
    repository: Repository,
    wanted: AddWishes,
    wishes: ChangeOptions,
    *,
    only_plan: bool = False,
    progress: Progress | None = None,
) -> AddResult:
    """Add a model. Raises ``UsageError``, ``RefusedError`` and their kin; then nothing was changed."""
    check_fields(wanted.words)
    version = _version_of(wanted)
    metrics = read_metrics(wanted.metrics_file, wanted.metrics)
    sources = [Source(wanted.policy, network_name("policy", version))]
    if wanted.value is not None:
        sources.append(Source(wanted.value, network_name("value", version)))
    staging = new_staging(repository)
    try:
        objects = not only_plan and takes_loose_blobs(repository, sources[0].name)
        taken = intake(sources, staging, repository.object_format, progress, with_objects=objects)
        policy, value = taken[sources[0].name], taken[sources[1].name] if wanted.value is not None else None
        with site(repository, wishes, staging) as place:
            request = AddRequest(
                words=wanted.words,
                policy=policy.facts,
                value=value.facts if value else None,
                object_ids=(policy.object_id, value.object_id if value else ""),
                version=version,
                today=date.today().isoformat(),
                metrics=metrics,
                parent=_parent(repository, place.registry, wanted.parent),
                deploy=wishes.deploy,
            )
            plan = plan_add(place.registry, request)
            if isinstance(plan, AlreadyThere):
                return (
                    AddResult(plan.model_id, there=plan)
                    if only_plan
                    else _there_already(repository, plan, wanted, wishes)
                )
            model_id = request.policy.sha256[:ID_DIGITS]
            if only_plan:
                check_plan(plan, place.base, sound=place.registry.sound)
                return AddResult(model_id, planned=plan)
            changed = carry_out(place, plan, wishes, "add")
            return AddResult(model_id, changed=changed, deployed=changed.deployed)
    finally:
        leave_staging(repository, staging)


def _there_already(repository: Repository, there: AlreadyThere, wanted: AddWishes, wishes: ChangeOptions) -> AddResult:
    """Nothing to add; a deployment that failed the first time is done now."""
    wanted_there = wishes.deploy and wishes.commit and wanted.words.promote and there.is_current
    engine = engine_of(repository) if wanted_there else None
    deployed = deploy_current(repository, there.model_id, engine, wishes.wait) if engine else None
    return AddResult(there.model_id, there=there, deployed=deployed)


def _version_of(wanted: AddWishes) -> int:
    """N of ``policy_v<N>.onnx``: from the sources' names where they have one."""
    kinds = [network_kind(os.path.basename(path)) for path in (wanted.policy, wanted.value) if path is not None]
    if kinds[0] is not None and kinds[0][0] == "value":
        raise UsageError(
            f"{wanted.policy}: the policy comes first, and this is named like a value net",
            "git pbm add POLICY VALUE --tag TAG",
        )
    if len(kinds) > 1 and kinds[1] is not None and kinds[1][0] == "policy":
        raise UsageError(
            f"{wanted.value}: the value net comes second, and this is named like a policy",
            "git pbm add POLICY VALUE --tag TAG",
        )
    versions = {kind[1] for kind in kinds if kind is not None}
    if len(versions) > 1:
        raise UsageError(
            f"{wanted.policy} and {wanted.value} are of different versions",
            "a model's two networks have one version",
        )
    return versions.pop() if versions else DEFAULT_VERSION


def _parent(repository: Repository, registry: Registry, said: str | None) -> str | None:
    return resolve(repository, registry, said) if said is not None else None


def read_metrics(path: str | None, said: Metrics) -> Metrics:
    """What a metrics file says, with what was said on the command line laid over it. Raises ``UsageError``."""
    if path is None:
        return said
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # a pipe would be waited for
            raise UsageError(f"--metrics {path}: not a regular file", "name the file that your training wrote")
        with open(path, "rb") as file:
            data = file.read(_LOG_LIMIT + 1)
    except OSError as error:
        raise UsageError(
            f"--metrics {path}: {error.strerror}",
            "a run without its history file has not finished: is this the model that you mean?",
        ) from error
    try:
        found = metrics_of(read_json(data, _LOG_LIMIT), said.best_epoch)
    except DocumentProblem as problem:
        raise UsageError(f"--metrics {path}: {problem}", "it must be strict JSON") from problem
    return found.overlaid(said)
