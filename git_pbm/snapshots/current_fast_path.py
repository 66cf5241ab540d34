"""Where ``current`` leads, read from as little as proves it: programs ask this at every start.

No ``subprocess``, no ``dataclasses``, no ``re``: each import costs a third of a start-up or more.
"""

from __future__ import annotations

import os
import stat

from git_pbm.fs.small_files import read_small
from git_pbm.gitio.program import refuse_old_git

_LIMIT = 64 << 20
"""Bytes of a ``registry.json`` that is read here: some 200,000 models."""
_POINTER_LIMIT = 1024
"""``lfs_pointer.POINTER_LIMIT``, without the import."""


def current_folder() -> str | None:
    """The absolute path of the current model's folder, where three witnesses agree.

    They are the one line of ``registry.json`` that names it, as git pbm writes that file, the link ``current``, and
    a folder of that name with its metadata and networks. None says only that the registry must be read to know. Raises
    ``GitError`` for a git that is too old.
    """
    try:
        asked = [_ask("rev-parse", "--show-toplevel"), _ask("config", "--get", "pbm.registry"), _ask("version")]
        (found, top), (configured, _), (_, version) = [_answer(*process) for process in asked]
        refuse_old_git(os.fsdecode(version))
        if found != 0 or configured != 1:
            return None
        return _proven(os.fsdecode(top.removesuffix(b"\n")))
    except OSError:
        return None


def _proven(top: str) -> str | None:
    target = os.readlink(os.path.join(top, "current"))
    folder, _, model_id = target.partition("/")
    if folder != "models" or len(model_id) != 8 or not model_id.isalnum():
        return None
    registry = read_small(os.path.join(top, "registry.json"), _LIMIT) or b""
    if registry.count(b'\n  "current": ') != 1 or f'\n  "current": "{model_id}",\n'.encode() not in registry:
        return None
    if f'\n    "{model_id}": {{'.encode() not in registry:
        return None
    model = os.path.join(top, target)
    if not all(stat.S_ISDIR(os.lstat(path).st_mode) for path in (os.path.dirname(model), model)):
        return None
    sizes = {entry.name: entry.stat().st_size for entry in os.scandir(model) if entry.is_file(follow_symlinks=False)}
    networks = [size for name, size in sizes.items() if name.endswith(".onnx")]
    # a small one may be a pointer of Git LFS, and where there is none it may not be checked out
    return model if "metadata.json" in sizes and networks and min(networks) > _POINTER_LIMIT else None


def _ask(*argv: str) -> tuple[int, int]:
    """Start git; returns its process id and the descriptor of what it prints."""
    read_end, write_end = os.pipe()
    silenced = (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)
    try:
        actions = [(os.POSIX_SPAWN_DUP2, write_end, 1), silenced]
        return os.posix_spawnp("git", ["git", *argv], os.environ, file_actions=actions), read_end
    except OSError:
        os.close(read_end)
        raise
    finally:
        os.close(write_end)


def _answer(process: int, descriptor: int) -> tuple[int, bytes]:
    with open(descriptor, "rb") as pipe:
        text = pipe.read()
    return os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]), text
