"""The gate of a registry as commands ask it: which one is in force, against which model, and what it says."""

from __future__ import annotations

from git_pbm.core.evaluations.evaluation import EvaluatedModel
from git_pbm.core.evaluations.gate import gate_of, player_of, verdict_of
from git_pbm.core.evaluations.policy import Gate
from git_pbm.core.evaluations.verdict import Verdict
from git_pbm.core.names import MODELS_PATH
from git_pbm.core.registry.facts import Unavailable
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, RefusedError, UnverifiedError
from git_pbm.gitio.repository import Repository
from git_pbm.snapshots.promotions import Past

_GET = "get what is missing: git pbm check --rev HEAD --fetch"


def gate_in_force(registry: Registry) -> Gate | None:
    """Return the gate that binds a change of this registry. Raises ``UnverifiedError`` where it cannot be read."""
    if not registry.may_have_gate:
        return None
    gate = gate_of(registry)
    if isinstance(gate, Unavailable):
        raise UnverifiedError(f"{gate.path} is not in this clone", _GET, error_id=ErrorId.CONTENT_MISSING)
    return gate


def baseline_of(repository: Repository, registry: Registry) -> str | None:
    """Return what a candidate is held against: what is current, or was last; None where nothing ever was."""
    head = repository.head()
    return registry.current_id or (Past(repository, head).last_current() if head is not None else None)


def evaluated_model(registry: Registry, model_id: str) -> EvaluatedModel:
    """Return a model as it would play. Raises ``UnverifiedError``, and ``RefusedError`` where it is not there."""
    player = player_of(registry, model_id)
    if player is None:
        raise RefusedError(
            f"{MODELS_PATH}/{model_id} is not there, so there is nothing to judge",
            "git pbm check says what is wrong",
            error_id=ErrorId.CONTENT_DAMAGED,
        )
    if isinstance(player, Unavailable):
        raise UnverifiedError(f"{player.path} is not in this clone", _GET, error_id=ErrorId.CONTENT_MISSING)
    return player


def evidence(registry: Registry, gate: Gate, candidate: str, baseline: str) -> Verdict:
    """Return the verdict on a candidate, from the evaluations of one tree. Raises as :func:`evaluated_model`."""
    players = evaluated_model(registry, candidate), evaluated_model(registry, baseline)
    found = verdict_of(registry.ledger, registry.ledger, gate, *players)
    if not isinstance(found, Verdict):
        more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
        raise UnverifiedError(f"{found[0].path}{more} is not in this clone", _GET, error_id=ErrorId.CONTENT_MISSING)
    return found
