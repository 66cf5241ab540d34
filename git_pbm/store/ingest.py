"""Taking source files in: copied, hashed and walked as ONNX in one pass, into a staging folder."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import stat
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from git_pbm.core.facts import Facts, FactsReader
from git_pbm.core.lfs import looks_like_pointer
from git_pbm.core.names import Role
from git_pbm.errors import RefusedError
from git_pbm.store.durable import sync_folder, write_all
from git_pbm.store.git import PIECE, Repository

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Source:
    """A file to take in: where it lies, and the name that it gets in the model's directory."""

    path: str
    name: str


def staging_parent(repository: Repository) -> str:
    """A folder on the work tree's own file system (a rename must do), inside the git folder where possible."""
    root = repository.root
    if root is None:
        raise ValueError("a bare repository takes nothing in")
    for parent in (repository.worktree_folder, repository.own_folder):
        os.makedirs(parent, exist_ok=True)
        if os.stat(parent).st_dev == os.stat(root).st_dev:
            return parent
    return root


def make_staging(repository: Repository) -> str:
    """A new staging folder, named so that recovery knows whose it is."""
    folder = os.path.join(staging_parent(repository), f".pbm-staging-{os.getpid()}-{secrets.token_hex(4)}")
    os.mkdir(folder)
    return folder


def drop_staging(folder: str) -> None:
    """Delete a staging folder with all that is in it."""
    shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class Taken:
    """What was taken in: the facts about the bytes that were written, and git's own id for them.

    ``object_id`` is empty where the source changed its size meanwhile.
    """

    facts: Facts
    object_id: str


def ingest(
    sources: list[Source], folder: str, object_format: str, progress: Progress | None = None
) -> dict[str, Taken]:
    """Take the sources in, side by side; returns what was written, by name.

    Raises :class:`RefusedError` for anything that is not a regular file holding one whole ONNX model.
    """
    with ThreadPoolExecutor(max_workers=max(1, len(sources))) as pool:
        taken = list(pool.map(lambda source: _take(source, folder, object_format, progress), sources))
    sync_folder(folder)
    return {source.name: found for source, found in zip(sources, taken, strict=True)}


def _take(source: Source, folder: str, object_format: str, progress: Progress | None) -> Taken:
    taken, head = _copy(source, os.path.join(folder, source.name), object_format, progress)
    facts = taken.facts
    if facts.is_pointer or looks_like_pointer(head):
        raise RefusedError(
            f"{source.path}: this is a Git LFS pointer, not a model", "fetch the model first: git lfs pull"
        )
    if facts.onnx_problem is not None:
        raise RefusedError(f"{source.path}: not a usable ONNX model: {facts.onnx_problem}", "export it again")
    if facts.onnx is not None and facts.onnx.external_data:
        raise RefusedError(
            f"{source.path}: weights lie outside the file ({facts.onnx.external_data[0]}); its hash does not name them",
            "export one file, for torch: torch.onnx.export(..., external_data=False)",
        )
    return taken


def _copy(source: Source, target: str, object_format: str, progress: Progress | None) -> tuple[Taken, bytes]:
    reader = FactsReader(Role.NETWORK)
    head = b""
    try:
        descriptor = os.open(source.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise RefusedError(f"{source.path}: {error.strerror}", "name the ONNX file that your training wrote") from error
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        raise RefusedError(f"{source.path}: not a regular file", "name the ONNX file itself")
    with open(descriptor, "rb", buffering=0) as file:
        # git's id in the same pass: it proves later that the blob which git stored holds these very bytes
        own = hashlib.new(object_format, b"blob %d\0" % status.st_size, usedforsecurity=False)
        buffer, total = bytearray(PIECE), 0
        view = memoryview(buffer)
        with open(target, "xb", buffering=0) as copy:
            while size := file.readinto(buffer):
                piece = view[:size]
                head = head or bytes(piece[:64])
                reader.feed(piece)
                own.update(piece)
                total += size
                write_all(copy.fileno(), piece)
                if progress is not None:
                    progress(size)
            os.fsync(copy.fileno())
    # a time stamp of this second would make git hash the file again at commit ("racily clean")
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    return Taken(reader.finish(), own.hexdigest() if total == status.st_size else ""), head
