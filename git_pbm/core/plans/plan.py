"""What a command means to change, as values, and the check without which nothing may be written."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from git_pbm.core.documents.commit_message import CommitMessage
from git_pbm.core.registry.facts import Facts


@dataclass(frozen=True, slots=True)
class PutNetwork:
    """A network file that was taken in: ``facts`` are about the bytes that lie in the staging folder."""

    path: str
    facts: Facts
    object_id: str = ""
    """git's id for those bytes, where it is known."""
    staged_name: str = ""
    """The file's name in the staging folder, where it is not the path's own."""

    @property
    def source(self) -> str:
        """The name of the staged file that holds the bytes."""
        return self.staged_name or self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Restage:
    """A network that stays as it is, staged anew because the attributes store it in another way now."""

    path: str
    facts: Facts


@dataclass(frozen=True, slots=True)
class WriteText:
    """A text file, written anew as a whole."""

    path: str
    content: bytes

    @property
    def sha256(self) -> str:
        """The content's SHA-256, in hex."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True, slots=True)
class SetLink:
    """A symbolic link, made or turned."""

    path: str
    target: str


@dataclass(frozen=True, slots=True)
class Delete:
    """A path taken away."""

    path: str


Edit = PutNetwork | Restage | WriteText | SetLink | Delete


@dataclass(frozen=True, slots=True)
class Plan:
    """Edits in the order in which they are written, and the message of the commit that holds them.

    ``deploys`` is the id of the model that the engine is to run afterwards; None where it stays as it is.
    """

    edits: tuple[Edit, ...]
    message: CommitMessage
    deploys: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that the plan changes."""
        return tuple(edit.path for edit in self.edits)
