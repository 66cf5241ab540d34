"""git's index as a changing command needs it: exact paths in, exact paths out, the user's own work left alone."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from git_pbm.core.lfs import POINTER_LIMIT, LfsPointer, parse_pointer
from git_pbm.errors import BusyError, RefusedError
from git_pbm.store.blobs import read_blobs
from git_pbm.store.children import DURABLE, Children
from git_pbm.store.durable import remove_if_there, sync_folder
from git_pbm.store.git import GitFailure, Repository
from git_pbm.store.journal import State
from git_pbm.store.lfs_store import is_stored, stored_path

STORED = ("-c", "core.compression=0", "-c", "core.looseCompression=0")
"""Weights do not compress: three quarters of a plain ``git add`` of a model is spent in zlib for 0 to 7 %."""

_LOCK_TRIES, _LOCK_PAUSE = 20, 0.1

Entries = dict[str, str | None]
"""``"<mode> <blob id>"`` by path; None where there is no entry.

Where a merge left a conflict it is ``"<mode> <blob id> <stage>"`` for each stage, with semicolons between them.
"""


def index_entries(repository: Repository, paths: Sequence[str]) -> Entries:
    """The index entries at exact paths."""
    return _entries(repository.ask("ls-files", "--stage", "-z", "--", *map(_literal, paths)), paths)


def tree_entries(repository: Repository, commit: str | None, paths: Sequence[str]) -> Entries:
    """The entries of a commit's tree at exact paths; none at all for no commit."""
    if commit is None:
        return dict.fromkeys(paths)
    listing = repository.ask("ls-tree", "-r", "-z", "--full-tree", commit, "--", *paths)
    found: Entries = dict.fromkeys(paths)
    for row in filter(None, listing.split(b"\0")):
        meta, _, path = os.fsdecode(row).partition("\t")
        mode, _kind, object_id = meta.split(" ")
        if path in found:
            found[path] = f"{mode} {object_id}"
    return found


def _entries(listing: bytes, paths: Sequence[str]) -> Entries:
    found: Entries = dict.fromkeys(paths)
    for row in filter(None, listing.split(b"\0")):
        meta, _, path = os.fsdecode(row).partition("\t")
        entry = meta.removesuffix(" 0")
        found[path] = entry if found.get(path) is None else f"{found[path]};{entry}"
    return found


@dataclass(frozen=True, slots=True)
class Expected:
    """git's ids for the bytes that were written, where known, and the attributes of the networks among them."""

    object_ids: Mapping[str, str]
    attributes: Mapping[str, Mapping[str, str]]
    again: Sequence[str] = ()
    """Paths whose bytes stay while the attributes store them in another way: git would skip those."""


def stage(repository: Repository, children: Children, states: Mapping[str, State], expected: Expected) -> Entries:
    """``git add`` of exact paths, then a look at what the index holds now.

    Raises :class:`BusyError` where somebody holds ``index.lock``, and :class:`RefusedError` where what is
    staged is not what was written (a filter or an attribute that converts bytes).
    """
    paths = list(states)
    links = [path for path, state in states.items() if state.kind == "link"]
    if links and not repository.config_flag("core.symlinks", True):
        _stage_links(repository, children, {path: states[path].target for path in links})
        paths = [path for path in paths if path not in links]
    # git refuses paths beyond a link; staging a link takes the entries below it away
    beyond = tuple(f"{link}/" for link in links)
    paths = [path for path in paths if path not in expected.again and not path.startswith(beyond)]
    _add(repository, children, paths, "--force")
    _add(repository, children, expected.again, "--renormalize")
    entries = index_entries(repository, list(states))
    _verify(repository, states, entries, expected)
    return entries


def _add(repository: Repository, children: Children, paths: Sequence[str], how: str) -> None:
    if paths:
        listed = b"\0".join(os.fsencode(_literal(path)) for path in paths)
        argv = ("add", how, "--sparse", "--pathspec-from-file=-", "--pathspec-file-nul")
        _retry_while_locked(repository, lambda: children.git(*argv, stdin=listed, settings=STORED))


def _verify(repository: Repository, states: Mapping[str, State], entries: Entries, expected: Expected) -> None:
    """Raise :class:`RefusedError` where the index does not hold what was written."""
    converted = {}
    for path, state in states.items():
        mode, _, object_id = (entries[path] or "").partition(" ")
        if mode != {"file": "100644", "link": "120000", "absent": ""}[state.kind]:
            raise RefusedError(
                f"{path}: git staged {entries[path] or 'nothing'}, not what was written", f"git check-attr -a -- {path}"
            )
        if state.kind != "file":
            continue
        if object_id != expected.object_ids.get(path):
            converted[path] = object_id
        elif expected.attributes.get(path, {}).get("filter") == "lfs":
            raise RefusedError(
                f"{path}: the attributes send it to Git LFS, and git staged its raw bytes",
                "set Git LFS up in this clone: git lfs install --local",
            )
    if not converted:
        return
    stdin = "".join(f"{object_id}\n" for object_id in converted.values()).encode()
    sizes = repository.ask("cat-file", "--batch-check=%(objectsize)", stdin=stdin).split()
    for (path, object_id), size in zip(converted.items(), sizes, strict=True):
        pointer = _pointer_of(repository, object_id, int(size))
        if pointer is None or (pointer.sha256, pointer.size) != (states[path].sha256, states[path].size):
            raise RefusedError(
                f"{path}: git converts its bytes (an attribute or a filter), so its hash would not hold",
                "add to .gitattributes: *.onnx -text -diff -merge -delta",
            )
        if not is_stored(repository, pointer):
            place = stored_path(repository, pointer)
            raise RefusedError(
                f"{path}: git staged its pointer, and Git LFS has not kept its content ({place})",
                "without it a push cannot bring the model anywhere; look: git lfs env",
            )


def _pointer_of(repository: Repository, object_id: str, size: int) -> LfsPointer | None:
    if size > POINTER_LIMIT:
        return None
    for _, pieces in read_blobs(repository, [object_id]):
        return parse_pointer(b"".join(pieces or []))
    return None


def _stage_links(repository: Repository, children: Children, targets: Mapping[str, str]) -> None:
    """Where the file system has no links, git would stage a plain file: say the mode outright."""
    lines = []
    for path, target in targets.items():
        object_id = repository.ask("hash-object", "-w", "--stdin", stdin=os.fsencode(target)).decode().strip()
        lines.append(f"120000 {object_id} 0\t{path}\0")
    set_entries(repository, children, "".join(lines))


def restore_entries(repository: Repository, children: Children, entries: Entries) -> None:
    """Put index entries back as they were (or take them away), conflicts included."""
    lines = []
    for path, entry in entries.items():
        if entry is None or ";" in entry or entry.count(" ") == 2:  # the stages of a conflict want an empty place
            lines.append(f"0 {'0' * (64 if repository.object_format == 'sha256' else 40)} 0\t{path}\0")
        for part in entry.split(";") if entry else ():
            mode, object_id, *stage = part.split(" ")
            lines.append(f"{mode} {object_id} {stage[0] if stage else 0}\t{path}\0")
    set_entries(repository, children, "".join(lines))
    repository.try_ask(*DURABLE, "update-index", "-q", "--refresh")


def set_entries(
    repository: Repository, children: Children, lines: str, environment: Mapping[str, str] | None = None
) -> None:
    """``git update-index --index-info`` with NUL-ended lines."""
    if lines:
        argv = ("update-index", "-z", "--index-info")
        stdin = os.fsencode(lines)
        _retry_while_locked(repository, lambda: children.git(*argv, stdin=stdin, environment=environment))


def private_index(repository: Repository, children: Children, base: str | None, ours: Sequence[str]) -> dict[str, str]:
    """The environment of an index that holds ``base`` with our staged paths and nothing else.

    It is a copy of the user's index, so that git trusts its stat data and hashes nothing again; what the
    user has staged besides is put back to the base in the copy alone.
    """
    path = os.path.join(repository.worktree_folder, "index")
    environment = {"GIT_INDEX_FILE": path}
    shutil.copyfile(repository.index_path, path)
    tree = base or repository.ask_text("hash-object", "-t", "tree", "/dev/null")
    argv = ("diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", tree)
    rows = os.fsdecode(repository.ask(*argv, environment=environment)).split("\0")
    lines, mine = [], set(ours)
    for meta, other in zip(rows[0::2], rows[1::2], strict=False):
        if other not in mine:
            mode, _, object_id, *_ = meta.removeprefix(":").split(" ")
            mode = "0" if mode == "000000" else mode
            lines.append(f"{mode} {object_id} 0\t{other}\0")
    set_entries(repository, children, "".join(lines), environment)
    return environment


def drop_private_index(repository: Repository) -> None:
    """Delete the private index and what a killed git left beside it."""
    for name in ("index", "index.lock"):
        path = os.path.join(repository.worktree_folder, name)
        if os.path.lexists(path):
            os.unlink(path)


def lock_path(repository: Repository) -> str:
    """git's own lock on the index."""
    return f"{repository.index_path}.lock"


@contextmanager
def locked_index(repository: Repository) -> Iterator[None]:
    """Hold git's own lock on the index, as ``git commit --only`` does: nobody stages or commits by hand meanwhile.

    Our commit is made from a private index; without this a commit by hand between our look at HEAD and git's
    would be taken back by ours.
    """
    path = lock_path(repository)
    for _ in range(_LOCK_TRIES):
        try:
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o666))
            break
        except FileExistsError:
            time.sleep(_LOCK_PAUSE)
    else:
        raise index_is_locked(repository)
    try:
        yield
    finally:
        remove_if_there(path)


def _retry_while_locked(repository: Repository, run: Callable[[], None]) -> None:
    for _ in range(_LOCK_TRIES):
        try:
            run()
        except GitFailure as failure:
            if "index.lock" not in failure.stderr:
                raise RefusedError(_words(failure), _way_to_lfs(failure)) from failure
            time.sleep(_LOCK_PAUSE)
        else:
            return
    raise index_is_locked(repository)


def index_is_locked(repository: Repository) -> BusyError:
    """The refusal for an ``index.lock`` that is not ours to clear."""
    path = lock_path(repository)
    return BusyError(f"{path} is there: another git works here, or one died", f"if no git runs here: rm {path}")


def _words(failure: GitFailure) -> str:
    lines = [line for line in failure.stderr.splitlines() if line.strip()]
    return lines[-1].removeprefix("fatal: ").removeprefix("error: ") if lines else str(failure)


def _way_to_lfs(failure: GitFailure) -> str:
    """git names the filter that failed, and nothing that a person could do about it."""
    if "git-lfs" in failure.stderr:
        return "the networks go to Git LFS: install git-lfs, then: git lfs install"
    return "mend what git says, and run the command again"


def _literal(path: str) -> str:
    return f":(top,literal){path}"


def index_is_torn(repository: Repository) -> bool:
    """Whether the index is not whole (a power cut tore it): git itself does not look at its checksum.

    gitformat-index: the last bytes are a hash of all before them, or zeros (``index.skipHash``).
    """
    try:
        with open(repository.index_path, "rb") as file:
            data = file.read()
    except FileNotFoundError:
        return False
    digest = hashlib.new(repository.object_format, usedforsecurity=False)
    digest.update(data[: -digest.digest_size])
    trailer = data[-digest.digest_size :]
    return not data.startswith(b"DIRC") or (any(trailer) and trailer != digest.digest())


def rebuild_index(repository: Repository, children: Children) -> None:
    """Make the index anew from HEAD; the torn one is kept beside it, what was staged in it is lost.

    The new one is made aside: whatever kills this, there is an index, and torn it is rebuilt again.
    """
    made = os.path.join(repository.worktree_folder, "index")
    os.makedirs(repository.worktree_folder, exist_ok=True)
    drop_private_index(repository)
    environment = {"GIT_INDEX_FILE": made}
    children.git("read-tree", repository.head() or "--empty", environment=environment)
    repository.try_ask(*DURABLE, "update-index", "-q", "--refresh", environment=environment)
    shutil.copyfile(repository.index_path, f"{repository.index_path}.torn")
    os.replace(made, repository.index_path)
    sync_folder(os.path.dirname(repository.index_path))
