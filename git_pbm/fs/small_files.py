"""Small files of the work tree, read for their text: no link is followed, no pipe or device is waited for."""

from __future__ import annotations

import os
import stat


def read_small(path: str, limit: int) -> bytes | None:
    """The content of a regular file of at most ``limit`` bytes; None for anything else."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > limit:
            return None
        with open(descriptor, "rb", buffering=0, closefd=False) as file:
            return file.read(status.st_size)
    finally:
        os.close(descriptor)


PIECE = 1 << 18
"""Bytes read at a time: reading in 64 to 256 KiB pieces runs at the speed of hashing."""
