"""A commit message as an editor leaves it, before git has cleaned it up; it knows nothing of models."""

from __future__ import annotations

import re

_SCISSORS = "------------------------ >8 ------------------------"
"""What git's own line of scissors holds after the comment character (git-commit(1), ``--cleanup=scissors``)."""

_AUTOMATIC = "#;@!$%^&|:"
"""The characters among which ``core.commentChar=auto`` chooses (git-config(1) and git's builtin/commit.c)."""


def cleaned(draft: str, comment: str = "#", *, comments: bool = True) -> str:
    """The message that git will record: what is below scissors goes, and lines that begin with ``comment``.

    ``comment`` may be ``auto``. Without ``comments`` (nobody edited the message) such lines are text.
    """
    lines = draft.split("\n")
    if comments:
        if comment == "auto":
            comment = _chosen(lines)
        cut = f"{comment} {_SCISSORS}"
        lines = lines[: lines.index(cut)] if cut in lines else lines
        lines = [line for line in lines if not line.startswith(comment)]
    text = "\n".join(line.rstrip() for line in lines).strip("\n")
    return re.sub(r"\n{3,}", "\n\n", text) + "\n" if text else ""


def _chosen(lines: list[str]) -> str:
    """The comment character that git chose: git's own explanations end the draft."""
    last = next((line for line in reversed(lines) if line), "")
    return last[0] if last and last[0] in _AUTOMATIC else _AUTOMATIC[0]
