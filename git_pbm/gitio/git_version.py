"""Which git runs here: one that is too old is told in one line, before it is asked for what it does not know.

``git pbm path`` comes this way at every start: no ``re``, no ``dataclasses``, and ``subprocess`` only from the caller.
"""

from __future__ import annotations

OLDEST = (2, 34)
"""``git add --sparse`` came with it."""

OLDEST_NAMED = ".".join(map(str, OLDEST))


def refuse_old_git(words: str) -> None:
    """Raise ``GitError`` where ``git version`` printed a version before :data:`OLDEST`; other words pass."""
    version = words.strip().removeprefix("git version ")
    numbers = version.split(".")[:2]
    if len(numbers) == 2 and all(map(str.isdecimal, numbers)) and tuple(map(int, numbers)) < OLDEST:
        from git_pbm.errors import GitError  # an enum comes with it

        raise GitError(f"git {version.split()[0]} is too old", f"install git {OLDEST_NAMED} or later")
