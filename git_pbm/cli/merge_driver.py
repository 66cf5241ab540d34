"""The arguments of ``git-pbm merge-driver``: git runs it for every file, so it builds no argument parser."""

from __future__ import annotations

from git_pbm.errors import ExitCode, UsageError
from git_pbm.gitio.merge_driver import merge_files


def merge_driver(args: list[str]) -> int:
    """Merge ``%O %A %B %L %P [%X %Y]`` of gitattributes(5); git takes 0 for clean and 1 for conflicts in ``%A``."""
    if len(args) not in (5, 7) or not args[3].isdecimal():
        raise UsageError("git-pbm merge-driver is run by git: %O %A %B %L %P [%X %Y]", "to set it up: git pbm init")
    base, ours, theirs, size, path, *labels = args
    if len(labels) != 2 or any(label in ("", "%X", "%Y") for label in labels):
        labels = ["ours", "theirs"]
    is_clean = merge_files(base, ours, theirs, int(size), path, (labels[0], labels[1]))
    return ExitCode.OK if is_clean else ExitCode.FINDINGS
