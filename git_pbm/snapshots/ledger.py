"""Ledgers that git holds: of a commit, of the index, of the work tree; only what differs from a known tree is read."""

from __future__ import annotations

import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property

from git_pbm.core.names import EVALUATIONS_PATH
from git_pbm.core.registry.change import NO_EVALUATIONS, LedgerChange
from git_pbm.core.registry.facts import Unavailable
from git_pbm.core.registry.ledger import LEDGER_FILE_LIMIT, LedgerFile
from git_pbm.core.registry.snapshot import Entry, FileEntry
from git_pbm.fs.small_files import read_small
from git_pbm.gitio.index import literal
from git_pbm.gitio.listing import RawRow, entries_of, raw_rows, tree_entries_of
from git_pbm.gitio.objects import read_blobs
from git_pbm.gitio.partial_clone import missing_objects
from git_pbm.gitio.repository import Repository

_RAW = ("--raw", "-z", "--no-renames", "--ignore-submodules=none", "--no-abbrev")


class GitLedger:
    """The evaluations of a commit's tree, or of the index (``revision`` None).

    ``known`` is a tree whose evaluations need not be judged; None: all are.
    """

    def __init__(self, repository: Repository, revision: str | None, known: str | None) -> None:
        self._repository = repository
        self._revision = revision
        self._known = known
        self._folders: dict[str, Mapping[str, LedgerFile]] = {}

    @cached_property
    def _missing(self) -> frozenset[str]:
        """What a partial clone lacks; it is not fetched one by one."""
        return missing_objects(self._repository, self._revision or "--indexed-objects")

    @cached_property
    def changed(self) -> Mapping[str, LedgerFile]:
        """See :class:`Ledger`."""
        if self._known is None:
            return self._files(self._listing(EVALUATIONS_PATH))
        return self._files({row.path: row.entry for row in self._differences(self._known) if row.entry is not None})

    def folder(self, model_id: str) -> Mapping[str, LedgerFile]:
        """See :class:`Ledger`."""
        if model_id not in self._folders:
            self._folders[model_id] = self._files(self._listing(f"{EVALUATIONS_PATH}/{model_id}"))
        return self._folders[model_id]

    def every(self) -> Mapping[str, LedgerFile]:
        """Every file: only a ladder, and a list, need them."""
        return self._files(self._listing(EVALUATIONS_PATH))

    def paths(self) -> Iterable[str]:
        """The path of every file; nothing is read."""
        return self._listing(EVALUATIONS_PATH)

    def _listing(self, place: str) -> Mapping[str, Entry]:
        if self._revision is None:
            return entries_of(self._repository.run("ls-files", "--stage", "-z", "--", literal(place)))
        argv = ("ls-tree", "-r", "-z", "--full-tree", self._revision, "--", place)
        return tree_entries_of(self._repository.run(*argv))

    def _differences(self, known: str) -> Iterator[RawRow]:
        trees = (known,) if self._revision is None else (known, self._revision)
        return differences_of(self._repository, *trees)

    def _files(self, entries: Mapping[str, Entry]) -> Mapping[str, LedgerFile]:
        return read_files(self._repository, entries, self._missing if entries else ())


class WorktreeLedger(GitLedger):
    """The evaluations of the work tree: those of the index, and what differs from it on the disk."""

    def __init__(self, repository: Repository, known: str | None) -> None:
        super().__init__(repository, None, known)

    @cached_property
    def _on_disk(self) -> Mapping[str, Entry | None]:
        """What is not as the index has it, or not in the index: what is there instead, None for nothing."""
        argv = ("--modified", "--deleted", "--others", "--exclude-standard", "-z", "--", EVALUATIONS_PATH)
        paths = {os.fsdecode(path) for path in self._repository.run("ls-files", *argv).split(b"\0") if path}
        there = {path for path in paths if os.path.lexists(os.path.join(self._repository.folder, path))}
        return {path: FileEntry() if path in there else None for path in sorted(paths)}

    @cached_property
    def changed(self) -> Mapping[str, LedgerFile]:
        """See :class:`Ledger`."""
        entries = {**{path: file.entry for path, file in super().changed.items()}, **self._on_disk}
        return self._files({path: entry for path, entry in entries.items() if entry is not None})

    def _listing(self, place: str) -> Mapping[str, Entry]:
        below = {path: entry for path, entry in self._on_disk.items() if path.startswith(f"{place}/")}
        entries = {**super()._listing(place), **below}
        return {path: entry for path, entry in entries.items() if entry is not None}

    def _files(self, entries: Mapping[str, Entry]) -> Mapping[str, LedgerFile]:
        stored = {path: entry for path, entry in entries.items() if entry.object_id}
        files = dict(super()._files(stored))
        for path in entries.keys() - stored.keys():
            content = read_small(os.path.join(self._repository.folder, path), LEDGER_FILE_LIMIT)
            files[path] = LedgerFile(path, FileEntry(), content)
        return dict(sorted(files.items()))


def here(repository: Repository) -> GitLedger:
    """Return the ledger that a command looks at: of the work tree, of HEAD in a bare repository."""
    return GitLedger(repository, "HEAD", None) if repository.root is None else WorktreeLedger(repository, None)


def read_files(
    repository: Repository, entries: Mapping[str, Entry], missing: Collection[str]
) -> Mapping[str, LedgerFile]:
    """Return the files of these entries, read by one git process."""
    ids = [entry.object_id for entry in entries.values() if isinstance(entry, FileEntry)]
    contents = {
        object_id: _beginning(pieces) if pieces is not None else None
        for object_id, pieces in read_blobs(repository, [one for one in dict.fromkeys(ids) if one not in missing])
    }
    files = {}
    for path, entry in sorted(entries.items()):
        content: bytes | Unavailable | None = None
        if isinstance(entry, FileEntry):
            found = contents.get(entry.object_id)
            content = found if found is not None else Unavailable(entry.object_id, path)
        files[path] = LedgerFile(path, entry, content)
    return files


def _beginning(pieces: Iterable[bytes]) -> bytes:
    """All of a file, or enough of it to tell that it is too large."""
    kept = bytearray()
    for piece in pieces:
        kept += piece[: LEDGER_FILE_LIMIT + 1 - len(kept)]
    return bytes(kept)


def change_of(
    repository: Repository, parents: Sequence[Sequence[RawRow]], missing: Collection[str] = ()
) -> LedgerChange:
    """Return how a commit changes the evaluations, from how it differs from each parent.

    What no parent has is new; what any parent has is there to stay.
    """
    if not any(parents):
        return NO_EVALUATIONS
    rows = [row for each in parents for row in each]
    changed = {row.path: row.before for row in rows if row.before and row.entry}
    removed = {row.path: row.before for row in rows if row.before and not row.entry}
    every = (_new_to_all(parents), changed, removed)
    return LedgerChange(*(tuple(read_files(repository, files, missing).values()) for files in every))


def _new_to_all(parents: Sequence[Sequence[RawRow]]) -> dict[str, Entry]:
    """The entries that no parent has."""
    first, *others = [{row.path: row.entry for row in rows if row.entry and not row.before} for rows in parents]
    return {path: entry for path, entry in first.items() if all(path in other for other in others)}


def latest_end(seconds: int) -> str:
    """Return the time after which no match can have ended that is committed then: clocks and zones differ by a day."""
    return time_text(seconds + 24 * 60 * 60)


def time_text(seconds: int) -> str:
    """Return a time, in seconds since 1970, as evaluations write it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def differences_of(repository: Repository, *trees: str) -> Iterator[RawRow]:
    """Yield how the evaluations of the second tree (of the index, where there is one tree) differ from the first."""
    command = ("diff-tree", "-r") if len(trees) > 1 else ("diff-index", "--cached")
    return raw_rows(repository.run(*command, *_RAW, *trees, "--", EVALUATIONS_PATH))
