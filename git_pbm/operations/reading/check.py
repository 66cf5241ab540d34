"""``git pbm check`` and the hooks: which tree is looked at; where it is known to be sound, the rules stay unread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_pbm.core.findings import Unverified, Verdict
from git_pbm.gitio.repository import Repository
from git_pbm.operations.reading.tree_choice import place_of
from git_pbm.snapshots.verdict_cache import TreeSource, VerdictCache

if TYPE_CHECKING:
    from git_pbm.snapshots.facts_loader import Progress

VERIFY = "pbm-verify"
"""The hook that runs every rule, as ``git pbm check`` does."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check found. ``label`` says which tree it looked at; ``exists`` is false for no registry at all."""

    label: str
    exists: bool
    models: int
    verdict: Verdict


def check(
    repository: Repository,
    *,
    staged: bool = False,
    revision: str | None = None,
    rehash: bool = False,
    fetch: bool = False,
    progress: Progress | None = None,
) -> CheckResult:
    """Run every rule over the working tree (HEAD in a bare repository), the staged tree, or a commit's tree.

    With ``rehash`` nothing that was remembered is believed. With ``fetch`` objects that this clone lacks are
    fetched, all in one request, and the check is made again.
    Raises :class:`UsageError` for a revision that names no commit, ``GitError`` where git cannot work.
    """
    place = place_of(repository, revision, staged=staged)
    checked = _look(repository, place, rehash, progress)
    if fetch and checked.verdict.unverified:
        from git_pbm.gitio.partial_clone import fetch_objects

        fetch_objects(repository, [item.object_id for item in checked.verdict.unverified])
        checked = _look(repository, place, rehash, progress)
    return checked


def check_for_hook(
    repository: Repository, hook_id: str, place: TreeSource
) -> tuple[CheckResult, tuple[Unverified, ...]]:
    """What the rules of a hook say about a tree that is not known to be sound.

    Returns also what is unverified and new: objects that this clone lacks and HEAD does not have either.
    """
    checked = _judge(repository, place, hook_id, VerdictCache(repository))
    unverified = checked.verdict.unverified
    if not unverified:
        return checked, ()
    from git_pbm.gitio.index import tree_entries

    known = tree_entries(repository, repository.head(), [item.path for item in unverified])
    fresh = [item for item in unverified if (known[item.path] or "").partition(" ")[2] != item.object_id]
    return checked, tuple(fresh)


def _look(repository: Repository, place: TreeSource, rehash: bool, progress: Progress | None) -> CheckResult:
    sound = VerdictCache(repository)
    models = None if rehash else sound.models(place)
    if models is not None:
        return CheckResult(place.label, True, models, Verdict())
    return _judge(repository, place, VERIFY, sound, rehash, progress)


def _judge(
    repository: Repository,
    place: TreeSource,
    hook_id: str,
    sound: VerdictCache,
    rehash: bool = False,
    progress: Progress | None = None,
) -> CheckResult:
    from git_pbm.operations.reading.check_tree import judged  # the rules, and all that they look through

    look = sound.look(place)
    found = judged(repository, place, hook_id, None if rehash else sound, progress)
    if found.listing is not None and hook_id == VERIFY and found.verdict == Verdict():
        sound.remember(place, look, found.listing, found.models)
    return CheckResult(place.label, found.exists, found.models, found.verdict)
