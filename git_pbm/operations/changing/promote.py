"""``git pbm promote``: make a model current."""

from __future__ import annotations

from dataclasses import replace

from git_pbm.core.documents.commit_message import EVALS, EVIDENCE, GATE, OVERRIDDEN, REPLACED
from git_pbm.core.plans.plan import Plan
from git_pbm.core.plans.promote import plan_promote
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, RefusedError, UsageError
from git_pbm.gitio.repository import Repository
from git_pbm.operations.changing.model_change import ModelChangeResult, change_model
from git_pbm.operations.lookup import resolve
from git_pbm.operations.unit_of_work import ChangeOptions, UnitOfWork


def promote(
    repository: Repository, model: str, options: ChangeOptions, *, body: str = "", why_no_gate: str | None = None
) -> ModelChangeResult:
    """Make a model current; what is current already is left alone, a failed deployment of it is done.

    Where a gate is in force the model must pass it, or ``why_no_gate`` says why it need not. Raises ``RefusedError``
    where it does not pass.
    """
    if why_no_gate is not None and not why_no_gate.strip():
        raise UsageError("--why is empty", "say in a few words why the gate is not asked")

    def planner(uow: UnitOfWork) -> tuple[str, Plan | None]:
        model_id = resolve(repository, uow.registry, model)
        if model_id == uow.registry.current_id:
            return model_id, plan_promote(uow.registry, model_id, body)
        trailers = _trailers(repository, uow.registry, model_id, is_asked=why_no_gate is None)
        whole = "\n\n".join(text for text in (why_no_gate, body) if text)
        return model_id, plan_promote(uow.registry, model_id, whole, trailers)

    result = change_model(repository, "promote", options, planner, redeploy=True)
    return replace(result, why_unchanged=f"{result.model_id} is current already")


def _trailers(
    repository: Repository, registry: Registry, model_id: str, *, is_asked: bool
) -> tuple[tuple[str, str], ...]:
    """What the message says of the gate; nothing where none is in force, or nothing was ever current."""
    if not registry.may_have_gate:
        return ()
    from git_pbm.core.evaluations.gate import evidence_text, gate_text  # few registries have a gate
    from git_pbm.core.evaluations.verdict import Decision
    from git_pbm.operations.gate import baseline_of, evidence, gate_in_force

    gate = gate_in_force(registry)
    baseline = baseline_of(repository, registry) if gate is not None else None
    if gate is None or baseline in (None, model_id):
        return ()
    if not is_asked:
        if not gate.override:
            raise RefusedError(
                "the gate of this registry cannot be overridden (override = false)",
                f"git pbm gate {model_id} says what is missing",
                error_id=ErrorId.GATE_NOT_MET,
            )
        return ((GATE, OVERRIDDEN), (REPLACED, baseline))
    verdict = evidence(registry, gate, model_id, baseline)
    if verdict.decision is not Decision.ACCEPTED:
        why = f" ({verdict.reason})" if verdict.reason else ""
        raise RefusedError(
            f"{model_id} has not passed the gate against {baseline}: {evidence_text(verdict)}{why}",
            f"git pbm gate {model_id} says what is missing",
            error_id=ErrorId.GATE_NOT_MET,
        )
    return (
        (GATE, gate_text(gate)),
        (EVIDENCE, evidence_text(verdict)),
        (EVALS, " ".join(verdict.counted)),
        (REPLACED, baseline),
    )
