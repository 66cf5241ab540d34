"""``git pbm check`` and the hooks: which tree is looked at, and what the rules say about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from git_pbm.core.findings import Unverified, Verdict
from git_pbm.core.registry import Registry
from git_pbm.core.rules import STATE_RULES, judge
from git_pbm.core.rules.rule import Rule
from git_pbm.core.snapshot import Snapshot
from git_pbm.errors import GitError, UsageError
from git_pbm.store.fetch import fetch_objects
from git_pbm.store.git import Repository
from git_pbm.store.index import tree_entries
from git_pbm.store.trees import BlobFacts, Progress, commit_tree, staged_tree
from git_pbm.store.worktree import WorktreeSnapshot


@dataclass(frozen=True, slots=True)
class Checked:
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
    rules: Sequence[Rule] = STATE_RULES,
    progress: Progress | None = None,
) -> Checked:
    """Run rules over the working tree (HEAD in a bare repository), the staged tree, or a commit's tree.

    With ``fetch`` objects that this clone lacks are fetched, all in one request, and the check is made again.
    Raises :class:`UsageError` for a revision that names no commit, ``GitError`` where git cannot work.
    """
    look = partial(_look, repository, staged, revision, rehash, rules, progress)
    checked = look()
    if fetch and checked.verdict.unverified:
        fetch_objects(repository, [item.object_id for item in checked.verdict.unverified])
        checked = look()
    return checked


def _look(
    repository: Repository,
    staged: bool,
    revision: str | None,
    rehash: bool,
    rules: Sequence[Rule],
    progress: Progress | None,
) -> Checked:
    blobs = BlobFacts(repository, rehash=rehash, progress=progress)
    if revision is None and not staged and repository.root is None:
        revision = "HEAD"
    snapshot: Snapshot
    if revision is not None:
        snapshot = _tree_of(repository, revision, blobs)
    elif staged:
        snapshot = staged_tree(repository, blobs)
    else:
        snapshot = WorktreeSnapshot(repository, blobs)
    return _judged(snapshot, rules)


def check_for_hook(
    repository: Repository, rules: Sequence[Rule], environment: Mapping[str, str]
) -> tuple[Checked, tuple[Unverified, ...]]:
    """What a hook looks at: on a push the tree that is pushed, else the staged tree.

    Returns also what is unverified and new: objects that this clone lacks and HEAD does not have either.
    ``PRE_COMMIT_TO_REF`` and ``PRE_COMMIT_LOCAL_BRANCH`` are pre-commit's own words for the pushed commit;
    the index is of the branch that is checked out, which may be another one.
    """
    blobs = BlobFacts(repository)
    pushed = environment.get("PRE_COMMIT_TO_REF") or environment.get("PRE_COMMIT_LOCAL_BRANCH")
    snapshot: Snapshot = _tree_of(repository, pushed, blobs) if pushed else staged_tree(repository, blobs)
    checked = _judged(snapshot, rules)
    unverified = checked.verdict.unverified
    if not unverified:
        return checked, ()
    known = tree_entries(repository, repository.head(), [item.path for item in unverified])
    fresh = [item for item in unverified if (known[item.path] or "").partition(" ")[2] != item.object_id]
    return checked, tuple(fresh)


def _tree_of(repository: Repository, revision: str, blobs: BlobFacts) -> Snapshot:
    commit = repository.commit_id(revision)
    if commit is None:
        if revision == "HEAD":
            raise GitError("HEAD has no commit yet", "make one, or check what is staged: git pbm check --staged")
        raise UsageError(f"{revision}: not a commit of this repository", "git log --oneline shows what there is")
    return commit_tree(repository, commit, blobs, _label(revision, commit))


def _label(revision: str, commit: str) -> str:
    return f"commit {commit[:12]}" if commit.startswith(revision) else f"{revision} ({commit[:12]})"


def _judged(snapshot: Snapshot, rules: Sequence[Rule]) -> Checked:
    registry = Registry(snapshot)
    if not registry.exists:
        return Checked(snapshot.label, False, 0, Verdict())
    return Checked(snapshot.label, True, len(registry.models), judge(registry, rules))
