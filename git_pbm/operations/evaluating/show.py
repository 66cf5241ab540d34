"""``git pbm eval show``: one evaluation."""

from __future__ import annotations

from dataclasses import dataclass

from git_pbm.core.evaluations.evaluation import Evaluation, Retraction
from git_pbm.core.evaluations.ledger_files import LedgerFiles
from git_pbm.core.registry.ledger import LedgerFile
from git_pbm.errors import ErrorId, UsageError
from git_pbm.operations.evaluating.lacking import refuse_lacking
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
    """Look at the evaluation whose name begins so. Raises ``UsageError``, ``UnverifiedError``."""
    file, files = find(ledger, text)
    return EvalShowResult(file.name, files.evaluations[file.name], files.retracted.get(file.name))


def find(ledger: GitLedger, text: str) -> tuple[LedgerFile, LedgerFiles]:
    """Return the evaluation whose name begins so, and the folder that it is in.

    Raises ``UsageError``, ``UnverifiedError``.
    """
    word = text.lower().removesuffix(".json").rpartition("/")[2]
    paths = [path for path in ledger.paths() if path.rpartition("/")[2].startswith(word) and len(word) >= _FEWEST]
    if len(paths) > 1:
        raise UsageError(
            f"{text} begins the names of {len(paths)} evaluations", "write more of it", error_id=ErrorId.AMBIGUOUS_MODEL
        )
    files = LedgerFiles(ledger.folder(paths[0].split("/")[1]) if paths else {})
    refuse_lacking(files)
    file = files.files[paths[0]] if paths else None
    if file is None or file.name not in files.evaluations:
        raise UsageError(
            f"{text}: not an evaluation of this registry",
            "git pbm eval list shows them",
            error_id=ErrorId.UNKNOWN_EVALUATION,
        )
    return file, files
