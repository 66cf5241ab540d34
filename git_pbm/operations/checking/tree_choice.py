"""Which tree a command or a hook looks at."""

from __future__ import annotations

from collections.abc import Mapping

from git_pbm.errors import ErrorId, GitError, UsageError
from git_pbm.gitio.repository import Repository
from git_pbm.snapshots.tree_source import TreeSource


def place_of(repository: Repository, revision: str | None, *, staged: bool) -> TreeSource:
    """A revision, the staged tree, else the work tree (HEAD in a bare repository)."""
    if revision is None and not staged and repository.root is None:
        revision = "HEAD"
    if revision is not None:
        return place_of_commit(repository, revision)
    return TreeSource.staged() if staged else TreeSource.worktree()


def place_of_commit(repository: Repository, revision: str) -> TreeSource:
    """The tree of the commit that ``revision`` names. Raises :class:`UsageError`, or ``GitError`` before any commit."""
    commit = repository.commit_id(revision)
    if commit is None:
        if revision == "HEAD":
            raise GitError(
                "HEAD has no commit yet",
                "make one, or check what is staged: git pbm check --staged",
                error_id=ErrorId.UNKNOWN_REVISION,
            )
        raise UsageError(
            f"{revision}: not a commit of this repository",
            "git log --oneline shows what there is",
            error_id=ErrorId.UNKNOWN_REVISION,
        )
    label = f"commit {commit[:12]}" if commit.startswith(revision) else f"{revision} ({commit[:12]})"
    return TreeSource(label, commit)


def place_of_hook(repository: Repository, environment: Mapping[str, str]) -> TreeSource:
    """On a push the tree that is pushed, else the staged tree.

    ``PRE_COMMIT_TO_REF`` and ``PRE_COMMIT_LOCAL_BRANCH`` are pre-commit's own words for the pushed commit;
    the index is of the branch that is checked out, which may be another one.
    """
    pushed = environment.get("PRE_COMMIT_TO_REF") or environment.get("PRE_COMMIT_LOCAL_BRANCH")
    return place_of_commit(repository, pushed) if pushed else TreeSource.staged()
