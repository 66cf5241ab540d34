"""``git pbm check`` and the hooks: which tree is looked at; where it is known to be clean, the rules stay unread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from git_pbm.core.findings import Unverified, Verdict
from git_pbm.errors import ExitCode
from git_pbm.gitio.lfs import pull_command
from git_pbm.gitio.repository import Repository
from git_pbm.operations.checking.tree_choice import place_of
from git_pbm.operations.result import Result
from git_pbm.snapshots.tree_source import TreeSource
from git_pbm.snapshots.verdict_cache import VerdictCache

if TYPE_CHECKING:
    from git_pbm.snapshots.facts_loader import Progress

VERIFY = "pbm-verify"
"""The hook that runs every rule, as ``git pbm check`` does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """How ``git pbm check`` looks, and which tree it looks at.

    With ``rehash`` nothing that was remembered is believed. With ``fetch`` objects that this clone lacks are
    fetched, all in one request, and the check is made again. With ``require_content`` what is in Git LFS alone
    counts as unverified; a pointer's content is in the work tree, not in git's blob, so nothing remembered will do.
    """

    staged: bool = False
    revision: str | None = None
    rehash: bool = False
    fetch: bool = False
    require_content: bool = False

    @property
    def reads_everything(self) -> bool:
        """Whether networks are read although their facts are known."""
        return self.rehash or self.require_content


DEFAULT_CHECK = CheckOptions()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult(Result):
    """What a check found. ``label`` says which tree it looked at; ``exists`` is false for no registry at all."""

    folder: str
    """Where the repository is; the paths of the findings are relative to it."""
    label: str
    exists: bool
    models: int
    verdict: Verdict
    require_content: bool = False
    fetch_command: str = ""
    """What to type to get what this clone lacks of the tree that was looked at."""
    pull_command: str = ""
    """What to type to get what is in Git LFS."""

    @property
    def exit_code(self) -> ExitCode:
        """1 for errors, 3 for what could not be verified."""
        if self.verdict.errors:
            return ExitCode.FINDINGS
        is_unverified = self.verdict.unverified or (self.require_content and self.verdict.not_inspected)
        return ExitCode.UNVERIFIED if is_unverified else ExitCode.OK


@dataclass(frozen=True, slots=True)
class HookResult(Result):
    """What a hook found. ``fresh`` is what is unverified and new: this clone lacks it, and HEAD has it not either."""

    checked: CheckResult
    fresh: tuple[Unverified, ...] = ()

    @property
    def exit_code(self) -> ExitCode:
        """1 for errors, 3 for what could not be verified."""
        if self.checked.verdict.errors:
            return ExitCode.FINDINGS
        return ExitCode.UNVERIFIED if self.fresh else ExitCode.OK


def check(
    repository: Repository, options: CheckOptions = DEFAULT_CHECK, progress: Progress | None = None
) -> CheckResult:
    """Run every rule over the working tree (HEAD in a bare repository), the staged tree, or a commit's tree.

    Raises :class:`UsageError` for a revision that names no commit, ``GitError`` where git cannot work.
    """
    place = place_of(repository, options.revision, staged=options.staged)
    checked = _look(repository, place, options, progress)
    if options.fetch and checked.verdict.unverified:
        from git_pbm.gitio.partial_clone import fetch_objects

        fetch_objects(repository, [item.object_id for item in checked.verdict.unverified])
        checked = _look(repository, place, options, progress)
    return checked


def check_for_hook(repository: Repository, hook_id: str, place: TreeSource) -> HookResult:
    """What the rules of a hook say about a tree that is not known to be clean."""
    checked = _judge(repository, place, hook_id, VerdictCache(repository))
    unverified = checked.verdict.unverified
    if not unverified:
        return HookResult(checked)
    from git_pbm.gitio.index import tree_entries

    known = tree_entries(repository, repository.head(), [item.path for item in unverified])
    fresh = [item for item in unverified if (known[item.path] or "").partition(" ")[2] != item.object_id]
    return HookResult(checked, tuple(fresh))


def _look(repository: Repository, place: TreeSource, options: CheckOptions, progress: Progress | None) -> CheckResult:
    verdicts = VerdictCache(repository)
    models = None if options.reads_everything else verdicts.models(place)
    if models is not None:
        return CheckResult(folder=repository.folder, label=place.label, exists=True, models=models, verdict=Verdict())
    return _judge(repository, place, None, verdicts, options, progress)


def _judge(
    repository: Repository,
    place: TreeSource,
    hook_id: str | None,
    verdicts: VerdictCache,
    options: CheckOptions = DEFAULT_CHECK,
    progress: Progress | None = None,
) -> CheckResult:
    """Run the rules of a hook, or all rules where none is named.

    A hook is not told what its commit will stand on, for an amended one takes HEAD's place: it compares nothing.
    """
    from git_pbm.operations.checking.check_tree import judged  # the rules, and all that they look through

    look = verdicts.look(place)
    is_hook = hook_id is not None and place.commit is None
    judged_before = repository.head() if is_hook else verdicts.judged_evaluations(place)
    found = judged(
        repository,
        place,
        hook_id,
        None if options.reads_everything else verdicts,
        progress,
        evaluations=None if options.reads_everything else judged_before,
    )
    if found.listing is not None and hook_id in (VERIFY, None) and found.verdict == Verdict():
        verdicts.remember(place, look, found.listing, found.models, whole=not is_hook)
    which = "" if place.is_worktree else " --staged" if place.commit is None else f" --rev {place.commit[:12]}"
    return CheckResult(
        folder=repository.folder,
        label=place.label,
        exists=found.exists,
        models=found.models,
        verdict=found.verdict,
        require_content=options.require_content,
        fetch_command=f"git pbm check{which} --fetch",
        pull_command=pull_command(repository, "") if found.verdict.not_inspected else "",
    )
