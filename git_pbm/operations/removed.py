"""Models that were removed: what history knows of them, by the messages that git pbm's own commits have."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass

from git_pbm.core.documents.commit_message import Named, named_by
from git_pbm.core.names import ID_DIGITS, tag_problem
from git_pbm.errors import ErrorId, UsageError
from git_pbm.gitio.repository import Repository

_DIGITS = re.compile(r"[0-9a-fA-F]{4,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """The removal of a model: the commit, and the reason where that commit did nothing else."""

    model_id: str
    tag: str
    commit: str
    why: str

    @property
    def sentence(self) -> str:
        """What happened, in one line."""
        reason = f": {self.why}" if self.why else ""
        return f"{self.tag} ({self.model_id}) was removed in {self.commit[:10]}{reason}"


def removal_of(repository: Repository, name: str) -> Removal | None:
    """Return the removal of the model with this id, hash or tag, where it is the last that HEAD's history says of it.

    None where no message says so: a removal that was squashed under another subject is not found, nor is one that lies
    before the beginning of a shallow clone.
    """
    if _DIGITS.fullmatch(name):
        pattern = f" model ({name[:ID_DIGITS].lower()}"
    elif tag_problem(name) is None:
        pattern = f" {name} model ("
    else:
        return None
    argv = (
        "log",
        "-z",
        "--no-show-signature",
        "--encoding=UTF-8",
        "--format=%H%n%B",
        "-F",
        f"--grep={pattern}",
        "HEAD",
    )
    for row in os.fsdecode(repository.try_run(*argv) or b"").split("\0"):
        commit, _, message = row.partition("\n")
        for named, reason in _named_in(message):
            if pattern in f" {named.tag} model ({named.model_id})" and named.verb in ("add", "remove"):
                is_removal = named.verb == "remove"
                return (
                    Removal(model_id=named.model_id, tag=named.tag, commit=commit, why=reason) if is_removal else None
                )
    return None


def _named_in(message: str) -> Iterator[tuple[Named, str]]:
    """What a message says was done, and why: by its subject or, of a squash, by lines of its own."""
    subject, _, body = message.partition("\n")
    named = named_by(subject)
    if named is not None:
        reason = body.strip().partition("\n\n")[0]
        yield named, "" if named.is_reverted else " ".join(reason.split())
        return
    for line in body.splitlines():
        named = named_by(line.strip().removeprefix("* ").removeprefix("- "))
        if named is not None:
            yield named, ""


def explained(repository: Repository, name: str, error: UsageError) -> UsageError:
    """The same error about an unknown model, or a better one where that model was removed."""
    if error.error_id is not ErrorId.UNKNOWN_MODEL:
        return error
    removal = removal_of(repository, name)
    if removal is None:
        return error
    git = f"git -C {shlex.quote(repository.folder)}" if repository.foreign else "git"
    commit = removal.commit[:10]
    hint = f"see it: {git} show {commit}; bring it back: {git} revert {commit}"
    return UsageError(removal.sentence, hint, error_id=ErrorId.MODEL_REMOVED)
