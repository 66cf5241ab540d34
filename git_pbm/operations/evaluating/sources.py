"""The files that results come from: read, and compared with what earlier evaluations had of them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from git_pbm.core.evaluations.evaluation import Evaluation, LogFile
from git_pbm.core.evaluations.importers.results import Source
from git_pbm.errors import ErrorId, RefusedError, UsageError

SOURCE_LIMIT = 256 << 20
"""Bytes of a source or a log: the headers of 500,000 games."""


def read_source(path: str) -> Source:
    """Return a file that a person named. Raises ``UsageError``, and ``RefusedError`` for one that is too large."""
    try:
        if not os.path.isfile(path) and os.path.exists(path):
            raise UsageError(
                f"{path} is not a file", "name the file that has the results", error_id=ErrorId.NO_SUCH_FILE
            )
        if os.path.getsize(path) > SOURCE_LIMIT:
            raise RefusedError(
                f"{path} is larger than {SOURCE_LIMIT >> 20} MiB",
                "import the results in parts, a file for each",
                error_id=ErrorId.UNUSABLE_RESULTS,
            )
        with open(path, "rb") as file:
            return Source(os.path.basename(path), file.read(SOURCE_LIMIT))
    except OSError as error:
        raise UsageError(
            f"{path}: {error.strerror}", "name the file that has the results", error_id=ErrorId.NO_SUCH_FILE
        ) from error


def read_sources(paths: Sequence[str], seats: Sequence[str]) -> list[Source]:
    """Return files with results, and the seat that the model had in each, where that is said.

    Raises ``UsageError`` as :func:`read_source`, and for more seats than one that are not as many as the files.
    """
    if len(seats) > 1 and len(seats) != len(paths):
        raise UsageError(
            f"--seat is there {len(seats)} times, and --from {len(paths)} times",
            "give one --seat for all files, or one for each, in the same order",
        )
    sources = [read_source(path) for path in paths]
    each = seats if len(seats) == len(sources) else [*seats] * len(sources)
    return [replace(one, seat=seat) for one, seat in zip(sources, each, strict=True)] if seats else sources


def log_of(source: Source) -> LogFile:
    """Return how an evaluation names a source."""
    return LogFile(source.name, digest_of(source.data), len(source.data))


def with_same_sources(known: Mapping[str, Evaluation], sources: Sequence[Source]) -> Evaluation | None:
    """Return the evaluation that has all of these sources already; None where there is none."""
    digests = {digest_of(source.data) for source in sources}
    return next((one for one in known.values() if digests <= {log.sha256 for log in one.logs}), None)


def refuse_used(known: Mapping[str, Evaluation], sources: Sequence[Source]) -> None:
    """Raise ``UsageError`` where an evaluation has one of these files already: games count once."""
    used = {log.sha256: name for name, one in known.items() for log in one.logs}
    for source in sources:
        name = used.get(digest_of(source.data))
        if name is not None:
            raise UsageError(
                f"{source.name} is a source of the evaluation {name} already",
                f"leave it out, or retract that one first: git pbm eval retract {name} --why TEXT",
                error_id=ErrorId.UNUSABLE_RESULTS,
            )


def without_known(source: Source, known: Mapping[str, Evaluation]) -> Source:
    """Return a source without the beginning that is a log of an evaluation: match programs append to one file."""
    return replace(source, skip=next(beginnings(source, known), 0))


def beginnings(source: Source, known: Mapping[str, Evaluation]) -> Iterator[int]:
    """The sizes of the beginnings of a source that are logs of evaluations, the longest first."""
    sizes = {(log.size, log.sha256) for one in known.values() for log in one.logs if 0 < log.size < len(source.data)}
    for size, digest in sorted(sizes, reverse=True):
        if digest_of(source.data[:size]) == digest:
            yield size


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of a file's content."""
    return hashlib.sha256(data).hexdigest()
