"""Files of the ledger, and what they say together: the evaluations of two players, and which of them are retracted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from git_pbm.core.evaluations.evaluation import Evaluation, Retraction
from git_pbm.core.names import is_id
from git_pbm.core.registry.facts import Unavailable
from git_pbm.core.registry.ledger import Ledger, LedgerFile


@dataclass(frozen=True)
class LedgerFiles:
    """Some files below ``evals/``, by path."""

    files: Mapping[str, LedgerFile]

    @cached_property
    def evaluations(self) -> Mapping[str, Evaluation]:
        """The evaluations, by the name of their file, in order of (``ended``, name)."""
        found = {file.name: file.document for file in self.files.values()}
        known = {name: one for name, one in found.items() if isinstance(one, Evaluation)}
        return {name: known[name] for name in sorted(known, key=lambda name: (known[name].ended, name))}

    @cached_property
    def retracted(self) -> Mapping[str, Retraction]:
        """What retracts evaluations, by their names; the first in order of day and reason where there are two."""
        found = [file.document for file in self.files.values() if isinstance(file.document, Retraction)]
        ordered = sorted(found, key=lambda one: (one.date, one.reason), reverse=True)
        return {name: one for one in ordered for name in one.retracts}

    @cached_property
    def valid(self) -> Mapping[str, Evaluation]:
        """The evaluations that are not retracted."""
        return {name: one for name, one in self.evaluations.items() if name not in self.retracted}

    @property
    def lacking(self) -> tuple[Unavailable, ...]:
        """What this clone lacks."""
        return tuple(file.content for file in self.files.values() if isinstance(file.content, Unavailable))


def of_pair(ledger: Ledger, players: Iterable[str]) -> LedgerFiles:
    """Return the evaluations of two players, whichever of them is the evaluated one.

    ``players`` are the keys of both. Retractions in their folders are there, too, and what cannot be read here.
    """
    pair = set(players)
    files = {path: file for key in sorted(filter(is_id, pair)) for path, file in ledger.folder(key).items()}
    return LedgerFiles({path: file for path, file in files.items() if _may_concern(file, pair)})


def _may_concern(file: LedgerFile, pair: set[str]) -> bool:
    document = file.document
    return not isinstance(document, Evaluation) or {document.model.key, document.opponent.key} == pair
