"""``git pbm history``: when each model was current, from which commit, by whom."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from git_pbm.errors import UnverifiedError, UsageError
from git_pbm.store.git import Repository
from git_pbm.store.history import Promotion, commit_at, is_shallow, promotions


@dataclass(frozen=True, slots=True)
class Reign:
    """One model's time as the current one; ``until`` is None while it lasts."""

    start: Promotion
    until: str | None


def history_of(repository: Repository) -> tuple[Reign, ...]:
    """Every reign on this branch's first-parent history, newest first."""
    steps = promotions(repository)
    reigns = [Reign(step, later.date) for step, later in itertools.pairwise(steps)]
    return tuple(reversed([*reigns, *(Reign(step, None) for step in steps[-1:])]))


def current_at(repository: Repository, moment: str) -> Promotion | None:
    """The change that made current what was current at a moment; None where nothing was.

    Raises :class:`UsageError` for a date before all commits, ``UnverifiedError`` in a history cut short.
    """
    commit = commit_at(repository, moment)
    if commit is None:
        if is_shallow(repository):
            raise UnverifiedError(f"this clone's history ends before {moment}", "git fetch --unshallow gets the rest")
        raise UsageError(f"--at {moment}: no commit is that old", "git log --reverse shows the first one")
    steps = promotions(repository, commit)
    return steps[-1] if steps and steps[-1].model_id is not None else None
