"""git's index as a changing command needs it: exact paths in, exact paths out, the user's own work left alone."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Mapping, Sequence

from git_pbm.core.lfs import POINTER_LIMIT, parse_pointer
from git_pbm.core.names import Role, role_of
from git_pbm.errors import BusyError, RefusedError
from git_pbm.store.blobs import read_blobs
from git_pbm.store.children import Children
from git_pbm.store.git import GitFailure, Repository
from git_pbm.store.journal import State
from git_pbm.store.trees import check_attributes

STORED = ("-c", "core.compression=0", "-c", "core.looseCompression=0")
"""Weights do not compress: three quarters of a plain ``git add`` of a model is spent in zlib for 0 to 7 %."""

_LOCK_TRIES, _LOCK_PAUSE = 20, 0.1

Entries = dict[str, str | None]
"""``"<mode> <blob id>"`` by path; None where there is no entry."""


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
        mode, object_id, _stage = meta.split(" ")
        found[path] = f"{mode} {object_id}"
    return found


def stage(repository: Repository, children: Children, states: Mapping[str, State]) -> Entries:
    """``git add`` of exact paths, then a look at what the index holds now.

    Raises :class:`BusyError` where somebody holds ``index.lock``, and :class:`RefusedError` where what is
    staged is not what was written (a filter or an attribute that converts bytes).
    """
    paths = list(states)
    links = [path for path, state in states.items() if state.kind == "link"]
    if links and not repository.config_flag("core.symlinks", True):
        _stage_links(repository, children, {path: states[path].target for path in links})
        paths = [path for path in paths if path not in links]
    if paths:
        listed = b"\0".join(os.fsencode(_literal(path)) for path in paths)
        argv = ("add", "--force", "--sparse", "--pathspec-from-file=-", "--pathspec-file-nul")
        _retry_while_locked(repository, lambda: children.git(*argv, stdin=listed, settings=STORED))
    entries = index_entries(repository, list(states))
    _verify(repository, states, entries)
    return entries


def _verify(repository: Repository, states: Mapping[str, State], entries: Entries) -> None:
    wanted = {path: state for path, state in states.items() if state.kind == "file"}
    object_ids = []
    for path, state in states.items():
        entry = entries[path]
        mode = {"file": "100644", "link": "120000", "absent": ""}[state.kind]
        if (entry or "").partition(" ")[0] != mode:
            raise RefusedError(
                f"{path}: git staged {entry or 'nothing'}, not what was written",
                "see what changes it: git check-attr -a -- " + path,
            )
        if path in wanted and entry:
            object_ids.append(entry.partition(" ")[2])
    stdin = "".join(f"{object_id}\n" for object_id in object_ids).encode()
    rows = repository.ask("cat-file", "--batch-check=%(objectsize)", stdin=stdin).split() if object_ids else []
    networks = [path for path in wanted if role_of(path) is Role.NETWORK]
    attributes = check_attributes(repository, networks)
    for (path, state), object_id, size in zip(wanted.items(), object_ids, rows, strict=True):
        if int(size) == state.size and attributes.get(path, {}).get("filter") == "lfs":
            raise RefusedError(
                f"{path}: the attributes send it to Git LFS, and git staged its raw bytes",
                "set Git LFS up in this clone: git lfs install --local",
            )
        if int(size) != state.size and not _is_pointer_to(repository, object_id, int(size), state):
            raise RefusedError(
                f"{path}: git converts its bytes (an attribute or a filter), so its hash would not hold",
                "add to .gitattributes: *.onnx -text -diff -merge -delta",
            )


def _is_pointer_to(repository: Repository, object_id: str, size: int, state: State) -> bool:
    if size > POINTER_LIMIT:
        return False
    for _, pieces in read_blobs(repository, [object_id]):
        pointer = parse_pointer(b"".join(pieces or []))
        return pointer is not None and (pointer.sha256, pointer.size) == (state.sha256, state.size)
    return False


def _stage_links(repository: Repository, children: Children, targets: Mapping[str, str]) -> None:
    """Where the file system has no links, git would stage a plain file: say the mode outright."""
    lines = []
    for path, target in targets.items():
        object_id = repository.ask("hash-object", "-w", "--stdin", stdin=os.fsencode(target)).decode().strip()
        lines.append(f"120000 {object_id} 0\t{path}\0")
    set_entries(repository, children, "".join(lines))


def restore_entries(repository: Repository, children: Children, entries: Entries) -> None:
    """Put index entries back as they were (or take them away)."""
    lines = []
    for path, entry in entries.items():
        if entry is None:
            lines.append(f"0 {'0' * (64 if repository.object_format == 'sha256' else 40)} 0\t{path}\0")
        else:
            mode, _, object_id = entry.partition(" ")
            lines.append(f"{mode} {object_id} 0\t{path}\0")
    set_entries(repository, children, "".join(lines))
    repository.try_ask("update-index", "-q", "--refresh")


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


def _retry_while_locked(repository: Repository, run: Callable[[], None]) -> None:
    for _ in range(_LOCK_TRIES):
        try:
            run()
        except GitFailure as failure:
            if "index.lock" not in failure.stderr:
                raise RefusedError(_words(failure), "mend what git says, and run the command again") from failure
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
    """Make the index anew from HEAD; the torn one is kept beside it, what was staged in it is lost."""
    os.replace(repository.index_path, f"{repository.index_path}.torn")
    children.git(*(("reset", "--quiet") if repository.head() else ("read-tree", "--empty")))
