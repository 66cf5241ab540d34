"""git's index as a changing command needs it: exact paths in, exact paths out, the user's own work left alone."""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from git_pbm.errors import BusyError, ErrorId, RefusedError
from git_pbm.fs.atomic_files import remove_if_there, sync_folder
from git_pbm.gitio.repository import GitFailure, Repository
from git_pbm.gitio.runner import DURABLE, GitRunner

_LOCK_TRIES, _LOCK_PAUSE = 20, 0.1

Entries = dict[str, str | None]
"""``"<mode> <blob id>"`` by path; None where there is no entry.

Where a merge left a conflict it is ``"<mode> <blob id> <stage>"`` for each stage, with semicolons between them.
"""


def index_entries(repository: Repository, paths: Sequence[str]) -> Entries:
    """The index entries at exact paths."""
    return _entries(repository.run("ls-files", "--stage", "-z", "--", *map(literal, paths)), paths)


def tree_entries(repository: Repository, commit: str | None, paths: Sequence[str]) -> Entries:
    """The entries of a commit's tree at exact paths; none at all for no commit."""
    if commit is None:
        return dict.fromkeys(paths)
    listing = repository.run("ls-tree", "-r", "-z", "--full-tree", commit, "--", *paths)
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


def restore_entries(repository: Repository, runner: GitRunner, entries: Entries) -> None:
    """Put index entries back as they were (or take them away), conflicts included."""
    lines = []
    for path, entry in entries.items():
        if entry is None or ";" in entry or entry.count(" ") == 2:  # the stages of a conflict want an empty place
            lines.append(f"0 {'0' * (64 if repository.object_format == 'sha256' else 40)} 0\t{path}\0")
        for part in entry.split(";") if entry else ():
            mode, object_id, *stage = part.split(" ")
            lines.append(f"{mode} {object_id} {stage[0] if stage else 0}\t{path}\0")
    set_entries(repository, runner, "".join(lines))
    repository.try_run(*DURABLE, "update-index", "-q", "--refresh")


def set_entries(
    repository: Repository, runner: GitRunner, lines: str, environment: Mapping[str, str] | None = None
) -> None:
    """``git update-index --index-info`` with NUL-ended lines."""
    if lines:
        argv = ("update-index", "-z", "--index-info")
        stdin = os.fsencode(lines)
        retry_while_locked(repository, lambda: runner.git(*argv, stdin=stdin, environment=environment))


def private_index(repository: Repository, runner: GitRunner, base: str | None, ours: Sequence[str]) -> dict[str, str]:
    """The environment of an index that holds ``base`` with our staged paths and nothing else.

    It is a copy of the user's index, so that git trusts its stat data and hashes nothing again; what the
    user has staged besides is put back to the base in the copy alone.
    """
    path = os.path.join(repository.worktree_folder, "index")
    environment = {"GIT_INDEX_FILE": path}
    shutil.copyfile(repository.index_path, path)
    tree = base or repository.run_text("hash-object", "-t", "tree", "/dev/null")
    argv = ("diff-index", "--cached", "--raw", "-z", "--no-renames", "--no-abbrev", tree)
    rows = os.fsdecode(repository.run(*argv, environment=environment)).split("\0")
    lines, mine = [], set(ours)
    for meta, other in zip(rows[0::2], rows[1::2], strict=False):
        if other not in mine:
            mode, _, object_id, *_ = meta.removeprefix(":").split(" ")
            mode = "0" if mode == "000000" else mode
            lines.append(f"{mode} {object_id} 0\t{other}\0")
    set_entries(repository, runner, "".join(lines), environment)
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


def retry_while_locked(repository: Repository, run: Callable[[], None]) -> None:
    """Run a git command that needs the index, again while somebody else holds it. Raises :class:`BusyError`."""
    for _ in range(_LOCK_TRIES):
        try:
            run()
        except GitFailure as failure:
            if "index.lock" not in failure.stderr:
                raise RefusedError(_words(failure), _way_to_lfs(failure), error_id=ErrorId.GIT_FAILED) from failure
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
    return "fix what git reports, and run the command again"


def literal(path: str) -> str:
    """A path spec that means this path and no pattern."""
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


def rebuild_index(repository: Repository, runner: GitRunner) -> None:
    """Make the index anew from HEAD; the torn one is kept beside it, what was staged in it is lost.

    The new one is made aside: whatever kills this, there is an index, and torn it is rebuilt again.
    """
    made = os.path.join(repository.worktree_folder, "index")
    os.makedirs(repository.worktree_folder, exist_ok=True)
    drop_private_index(repository)
    environment = {"GIT_INDEX_FILE": made}
    head = repository.head()
    if head is None:
        runner.git("read-tree", "--empty", environment=environment)
    else:  # not read-tree: git before 2.39 fetches every blob for it in a partial clone
        listing = repository.run("ls-tree", "-r", "-z", "--full-tree", head)
        runner.git("update-index", "-z", "--index-info", stdin=listing, environment=environment)
    repository.try_run(*DURABLE, "update-index", "-q", "--refresh", environment=environment)
    shutil.copyfile(repository.index_path, f"{repository.index_path}.torn")
    os.replace(made, repository.index_path)
    sync_folder(os.path.dirname(repository.index_path))
