"""The words of ``git-pbm merge-driver``, which git runs during a merge: plumbing, so no parser is built for it."""

from __future__ import annotations

from git_pbm.errors import ExitCode, UsageError
from git_pbm.gitio.merge_driver import merge_files


def merge_driver(words: list[str]) -> int:
    """``%O %A %B %L %P [%X %Y]`` of gitattributes(5); 0 for a clean merge, 1 for one with conflicts in ``%A``."""
    if len(words) not in (5, 7) or not words[3].isdecimal():
        raise UsageError(
            "merge-driver is run by git, as its merge driver: %O %A %B %L %P [%X %Y]", "set it up: git pbm init"
        )
    base, ours, theirs, size, path, *labels = words
    if len(labels) != 2 or any(label in ("", "%X", "%Y") for label in labels):
        labels = ["ours", "theirs"]
    is_clean = merge_files(base, ours, theirs, int(size), path, (labels[0], labels[1]))
    return ExitCode.OK if is_clean else ExitCode.FINDINGS
