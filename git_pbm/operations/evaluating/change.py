"""What the commands that add to the ledger have in common: one file, one commit."""

from __future__ import annotations

from dataclasses import dataclass

from git_pbm.core.documents.commit_message import CommitMessage
from git_pbm.core.evaluations.evaluation import Evaluation, Retraction, path_of
from git_pbm.core.plans.plan import Plan, WriteText
from git_pbm.errors import NotDeployedError
from git_pbm.operations.unit_of_work import CommitResult, UnitOfWork


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerWrite:
    """What results of those commands have: the path, and the change or only its plan; neither if nothing was added."""

    path: str
    changed: CommitResult | None = None
    planned: Plan | None = None

    @property
    def failure(self) -> NotDeployedError | None:
        """What failed after the commit."""
        return self.changed.failure if self.changed is not None else None

    @property
    def done(self) -> str | None:
        """What was committed; None where nothing was."""
        return self.changed.done if self.changed is not None else None


def record(
    uow: UnitOfWork, document: Evaluation | Retraction, message: CommitMessage
) -> tuple[CommitResult | None, Plan | None]:
    """Write a document and commit it; return the change, or only its plan. Raises as :meth:`UnitOfWork.make`."""
    plan = Plan((WriteText(path_of(document), document.text().encode("ascii")),), message)
    if uow.options.preview:
        uow.preview(plan)
        return None, plan
    return uow.make(plan), None
