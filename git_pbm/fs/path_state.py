"""What is found at a path: nothing, a file with its digest, a link, or something else."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from enum import StrEnum

from git_pbm.core.registry.facts import Facts
from git_pbm.fs.small_files import PIECE


class PathKind(StrEnum):
    """What can be at a path; journals hold these values."""

    ABSENT = "absent"
    FILE = "file"
    LINK = "link"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class PathState:
    """What is at a path; a file has a SHA-256 and a size in bytes, a link its target."""

    kind: PathKind
    sha256: str = ""
    size: int = 0
    target: str = ""

    @classmethod
    def of_facts(cls, facts: Facts) -> PathState:
        """Return the state of a file with these facts."""
        return cls(PathKind.FILE, facts.sha256, facts.size)

    @classmethod
    def of_bytes(cls, content: bytes) -> PathState:
        """Return the state of a file with these bytes."""
        return cls(PathKind.FILE, hashlib.sha256(content).hexdigest(), len(content))


ABSENT = PathState(PathKind.ABSENT)


def read_state(path: str) -> PathState:
    """What is at an absolute path now; a link is not followed."""
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return ABSENT
    if stat.S_ISLNK(status.st_mode):
        return PathState(PathKind.LINK, target=os.readlink(path))
    if not stat.S_ISREG(status.st_mode):
        return PathState(PathKind.OTHER)
    digest = hashlib.sha256()
    with open(path, "rb", buffering=0) as file:
        while piece := file.read(PIECE):
            digest.update(piece)
    return PathState(PathKind.FILE, digest.hexdigest(), status.st_size)
