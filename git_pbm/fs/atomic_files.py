"""Small durable writes: temporary file, fsync, rename, fsync of the folder; never through a link."""

from __future__ import annotations

import errno
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from git_pbm.errors import ErrorId, RefusedError

_CANNOT_SWAP = (errno.ENOSYS, errno.EINVAL, errno.ENOTSUP)
_HERE, _EXCHANGE = -100, 2
"""``AT_FDCWD`` and ``RENAME_EXCHANGE`` of renameat2(2)."""


def sync_folder(folder: str) -> None:
    """Make the names in a folder durable. A failed fsync is fatal and is not tried again."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_file(path: str, content: bytes) -> None:
    """Make a new file with ``content``, synced. Raises ``FileExistsError`` where something is there."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666)
    with open(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


_TEMPORARY = re.compile(r"\..*\.[0-9a-f]{12}\.pbm-tmp", re.DOTALL)


def temporary_name(path: str, aside: str | None = None) -> str:
    """A name that nothing has, beside ``path`` or in the folder ``aside`` on the same file system."""
    folder, name = os.path.split(path)
    return os.path.join(aside or folder, f".{name}.{os.urandom(6).hex()}.pbm-tmp")


def drop_temporaries(folder: str) -> None:
    """Delete the temporary files of the dead; the caller holds the lock that their writers held."""
    for name in os.listdir(folder):
        if _TEMPORARY.fullmatch(name):
            remove_if_there(os.path.join(folder, name))


def replace_file(path: str, content: bytes, aside: str | None = None) -> None:
    """Put ``content`` at ``path``: a reader sees the old file or the new one, whole."""
    temporary = temporary_name(path, aside)
    try:
        write_file(temporary, content)
        os.replace(temporary, path)
    except BaseException:
        remove_if_there(temporary)
        raise
    sync_folder(os.path.dirname(path))


def replace_link(path: str, target: str, aside: str | None = None) -> None:
    """Put a symbolic link at ``path``: a reader sees the old one or the new one."""
    temporary = temporary_name(path, aside)
    try:
        os.symlink(target, temporary)
        os.replace(temporary, path)
    except BaseException:
        remove_if_there(temporary)
        raise
    sync_folder(os.path.dirname(path))


def swap(path: str, other: str) -> None:
    """Exchange what two names mean, a folder and a link, say: at once where the system can (Linux), else one by one."""
    if not (sys.platform == "linux" and _exchanged(path, other)):
        aside = f"{other}.aside"
        os.rename(other, aside)
        os.rename(path, other)
        os.rename(aside, path)
    sync_folder(os.path.dirname(path))


def _exchanged(path: str, other: str) -> bool:
    import ctypes

    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    if call(_HERE, os.fsencode(path), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _CANNOT_SWAP:
        return False
    raise OSError(number, os.strerror(number), path)


@contextmanager
def scratch_folder() -> Iterator[str]:
    """A private temporary folder. Raises :class:`RefusedError` where none can be made, on a full disk, say."""
    import tempfile

    try:
        folder = tempfile.TemporaryDirectory(prefix="git-pbm-")
    except FileNotFoundError as error:
        raise RefusedError(
            f"{error.strerror}; nothing was changed",
            "make room, or name a folder on another disk: export TMPDIR=DIR",
            error_id=ErrorId.SYSTEM_ERROR,
        ) from error
    with folder as name:
        yield name


def remove_if_there(path: str) -> None:
    """Unlink a file or link that may be gone already."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
