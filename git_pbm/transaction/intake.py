"""Taking source files in: copied, hashed and walked as ONNX in one pass, into a staging folder."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import FileIO

from git_pbm.core.documents.lfs_pointer import looks_like_pointer
from git_pbm.core.names import Role
from git_pbm.core.registry.facts import Facts, FactsReader
from git_pbm.errors import ErrorId, RefusedError
from git_pbm.fs.atomic_files import sync_folder
from git_pbm.fs.parallel import spread
from git_pbm.fs.small_files import PIECE
from git_pbm.gitio.loose_objects import BlobWriter, object_file, write_all
from git_pbm.gitio.repository import Repository

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Source:
    """A file to take in: where it is, and the name that it gets in the model's directory."""

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
    folder = os.path.join(staging_parent(repository), f".pbm-staging-{os.getpid()}-{os.urandom(4).hex()}")
    os.mkdir(folder)
    return folder


def drop_staging(folder: str) -> None:
    """Delete a staging folder with all that is in it."""
    shutil.rmtree(folder, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class StagedFile:
    """What was taken in: the facts about the bytes that were written, and git's own id for them."""

    facts: Facts
    object_id: str


def intake(
    sources: list[Source],
    folder: str,
    object_format: str,
    progress: Progress | None = None,
    *,
    with_objects: bool = False,
) -> dict[str, StagedFile]:
    """Take the sources in, side by side; returns what was written, by name.

    ``with_objects`` writes git's object of each file beside it, in the same pass.

    Raises :class:`RefusedError` for anything that is not a regular file holding one whole ONNX model, and for
    a file that grows or shrinks meanwhile.
    """
    taken = spread(lambda source: _take(source, folder, object_format, progress, with_objects), sources)
    sync_folder(folder)
    return {source.name: one for source, one in zip(sources, taken, strict=True)}


def _take(source: Source, folder: str, object_format: str, progress: Progress | None, with_objects: bool) -> StagedFile:
    descriptor = _open(source)
    with open(descriptor, "rb", buffering=0) as file:
        status = os.fstat(descriptor)
        _refuse_without_room(source, status.st_size * (1 + with_objects), folder)
        target = os.path.join(folder, source.name)
        path = object_file(folder, source.name) if with_objects else None
        reader = FactsReader(Role.NETWORK)
        head = b""
        # git's id in the same pass: it proves later that the blob which git stored holds these very bytes
        with BlobWriter(path, status.st_size, object_format) as blob, open(target, "xb", buffering=0) as copy:
            taken = 0
            for piece in _pieces(source, file):
                head = head or bytes(piece[:64])
                reader.feed(piece)
                blob.feed(piece)
                write_all(copy.fileno(), [piece])
                taken += len(piece)
                if progress is not None:
                    progress(len(piece))
                # nothing that follows would make it a model, and a sparse or a growing file may go on for ever
                if reader.is_hopeless or taken > status.st_size:
                    break
            os.fsync(copy.fileno())
            object_id = blob.finish()
    # a time stamp of this second would make git hash the file again at commit ("racily clean")
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    facts = reader.finish()
    if taken <= status.st_size:
        _refuse_unusable(source, facts, head)
    if not object_id:
        raise RefusedError(
            f"{source.path}: it changed while it was read",
            "add it again when your training has written it",
            error_id=ErrorId.SOURCE_CHANGING,
        )
    return StagedFile(facts, object_id)


def _pieces(source: Source, file: FileIO) -> Iterator[memoryview]:
    """The bytes of a source, in one buffer that is used again and again."""
    buffer = bytearray(PIECE)
    view = memoryview(buffer)
    while True:
        try:
            size = file.readinto(buffer)
        except OSError as error:
            raise RefusedError(
                f"{source.path}: cannot be read: {error.strerror}",
                "name the ONNX file that your training wrote",
                error_id=ErrorId.NO_SUCH_FILE,
            ) from error
        if not size:
            return
        yield view[:size]


def _open(source: Source) -> int:
    try:
        descriptor = os.open(source.path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise RefusedError(
            f"{source.path}: {error.strerror}",
            "name the ONNX file that your training wrote",
            error_id=ErrorId.NO_SUCH_FILE,
        ) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise RefusedError(
            f"{source.path}: not a regular file", "name the ONNX file itself", error_id=ErrorId.UNUSABLE_SOURCE
        )
    return descriptor


def _refuse_without_room(source: Source, size: int, folder: str) -> None:
    """Before a full disk does: by then everybody else's work has no room either."""
    free = shutil.disk_usage(folder).free
    if size > free:
        raise RefusedError(
            f"{source.path}: it needs {size / 1e9:,.1f} GB here, and {free / 1e9:,.1f} GB are free",
            "make room, and add it again",
            error_id=ErrorId.SYSTEM_ERROR,
        )


def _refuse_unusable(source: Source, facts: Facts, head: bytes) -> None:
    if facts.is_pointer or looks_like_pointer(head):
        raise RefusedError(
            f"{source.path}: this is a Git LFS pointer, not a model",
            "fetch the model first: git lfs pull",
            error_id=ErrorId.UNUSABLE_SOURCE,
        )
    if facts.onnx_problem is not None:
        raise RefusedError(
            f"{source.path}: not a usable ONNX model: {facts.onnx_problem}",
            "export it again",
            error_id=ErrorId.UNUSABLE_SOURCE,
        )
    if facts.onnx is not None and facts.onnx.external_data:
        raise RefusedError(
            f"{source.path}: weights lie outside the file ({facts.onnx.external_data[0]}); its hash does not name them",
            "export one file, for torch: torch.onnx.export(..., external_data=False)",
            error_id=ErrorId.UNUSABLE_SOURCE,
        )
