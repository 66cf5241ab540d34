"""``git pbm eval retract``: say that an evaluation is wrong; its file stays."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from git_pbm.core.documents.commit_message import retracted
from git_pbm.core.documents.dates import is_calendar_day
from git_pbm.core.evaluations.evaluation import Retraction, path_of
from git_pbm.errors import ErrorId, RefusedError, UsageError
from git_pbm.gitio.repository import Repository
from git_pbm.operations.evaluating.change import LedgerWrite, record
from git_pbm.operations.evaluating.show import show_evaluation
from git_pbm.operations.result import Result
from git_pbm.operations.unit_of_work import ChangeOptions, UnitOfWork
from git_pbm.snapshots.ledger import GitLedger


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalRetractResult(LedgerWrite, Result):
    """The name of the evaluation that does not count any more."""

    name: str


def retract(
    repository: Repository, text: str, why: str, options: ChangeOptions, *, day: str | None = None
) -> EvalRetractResult:
    """Retract an evaluation; ``day`` is today where it is None.

    Raises ``UsageError``, ``RefusedError`` and their kin; then nothing was changed.
    """
    if not why.strip():
        raise UsageError("--why is empty", "say in a few words what is wrong with it")
    if not is_calendar_day(day or "2026-01-01"):
        raise UsageError(f"--date {day}: not a date", "write it as 2026-11-25")
    with UnitOfWork.begin(repository, "eval retract", options) as uow:
        found = show_evaluation(GitLedger(repository, uow.workspace.base, None), text)
        if found.retraction is not None:
            raise RefusedError(
                f"{found.name} is retracted already, on {found.retraction.date}: {found.retraction.reason}",
                "a retraction stays as it is",
                error_id=ErrorId.NOTHING_TO_DO,
            )
        model = found.evaluation.model
        day = day or date.today().isoformat()
        document = Retraction(model=model, retracts=(found.name,), reason=why.strip(), date=day)
        changed, planned = record(uow, document, retracted(model.tag, model.id, why))
        return EvalRetractResult(name=found.name, path=path_of(document), changed=changed, planned=planned)
