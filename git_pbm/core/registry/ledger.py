"""The evaluations of a tree, as files: which ones are to be judged, and what is in a model's folder."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from git_pbm.core.names import EVALUATIONS_PATH
from git_pbm.core.registry.facts import Unavailable
from git_pbm.core.registry.snapshot import Entry, FileEntry

if TYPE_CHECKING:
    from git_pbm.core.evaluations.evaluation import Evaluation, Retraction

LEDGER_FILE_LIMIT = 1 << 20
"""Bytes of a file below ``evals/``."""


@dataclass(frozen=True)
class LedgerFile:
    """An entry below ``evals/``. ``content`` is None where it is not a regular file.

    Of a file larger than :data:`LEDGER_FILE_LIMIT` it has one byte more than that.
    """

    path: str
    entry: Entry
    content: bytes | Unavailable | None

    @property
    def name(self) -> str:
        """The file's name, without the suffix."""
        return self.path.rpartition("/")[2].removesuffix(".json")

    @cached_property
    def _read(self) -> Evaluation | Retraction | ValueError | None:
        from git_pbm.core.evaluations.evaluation_reader import read_document  # hooks that find no evaluation go without

        if not isinstance(self.content, bytes):
            return None
        try:
            return read_document(self.content)
        except ValueError as problem:  # a DocumentProblem or an EvaluationProblem
            return problem

    @property
    def document(self) -> Evaluation | Retraction | None:
        """What the file says; None where it cannot be read."""
        return None if isinstance(self._read, ValueError) else self._read

    @property
    def problem(self) -> ValueError | None:
        """Why it cannot be read: a ``DocumentProblem`` or an ``EvaluationProblem``; None where it can."""
        return self._read if isinstance(self._read, ValueError) else None

    @property
    def place(self) -> str | None:
        """Where a file with this content belongs: the folder of its model, named by its hash; None if unreadable."""
        if self.document is None or not isinstance(self.content, bytes):
            return None
        return f"{EVALUATIONS_PATH}/{self.document.model.id}/{hashlib.sha256(self.content).hexdigest()[:16]}.json"

    @property
    def may_be_evaluation(self) -> bool:
        """Whether this is an evaluation or a retraction in its place, or may be one that this clone lacks."""
        return isinstance(self.content, Unavailable) or self.place == self.path

    @property
    def is_canonical(self) -> bool:
        """Whether the text is the one that git pbm writes: two spaces, ASCII, fields in order, no empty field."""
        return self.document is not None and self.document.text().encode("ascii") == self.content


class Ledger(Protocol):
    """The evaluations of one tree. A ledger has up to 100,000 files, so nobody lists all of them without need."""

    @property
    def changed(self) -> Mapping[str, LedgerFile]:
        """The files to be judged, by path: all but those that are known to have been."""
        ...

    def folder(self, model_id: str) -> Mapping[str, LedgerFile]:
        """The files in a model's folder, by path."""
        ...


@dataclass(frozen=True)
class MemoryLedger:
    """A ledger held in memory: paths below ``evals/`` and their bytes, or what this clone lacks; all to be judged."""

    files: Mapping[str, bytes | Unavailable] = field(default_factory=dict)

    @cached_property
    def changed(self) -> Mapping[str, LedgerFile]:
        """See :class:`Ledger`."""
        return {path: LedgerFile(path, FileEntry(), self.files[path]) for path in sorted(self.files)}

    def folder(self, model_id: str) -> Mapping[str, LedgerFile]:
        """See :class:`Ledger`."""
        prefix = f"{EVALUATIONS_PATH}/{model_id}/"
        return {path: file for path, file in self.changed.items() if path.startswith(prefix)}


@dataclass(frozen=True)
class GrownLedger:
    """A ledger with files that a change adds; those are to be judged."""

    base: Ledger
    added: Mapping[str, bytes]

    @cached_property
    def changed(self) -> Mapping[str, LedgerFile]:
        """See :class:`Ledger`."""
        return {path: LedgerFile(path, FileEntry(), self.added[path]) for path in sorted(self.added)}

    def folder(self, model_id: str) -> Mapping[str, LedgerFile]:
        """See :class:`Ledger`."""
        prefix = f"{EVALUATIONS_PATH}/{model_id}/"
        added = {path: file for path, file in self.changed.items() if path.startswith(prefix)}
        return {**self.base.folder(model_id), **added}


NO_LEDGER = MemoryLedger()


def is_of_ledger(path: str) -> bool:
    """Whether a path is below ``evals/``."""
    return path.startswith(f"{EVALUATIONS_PATH}/")
