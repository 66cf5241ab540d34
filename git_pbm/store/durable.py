"""Small durable writes: temporary file, fsync, rename, fsync of the folder; never through a link."""

from __future__ import annotations

import os
import re


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


def remove_if_there(path: str) -> None:
    """Unlink a file or link that may be gone already."""
    try:
        os.unlink(path)
    except FileNotFoundError:
        return
