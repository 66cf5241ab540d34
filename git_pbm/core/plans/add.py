"""The plan of ``git pbm add``: what can be known is derived, what contradicts is refused."""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from git_pbm.core.documents import commit_message as message
from git_pbm.core.documents.metadata import FileRecord, Metadata
from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.documents.training_history import Metrics
from git_pbm.core.names import (
    HASH_DIGITS,
    ID_DIGITS,
    RL,
    SUPERVISED,
    NetworkRole,
    count_as_text,
    metadata_path,
    model_path,
    network_name,
    rl_numbers,
    tag_problem,
    training_of,
)
from git_pbm.core.plans.derived_files import refuse_malformed, with_derived
from git_pbm.core.plans.interface_warnings import interface_warnings
from git_pbm.core.plans.plan import Edit, Plan, PutNetwork, WriteText
from git_pbm.core.plans.wrong_files import refuse_wrong_files
from git_pbm.core.registry.facts import Facts
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, RefusedError, UsageError


@dataclass(frozen=True, slots=True)
class AddFields:
    """What a person says about a model; None always means: not said."""

    tag: str
    training: str | None = None
    round: int | None = None
    iteration: int | None = None
    params: str | None = None
    notes: str | None = None
    created: str | None = None
    promote: bool = True
    body: str = ""
    as_given: bool = False
    """Whether files are taken that look like the wrong ones."""


@dataclass(frozen=True, slots=True)
class NewModel:
    """What a person says, the parent resolved to an id, and the facts about the files that were taken in.

    ``today`` is the local calendar day, ``object_ids`` are git's ids for the two files' bytes, where known.
    """

    fields: AddFields
    policy: Facts
    value: Facts | None
    version: int
    today: str
    metrics: Metrics
    parent: str | None = None
    object_ids: tuple[str, str] = ("", "")
    deploy: bool = True


@dataclass(frozen=True, slots=True)
class AlreadyThere:
    """The same bytes under the same tag: nothing to add. ``differences`` are lines with the command to type."""

    model_id: str
    tag: str
    differences: tuple[str, ...]
    is_current: bool


def check_fields(fields: AddFields) -> None:
    """Refuse fields that contradict each other before any byte is read. Raises :class:`UsageError`."""
    tag, training = fields.tag, fields.training
    problem = tag_problem(tag)
    if problem is not None:
        raise UsageError(f"--tag {tag!r}: {problem}", "conventions: supervised-v<N>, rl-r<round>-i<iteration>")
    numbers = rl_numbers(tag)
    if numbers is not None:
        for option, given, inferred in (
            ("--round", fields.round, numbers[0]),
            ("--iteration", fields.iteration, numbers[1]),
        ):
            if given is not None and given != inferred:
                raise UsageError(
                    f"{option} {given} contradicts the tag {tag}, which says {inferred}", f"leave {option} out"
                )
    expected = training_of(tag)
    if training is not None and expected is not None and training != expected:
        raise UsageError(f"--training {training} contradicts the tag {tag}", f"a tag like {tag} means {expected}")
    if expected is None and training is None:
        raise UsageError(
            f"the tag {tag} does not tell how the model was trained",
            "say --training supervised or --training rl_selfplay",
        )
    if (training or expected) == SUPERVISED and (fields.round is not None or fields.iteration is not None):
        raise UsageError("--round and --iteration are for RL models", "say --training rl_selfplay, or leave them out")


def plan_add(registry: Registry, request: NewModel) -> Plan | AlreadyThere:
    """The plan, or that the model is there already.

    Raises :class:`RefusedError` for bytes or a tag that another model has, and :class:`UsageError` for words
    that contradict each other.
    """
    check_fields(request.fields)
    model_id = request.policy.sha256[:ID_DIGITS]
    there = registry.models.get(model_id)
    if there is not None:
        return _already_there(registry, there, request)
    _refuse_used_tag(registry, request.fields.tag)
    metadata = metadata_of(registry, request)
    before = metadata.parent or registry.current_id
    if not request.fields.as_given:
        refuse_wrong_files(registry, request.policy, request.value, request.object_ids, before)
    document = metadata.to_json()
    refuse_malformed(document, document)
    folder = model_path(model_id)
    puts = [
        PutNetwork(
            f"{folder}/{network_name(NetworkRole.POLICY, request.version)}", request.policy, request.object_ids[0]
        )
    ]
    if request.value is not None:
        puts.append(
            PutNetwork(
                f"{folder}/{network_name(NetworkRole.VALUE, request.version)}", request.value, request.object_ids[1]
            )
        )
    edits: tuple[Edit, ...] = (*puts, WriteText(metadata_path(model_id), metadata.text().encode()))
    current = model_id if request.fields.promote else registry.current_id
    return Plan(
        with_derived(registry, edits, {model_id: metadata}, current),
        message.added(request.fields.tag, model_id, request.fields.body),
        deploys=model_id if request.fields.promote and request.deploy else None,
        warnings=interface_warnings(registry, request.policy, request.value, before),
    )


def metadata_of(registry: Registry, request: NewModel) -> Metadata:
    """The metadata that the request means, everything derivable derived."""
    training = request.fields.training or training_of(request.fields.tag) or ""
    numbers = rl_numbers(request.fields.tag) or (request.fields.round, request.fields.iteration)
    parent = request.parent
    if parent is None and training == RL:
        parent = registry.current_id
    files = {network_name(NetworkRole.POLICY, request.version): FileRecord(request.policy.sha256, request.policy.size)}
    if request.value is not None:
        files[network_name(NetworkRole.VALUE, request.version)] = FileRecord(request.value.sha256, request.value.size)
    metrics = request.metrics
    return Metadata(
        hash=request.policy.sha256,
        created=request.fields.created or request.today,
        training=training,
        tag=request.fields.tag,
        params=request.fields.params or _counted(request.policy),
        parent=parent,
        round=numbers[0],
        iteration=numbers[1],
        best_epoch=metrics.best_epoch,
        best_loss=metrics.best_loss,
        entropy=metrics.entropy,
        kl=metrics.kl,
        supervised_mix=metrics.supervised_mix,
        notes=request.fields.notes,
        files=files,
        extra={name: value for name, value in metrics.own.items() if value is not None},
    )


def _counted(policy: Facts) -> str:
    if policy.onnx is None:
        raise RefusedError(
            "the policy's parameters cannot be counted", "say them: --params 15.36M", error_id=ErrorId.UNUSABLE_SOURCE
        )
    return count_as_text(policy.onnx.parameters)


def _refuse_used_tag(registry: Registry, tag: str) -> None:
    for used, model in registry.tagged():
        if used == tag:
            raise RefusedError(
                f"tag {tag} is the name of model {model.name} already",
                "choose another tag: --tag TAG",
                error_id=ErrorId.TAG_IN_USE,
            )


def _already_there(registry: Registry, there: Model, request: NewModel) -> AlreadyThere:
    known = there.facts(there.policy) if there.policy else None
    sha256, metadata = request.policy.sha256, there.metadata
    tag = metadata.tag if metadata is not None else ""
    if not isinstance(known, Facts):
        raise RefusedError(
            f"{there.path} is there, but its policy cannot be read, so it cannot be compared",
            "look at it: git pbm check",
            error_id=ErrorId.CONTENT_DAMAGED,
        )
    if known.sha256 != sha256:
        raise RefusedError(
            f"id {there.name} belongs to another model ({tag}): the first {ID_DIGITS} of {HASH_DIGITS} digits agree "
            f"by chance or by intent, {sha256[:16]}... is not {known.sha256[:16]}...",
            "one of the two may be forged: find out where each comes from before you export again",
            error_id=ErrorId.MODEL_CONFLICTS,
        )
    if metadata is None or tag != request.fields.tag:
        raise RefusedError(
            f"these bytes are model {there.name} already, under the tag {tag}",
            f"nothing needs adding; to use it: git pbm promote {tag}",
            error_id=ErrorId.MODEL_EXISTS,
        )
    _refuse_other_value(there, request)
    if None not in (request.parent, metadata.parent) and request.parent != metadata.parent:
        raise RefusedError(
            f"model {there.name} ({tag}) is there already; its parent is {metadata.parent}, and that does not change",
            "leave --parent out",
            error_id=ErrorId.MODEL_EXISTS,
        )
    differences = _differences(metadata, request)
    is_current = registry.current_id == there.name
    if request.fields.promote and not is_current:
        differences = (*differences, f"it is not current: git pbm promote {tag}")
    return AlreadyThere(there.name, tag, differences, is_current)


def _refuse_other_value(there: Model, request: NewModel) -> None:
    known = there.facts(there.value) if there.value else None
    given = request.value
    if (given.sha256 if given else None) != (known.sha256 if isinstance(known, Facts) else None) and given is not None:
        has = "another value net" if known is not None else "no value net"
        raise RefusedError(
            f"model {there.name} ({request.fields.tag}) has this policy and {has}; "
            "a model is named by its policy and never changes",
            "export the policy anew to make a new model, or leave the value net out",
            error_id=ErrorId.MODEL_CONFLICTS,
        )


def _differences(metadata: Metadata, request: NewModel) -> tuple[str, ...]:
    """What was said and is not what the registry has, each with the command that makes it so."""
    metrics = request.metrics
    said = (
        ("best_epoch", metrics.best_epoch, metadata.best_epoch),
        ("best_loss", metrics.best_loss, metadata.best_loss),
        ("entropy", metrics.entropy, metadata.entropy),
        ("kl", metrics.kl, metadata.kl),
        ("supervised_mix", metrics.supervised_mix, metadata.supervised_mix),
        ("notes", request.fields.notes, metadata.notes),
        ("params", request.fields.params, metadata.params),
        ("parent", request.parent, metadata.parent),
    )
    own = [(name, wanted, metadata.extra.get(name)) for name, wanted in metrics.own.items()]
    options = [f"--{name.replace('_', '-')} {shlex.quote(str(wanted))}" for name, wanted, _ in said]
    options += [_own_option(name, wanted) for name, wanted, _ in own]
    return tuple(
        f"{name} is {'absent' if has is None else has}, not {wanted}: git pbm annotate {metadata.tag} {option}"
        for (name, wanted, has), option in zip((*said, *own), options, strict=True)
        if wanted is not None and wanted != has
    )


def _own_option(name: str, wanted: JsonValue) -> str:
    """How a metric of a person's own is given: texts and booleans only in a file."""
    is_number = isinstance(wanted, int | float) and not isinstance(wanted, bool)
    return f"--metric {name}={wanted}" if is_number else "--metrics FILE"
