"""``git pbm eval show``: one evaluation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from git_pbm.core.evaluations.evaluation import Evaluation, Retraction
from git_pbm.errors import ErrorId, UsageError
from git_pbm.operations.evaluating.ledger_files import LedgerFiles, refuse_unreadable
from git_pbm.operations.result import Result
from git_pbm.snapshots.ledger import GitLedger

_FEWEST = 4
"""Digits of a name that are enough where they are the only such name, as with models."""


@dataclass(frozen=True, slots=True)
class EvalShowResult(Result):
    """An evaluation, its name, and why it is retracted, if it is."""

    name: str
    evaluation: Evaluation
    retraction: Retraction | None


def show_evaluation(ledger: GitLedger, text: str) -> EvalShowResult:
    """Look at the evaluation whose name begins so."""
    files = LedgerFiles(ledger.every())
    refuse_unreadable(files)
    name = name_meant(files.by_name, text)
    return EvalShowResult(name, files.by_name[name], files.retracted.get(name))


def name_meant(names: Mapping[str, object], text: str) -> str:
    """Return the one name that begins with a text. Raises ``UsageError``."""
    word = text.lower().removesuffix(".json").rpartition("/")[2]
    found = [name for name in names if name.startswith(word)] if len(word) >= _FEWEST else []
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"{text} begins the names of {len(found)} evaluations", "write more of it", error_id=ErrorId.AMBIGUOUS_MODEL
        )
    raise UsageError(
        f"{text}: not an evaluation of this registry",
        "git pbm eval list shows them",
        error_id=ErrorId.UNKNOWN_EVALUATION,
    )
