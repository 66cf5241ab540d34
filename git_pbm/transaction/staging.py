"""Bringing what was written into the index with git's own ``add``, and proving that it arrived there as it is."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from git_pbm.core.documents.lfs_pointer import POINTER_LIMIT, LfsPointer, parse_pointer
from git_pbm.errors import RefusedError
from git_pbm.fs.path_state import PathKind, PathState
from git_pbm.gitio.index import Entries, index_entries, literal, retry_while_locked, set_entries
from git_pbm.gitio.lfs import is_stored, stored_path
from git_pbm.gitio.objects import read_blobs
from git_pbm.gitio.repository import Repository
from git_pbm.gitio.runner import GitRunner

_STORED = ("-c", "core.compression=0", "-c", "core.looseCompression=0")
"""Weights do not compress: three quarters of a plain ``git add`` of a model is spent in zlib for 0 to 7 %."""


@dataclass(frozen=True, slots=True)
class Expected:
    """git's ids for the bytes that were written, where known, and the attributes of the networks among them."""

    object_ids: Mapping[str, str]
    attributes: Mapping[str, Mapping[str, str]]
    again: Sequence[str] = ()
    """Paths whose bytes stay while the attributes store them in another way: git would skip those."""


def stage(repository: Repository, runner: GitRunner, states: Mapping[str, PathState], expected: Expected) -> Entries:
    """``git add`` of exact paths, then a look at what the index holds now.

    Raises :class:`BusyError` where somebody holds ``index.lock``, and :class:`RefusedError` where what is
    staged is not what was written (a filter or an attribute that converts bytes).
    """
    paths = list(states)
    links = [path for path, state in states.items() if state.kind is PathKind.LINK]
    if links and not repository.config_flag("core.symlinks", True):
        _stage_links(repository, runner, {path: states[path].target for path in links})
        paths = [path for path in paths if path not in links]
    # git refuses paths beyond a link; staging a link takes the entries below it away
    beyond = tuple(f"{link}/" for link in links)
    paths = [path for path in paths if path not in expected.again and not path.startswith(beyond)]
    _take_in(repository, runner, [path for path in paths if states[path].kind is not PathKind.ABSENT])
    _add(repository, runner, paths, "--force")
    _add(repository, runner, expected.again, "--renormalize")
    entries = index_entries(repository, list(states))
    _verify(repository, states, entries, expected)
    return entries


def _take_in(repository: Repository, runner: GitRunner, paths: Sequence[str]) -> None:
    """Tell the index that paths outside a sparse checkout are on the disk now: git before 2.36 does not see it."""
    if not paths or not repository.config_flag("core.sparseCheckout", False):
        return
    listing = repository.run("ls-files", "-t", "-z", "--", *map(literal, paths))
    left_out = b"".join(row[2:] + b"\0" for row in listing.split(b"\0") if row.startswith(b"S "))
    if left_out:
        argv = ("update-index", "-z", "--no-skip-worktree", "--stdin")
        retry_while_locked(repository, lambda: runner.git(*argv, stdin=left_out))


def _add(repository: Repository, runner: GitRunner, paths: Sequence[str], how: str) -> None:
    if paths:
        listed = b"\0".join(os.fsencode(literal(path)) for path in paths)
        argv = ("add", how, "--sparse", "--pathspec-from-file=-", "--pathspec-file-nul")
        retry_while_locked(repository, lambda: runner.git(*argv, stdin=listed, settings=_STORED))


def _verify(repository: Repository, states: Mapping[str, PathState], entries: Entries, expected: Expected) -> None:
    """Raise :class:`RefusedError` where the index does not hold what was written."""
    converted = {}
    for path, state in states.items():
        mode, _, object_id = (entries[path] or "").partition(" ")
        if mode != {"file": "100644", "link": "120000", "absent": ""}[state.kind]:
            raise RefusedError(
                f"{path}: git staged {entries[path] or 'nothing'}, not what was written", f"git check-attr -a -- {path}"
            )
        if state.kind is not PathKind.FILE:
            continue
        if object_id != expected.object_ids.get(path):
            converted[path] = object_id
        elif expected.attributes.get(path, {}).get("filter") == "lfs":
            raise RefusedError(
                f"{path}: the attributes send it to Git LFS, and git staged its raw bytes",
                "set Git LFS up in this clone: git lfs install --local",
            )
    if converted:
        _verify_pointers(repository, states, converted)


def _verify_pointers(repository: Repository, states: Mapping[str, PathState], converted: Mapping[str, str]) -> None:
    """Raise :class:`RefusedError` where a converted file is not the Git LFS pointer of a content that is kept."""
    stdin = "".join(f"{object_id}\n" for object_id in converted.values()).encode()
    sizes = repository.run("cat-file", "--batch-check=%(objectsize)", stdin=stdin).split()
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


def _stage_links(repository: Repository, runner: GitRunner, targets: Mapping[str, str]) -> None:
    """Where the file system has no links, git would stage a plain file: say the mode outright."""
    lines = []
    for path, target in targets.items():
        object_id = repository.run("hash-object", "-w", "--stdin", stdin=os.fsencode(target)).decode().strip()
        lines.append(f"120000 {object_id} 0\t{path}\0")
    set_entries(repository, runner, "".join(lines))
