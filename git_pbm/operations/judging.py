"""The rules of a hook over the tree that it looks at."""

from __future__ import annotations

from git_pbm.core.findings import Verdict
from git_pbm.core.registry import Registry
from git_pbm.core.rules import judge, rules_of
from git_pbm.core.snapshot import Snapshot
from git_pbm.store.git import Repository
from git_pbm.store.sound import Place
from git_pbm.store.trees import BlobFacts, Progress, commit_tree, staged_tree
from git_pbm.store.worktree import WorktreeSnapshot


def judged(
    repository: Repository, place: Place, hook_id: str, rehash: bool, progress: Progress | None
) -> tuple[bool, int, Verdict]:
    """Whether there is a registry, how many models it has, and what the rules of a hook say about it."""
    blobs = BlobFacts(repository, rehash=rehash, progress=progress)
    snapshot: Snapshot
    if place.commit is not None:
        snapshot = commit_tree(repository, place.commit, blobs, place.label)
    elif place.is_worktree:
        snapshot = WorktreeSnapshot(repository, blobs)
    else:
        snapshot = staged_tree(repository, blobs)
    registry = Registry(snapshot)
    if not registry.exists:
        return False, 0, Verdict()
    return True, len(registry.models), judge(registry, rules_of(hook_id))
