"""The content of blobs, streamed from one git process; memory does not grow with a blob."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from typing import IO

from git_pbm.errors import GitError
from git_pbm.fs.small_files import PIECE
from git_pbm.gitio.repository import Repository

LINK_LIMIT = 1 << 12
"""Bytes of a link's target: ``PATH_MAX`` of Linux."""


def read_blobs(repository: Repository, object_ids: Sequence[str]) -> Iterator[tuple[str, Iterator[bytes] | None]]:
    """The content of many blobs from one git process, in order, piece by piece; None where one is missing.

    Each blob's pieces must be used up before the next one is asked for; what is left of them is skipped.
    """
    if not object_ids:
        return
    process = repository.stream("cat-file", "--batch")
    stdin, stdout = process.stdin, process.stdout
    if stdin is None or stdout is None:
        raise GitError("git cat-file has no pipes")
    try:
        with stdin, stdout:
            for object_id in object_ids:
                stdin.write(f"{object_id}\n".encode())
                stdin.flush()
                header = stdout.readline().split()
                if len(header) != 3:
                    if not header:
                        raise GitError("git cat-file ended too early", "try: git fsck")
                    yield object_id, None
                    continue
                pieces = _pieces(stdout, int(header[2]))
                yield object_id, pieces
                for _ in pieces:
                    pass
                stdout.read(1)
    except BrokenPipeError as error:
        raise GitError("git cat-file ended too early", "try: git fsck") from error
    finally:
        process.wait()


def link_text(pieces: Iterator[bytes]) -> str:
    """The target text of a link; of a longer one than any system holds, only its beginning."""
    return os.fsdecode(next(pieces, b"")[:LINK_LIMIT])


def _pieces(stream: IO[bytes], size: int) -> Iterator[bytes]:
    left = size
    while left:
        piece = stream.read(min(left, PIECE))
        if not piece:
            raise GitError("git cat-file ended in the middle of an object", "try: git fsck")
        left -= len(piece)
        yield piece
