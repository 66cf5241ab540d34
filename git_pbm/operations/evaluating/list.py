"""``git pbm eval list``: the evaluations of a model, or of all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from git_pbm.core.evaluations.evaluation import Evaluation, Retraction
from git_pbm.core.evaluations.ledger_files import LedgerFiles
from git_pbm.operations.evaluating.lacking import refuse_lacking
from git_pbm.operations.result import Result
from git_pbm.snapshots.ledger import GitLedger


@dataclass(frozen=True, slots=True)
class EvalListResult(Result):
    """The evaluations in order of their end, by name, and the retractions of some."""

    evaluations: Mapping[str, Evaluation]
    retracted: Mapping[str, Retraction]


def list_evaluations(
    ledger: GitLedger, model_id: str | None, *, against: str | None = None, arena: str | None = None
) -> EvalListResult:
    """Look at the evaluations that a model is in, on either side; None: at all. ``against`` is an id or a key."""
    files = LedgerFiles(ledger.every())
    refuse_lacking(files)
    wanted = {player for player in (model_id, against) if player is not None}
    found = {
        name: one
        for name, one in files.evaluations.items()
        if wanted <= {one.model.key, one.opponent.key} and arena in (None, one.arena)
    }
    return EvalListResult(found, files.retracted)
