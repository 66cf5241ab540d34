"""The evaluations that a command looks at: of a model, of two players, or the one that a name means."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from git_pbm.core.evaluations.evaluation import EvaluatedModel, Evaluation, NamedOpponent, Retraction
from git_pbm.core.registry.facts import Unavailable
from git_pbm.core.registry.ledger import LedgerFile
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, UnverifiedError


@dataclass(frozen=True)
class LedgerFiles:
    """Some files below ``evals/``, by path, and what they say."""

    files: Mapping[str, LedgerFile]

    @cached_property
    def by_name(self) -> Mapping[str, Evaluation]:
        """The evaluations, by the name of their file."""
        found = {file.name: file.document for file in self.files.values()}
        return {name: document for name, document in found.items() if isinstance(document, Evaluation)}

    @property
    def evaluations(self) -> list[Evaluation]:
        """The evaluations, in order of their end."""
        return sorted(self.by_name.values(), key=lambda one: one.ended)

    @cached_property
    def retracted(self) -> Mapping[str, Retraction]:
        """The first retraction of each evaluation that is retracted, by its name."""
        found = [file.document for file in self.files.values() if isinstance(file.document, Retraction)]
        ordered = sorted(found, key=lambda one: (one.date, one.reason), reverse=True)
        return {name: one for one in ordered for name in one.retracts}


def of_pair(registry: Registry, model: EvaluatedModel, opponent: EvaluatedModel | NamedOpponent) -> LedgerFiles:
    """Return what is about two players, whichever of them is the evaluated one, and what cannot be read here."""
    pair = {model.key, opponent.key}
    folders = [model.id, *([opponent.id] if isinstance(opponent, EvaluatedModel) else [])]
    files = {path: file for folder in folders for path, file in registry.ledger.folder(folder).items()}
    return LedgerFiles({path: file for path, file in files.items() if _is_about(file, pair)})


def _is_about(file: LedgerFile, pair: Iterable[str]) -> bool:
    document = file.document
    return not isinstance(document, Evaluation) or {document.model.key, document.opponent.key} == set(pair)


def refuse_unreadable(found: LedgerFiles) -> None:
    """Raise ``UnverifiedError`` where this clone lacks evaluations."""
    lacking = [path for path, file in found.files.items() if isinstance(file.content, Unavailable)]
    if lacking:
        more = f" (and {len(lacking) - 1} more)" if len(lacking) > 1 else ""
        raise UnverifiedError(
            f"{lacking[0]}{more} is not in this clone",
            "get them: git pbm check --rev HEAD --fetch",
            error_id=ErrorId.CONTENT_MISSING,
        )
