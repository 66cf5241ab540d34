"""Which tree is looked at; hooks come this way at every commit, so it imports nothing."""

from __future__ import annotations


class TreeSource:
    """A tree to look at: the one of a ``commit``, else the work tree or the staged tree; ``label`` is for people."""

    __slots__ = ("commit", "is_worktree", "label")

    def __init__(self, label: str, commit: str | None = None, *, is_worktree: bool = False) -> None:
        self.label = label
        self.commit = commit
        self.is_worktree = is_worktree

    @classmethod
    def worktree(cls) -> TreeSource:
        """Return the source that is the working tree."""
        return cls("the working tree", is_worktree=True)

    @classmethod
    def staged(cls) -> TreeSource:
        """Return the source that is the index."""
        return cls("the staged tree")
