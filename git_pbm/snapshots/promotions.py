"""Which model was current when: read from the commits that changed ``current`` on the first-parent history."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from git_pbm.core.documents.commit_message import is_roll_back
from git_pbm.core.names import CURRENT_PATH, current_target_id
from git_pbm.errors import ErrorId, UnverifiedError
from git_pbm.gitio.objects import link_text, read_blobs
from git_pbm.gitio.partial_clone import fetch_unless_forbidden, is_partial
from git_pbm.gitio.repository import GitFailure, Repository

_FORMAT = "%H%x00%cI%x00%an%x00%ae%x00%B"
_FIELDS = 5


@dataclass(frozen=True, slots=True)
class Promotion:
    """One change of ``current``: the commit, its date (ISO 8601), author and message, and the model since then."""

    commit: str
    date: str
    author: str
    message: str
    model_id: str | None

    @property
    def subject(self) -> str:
        """The first line of the commit's message."""
        return self.message.partition("\n")[0]

    @property
    def is_roll_back(self) -> bool:
        """Whether it takes a promotion back instead of adding one: a ``rollback``, or a revert of one that promoted."""
        return is_roll_back(self.message)


def promotions(repository: Repository, revision: str = "HEAD") -> tuple[Promotion, ...]:
    """Every change of ``current`` up to a revision, oldest first; none on an unborn branch."""
    # a person's own settings must not change what is printed
    settings = ("-c", "log.showSignature=false", "-c", "log.follow=false")
    shape = ("--first-parent", "--encoding=UTF-8", "--no-renames", "-z", f"--format=tformat:{_FORMAT}")
    argv = (*settings, "log", *shape, revision, "--", CURRENT_PATH)
    try:
        listing = os.fsdecode(repository.history(*argv))
    except GitFailure:
        return ()
    fields = listing.split("\0")  # git keeps no NUL in a commit, and any other character there is somebody's
    rows = [fields[place : place + _FIELDS] for place in range(0, len(fields) - _FIELDS + 1, _FIELDS)]
    targets = _targets(repository, [row[0] for row in rows])
    found: list[Promotion] = []
    for row, target in zip(reversed(rows), reversed(targets), strict=True):
        commit, date, name, mail, message = row
        date = f"{date[:-1]}+00:00" if date.endswith("Z") else date  # git since 2.45 has a short form of its own
        if not found or found[-1].model_id != target:
            found.append(Promotion(commit, date, f"{name} <{mail}>", message.rstrip("\n"), target))
    return tuple(found)


def _targets(repository: Repository, commits: Sequence[str]) -> list[str | None]:
    """The id that ``current`` named in each commit, from one git process."""
    found: list[str | None] = []
    _fetch_links(repository, commits)
    for _, pieces in read_blobs(repository, [f"{commit}:{CURRENT_PATH}" for commit in commits]):
        target = link_text(pieces) if pieces is not None else ""
        found.append(current_target_id(target))
    return found


def _fetch_links(repository: Repository, commits: Sequence[str]) -> None:
    """Get the old texts of ``current`` that a partial clone left out, all in one request."""
    if not commits or not is_partial(repository):
        return
    argv = ("rev-list", "--objects", "--no-walk", "--missing=print", "--stdin", "--", CURRENT_PATH)
    stdin = "".join(f"{commit}\n" for commit in commits).encode()
    listing = repository.run(*argv, stdin=stdin, environment={"GIT_NO_LAZY_FETCH": "1"})
    fetch_unless_forbidden(repository, {line[1:].decode() for line in listing.split(b"\n") if line.startswith(b"?")})


def is_shallow(repository: Repository) -> bool:
    """Whether history ends early here."""
    return repository.run_text("rev-parse", "--is-shallow-repository") == "true"


class Past:
    """Which models were current up to a commit, on its first-parent history; read once, when something is asked."""

    def __init__(self, repository: Repository, commit: str) -> None:
        self._repository = repository
        self._commit = commit

    @cached_property
    def _models(self) -> tuple[str, ...]:
        found = promotions(self._repository, self._commit)
        return tuple(step.model_id for step in found if step.model_id is not None)

    def was_current(self, model_id: str) -> bool:
        """Whether a model was current. Raises ``UnverifiedError`` where history ends too early to tell."""
        if model_id in self._models:
            return True
        self._refuse_shallow(f"whether {model_id} was current once")
        return False

    def last_current(self) -> str | None:
        """The last model that was current. Raises as :meth:`was_current`."""
        if not self._models:
            self._refuse_shallow("which model was current last")
        return self._models[-1] if self._models else None

    def _refuse_shallow(self, what: str) -> None:
        if is_shallow(self._repository):
            raise UnverifiedError(
                f"this clone's history ends early, so it is not known {what}",
                "git fetch --unshallow (in CI: fetch-depth: 0)",
                error_id=ErrorId.HISTORY_INCOMPLETE,
            )


def commit_at(repository: Repository, moment: str) -> str | None:
    """The last commit on the first-parent history at a moment, as git reads dates; a plain day means its end."""
    until = f"{moment} 23:59:59" if len(moment) == 10 and moment[4] == "-" else moment
    try:
        found = repository.history("rev-list", "-1", "--first-parent", f"--before={until}", "HEAD")
    except GitFailure:
        return None
    return found.decode().strip() or None


def stack(history: Sequence[Promotion]) -> list[str]:
    """What promotions have piled up: a promotion pushes, a roll-back pops; the last one is current."""
    piled: list[str] = []
    for step in history:
        if step.model_id is None:
            continue
        if step.is_roll_back and step.model_id in piled:
            while piled[-1] != step.model_id:
                piled.pop()
        else:
            piled.append(step.model_id)
    return piled


def births(repository: Repository) -> Mapping[str, str]:
    """The day (``YYYY-MM-DD``, the author's) of the commit that first brought each blob, wherever it lay then.

    Raises :class:`UnverifiedError` where history ends early here: it would date everything too late.
    """
    if is_shallow(repository):
        raise UnverifiedError(
            "this clone's history ends early, so no file's date is known",
            "git fetch --unshallow",
            error_id=ErrorId.HISTORY_INCOMPLETE,
        )
    argv = ("log", "--raw", "--no-renames", "--no-abbrev", "-z", "--reverse", "--format=%ad", "--date=short", "HEAD")
    days: dict[str, str] = {}
    day, fields = "", iter(os.fsdecode(repository.history(*argv)).split("\0"))
    for field in fields:
        word = field.strip("\n")
        if word.startswith(":"):
            days.setdefault(word.split(" ")[3], day)
            next(fields)  # its path
        elif word:
            day = word
    return days
