"""``git pbm gate``: what the gate says of a candidate, from what HEAD has; nothing is changed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from git_pbm.core.evaluations.eligibility import candidates_tried
from git_pbm.core.evaluations.evaluation import EvaluatedModel
from git_pbm.core.evaluations.gate import player_of, verdict_of
from git_pbm.core.evaluations.ledger_files import LedgerFiles
from git_pbm.core.evaluations.policy import Gate
from git_pbm.core.evaluations.verdict import Decision, Verdict
from git_pbm.core.names import ALLOWANCES_PATH
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, ExitCode, RefusedError, UsageError
from git_pbm.gitio.repository import Repository
from git_pbm.operations.gate import baseline_of, evaluated_model, gate_in_force
from git_pbm.operations.lookup import read_registry, resolve
from git_pbm.operations.result import Result
from git_pbm.snapshots.ledger import GitLedger

_CODES = {
    Decision.ACCEPTED: ExitCode.OK,
    Decision.REJECTED: ExitCode.FINDINGS,
    Decision.INVALID: ExitCode.FINDINGS,
    Decision.UNDECIDED: ExitCode.UNDECIDED,
    Decision.UNVERIFIED: ExitCode.UNVERIFIED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult(Result):
    """What the gate says. ``verdict`` is None where this clone lacks what must be read, the paths ``lacking``."""

    candidate: EvaluatedModel
    baseline: EvaluatedModel
    gate: Gate
    verdict: Verdict | None
    candidates_tried: int
    lacking: tuple[str, ...] = ()
    is_other_here: bool = False
    """Whether the work tree has another ``.pbm.toml`` than HEAD."""

    @property
    def decision(self) -> Decision:
        """What the gate says."""
        return Decision.UNVERIFIED if self.verdict is None else self.verdict.decision

    @property
    def exit_code(self) -> ExitCode:
        """0 accepted, 1 rejected or invalid, 6 undecided, 3 unverified."""
        return _CODES[self.decision]

    @property
    def notices(self) -> tuple[str, ...]:
        """That another policy lies in the work tree, and what to type to get what is missing."""
        return tuple(self._notices())

    def _notices(self) -> Iterator[str]:
        if self.is_other_here:
            yield f"note: {ALLOWANCES_PATH} in the work tree is not the one that binds, which is HEAD's"
        if self.verdict is None:
            yield f"{len(self.lacking)} files are not in this clone -> git pbm check --rev HEAD --fetch"


def ask_gate(repository: Repository, model: str | None, against: str | None) -> GateResult:
    """Ask the gate of HEAD about a MODEL, against another or what is current.

    Without ``model`` the only candidate that has an evaluation is meant. Raises ``UsageError``, and ``RefusedError``
    where no gate is in force.
    """
    registry = read_registry(repository, revision="HEAD")
    ledger = GitLedger(repository, "HEAD", None)
    gate = gate_in_force(registry)
    if gate is None:
        raise RefusedError(
            f"no gate is in force: {ALLOWANCES_PATH} of HEAD has no [gate]",
            f"write [gate] into {ALLOWANCES_PATH} and commit it; `git pbm explain gate-is-met` says more",
            error_id=ErrorId.NO_GATE,
        )
    baseline_id = resolve(repository, registry, against) if against is not None else baseline_of(repository, registry)
    if baseline_id is None:
        raise RefusedError(
            "nothing is current, so there is nothing to be better than",
            "promote the first model: git pbm promote MODEL",
            error_id=ErrorId.NO_GATE,
        )
    baseline = evaluated_model(registry, baseline_id)
    every = LedgerFiles(ledger.every())
    tried = candidates_tried(every.evaluations.values(), baseline, gate.arena)
    candidate_id = resolve(repository, registry, model) if model is not None else _only(registry, tried, baseline)
    if candidate_id == baseline_id:
        raise UsageError(
            f"{baseline.tag} ({baseline.id}) is the model to be better than", "name a candidate: git pbm gate MODEL"
        )
    candidate = evaluated_model(registry, candidate_id)
    found = verdict_of(ledger, ledger, gate, candidate, baseline)
    return GateResult(
        candidate=candidate,
        baseline=baseline,
        gate=gate,
        verdict=found if isinstance(found, Verdict) else None,
        candidates_tried=len(tried),
        lacking=() if isinstance(found, Verdict) else tuple(one.path for one in found),
        is_other_here=_is_other_here(repository, registry),
    )


def _only(registry: Registry, tried: set[str], baseline: EvaluatedModel) -> str:
    there = sorted(tried & registry.models.keys())
    if len(there) == 1:
        return there[0]
    if not there:
        raise UsageError(
            f"no model has an evaluation against {baseline.tag} ({baseline.id})",
            "record a match: git pbm eval add MODEL --against current --from FILE",
        )
    names = [player_of(registry, name) for name in there[:5]]
    listed = ", ".join(one.tag for one in names if isinstance(one, EvaluatedModel))
    raise UsageError(
        f"{len(there)} models have evaluations against {baseline.tag} ({baseline.id}): {listed}",
        "name one: git pbm gate MODEL",
    )


def _is_other_here(repository: Repository, registry: Registry) -> bool:
    if repository.root is None:
        return False
    return read_registry(repository).allowances_text != registry.allowances_text
