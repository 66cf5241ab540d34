"""The snapshot of the working tree: what is on the disk, read without following any link."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cached_property

from git_pbm.core.names import CURRENT_PATH, GITATTRIBUTES_PATH, REGISTRY_PATHS, Role, role_of
from git_pbm.core.registry.facts import Facts, FactsReader, Unavailable, validated
from git_pbm.core.registry.snapshot import Entry, EntryKind, FileEntry, LinkEntry, OtherEntry
from git_pbm.fs.parallel import spread
from git_pbm.fs.small_files import PIECE
from git_pbm.gitio.attributes import check_attributes
from git_pbm.gitio.differences import belongs, differs_from_index, ignored_paths
from git_pbm.gitio.listing import listing_of, with_attributes
from git_pbm.gitio.repository import Repository
from git_pbm.snapshots.facts_loader import FactsLoader
from git_pbm.snapshots.tree import TreeSnapshot, staged_tree

_OTHER_KINDS = {
    stat.S_IFIFO: EntryKind.FIFO,
    stat.S_IFSOCK: EntryKind.SOCKET,
    stat.S_IFBLK: EntryKind.DEVICE,
    stat.S_IFCHR: EntryKind.DEVICE,
}


class WorktreeSnapshot:
    """The registry as it is in the work tree.

    A file that git holds for unmodified has its blob's facts (remembered ones), so that a check after a
    check reads nothing; with ``rehash`` every byte is read from the disk.
    """

    label = "the working tree"

    def __init__(self, repository: Repository, blobs: FactsLoader, unlike: frozenset[str] | None = None) -> None:
        """``unlike`` is what :func:`differs_from_index` said just now, where that was asked already."""
        if repository.root is None:
            raise ValueError("a bare repository has no working tree")
        self._repository = repository
        self._root = repository.root
        self._blobs = blobs
        self._asked = unlike
        self._read: dict[str, Facts] = {}
        self._attributes: dict[str, Mapping[str, str]] = {}

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        """See :class:`Snapshot`."""
        found = dict(self._staged.entries)
        kinds = {path: entry.kind for path, entry in found.items() if isinstance(entry, OtherEntry)}
        submodules = {path for path, kind in kinds.items() if kind is EntryKind.SUBMODULE}
        # what is in conflict counts as it is on the disk
        unlike = {path.rstrip("/") for path in self._unlike} | kinds.keys() - submodules
        for path in unlike - submodules:
            found.pop(path, None)
        for path in unlike - submodules - {GITATTRIBUTES_PATH}:
            self._walk(path, found)
        if not all(map(belongs, found.keys() - self._staged.entries.keys())):
            for path in ignored_paths(self._repository):
                if not belongs(path):
                    found.pop(path, None)
        return dict(sorted(found.items())) if unlike else found

    def facts(self, path: str) -> Facts | Unavailable:
        """See :class:`Snapshot`."""
        entry = self.entries[path]
        if not isinstance(entry, FileEntry):
            raise KeyError(path)
        if not self._is_on_disk(path):
            return self._staged.facts(path)
        if path not in self._read:
            self._take(path, role_of(path))
        return self._read[path]

    def _take(self, path: str, role: Role) -> None:
        """Read a file from the disk; where it is a network, then all of them that have to be."""
        paths = [path]
        if role is Role.NETWORK and self._blobs.eager:
            paths = [name for name in self.entries if role_of(name) is role and self._is_on_disk(name)]
            if self._blobs.progress is not None:
                self._blobs.progress.expect(sum(os.lstat(os.path.join(self._root, name)).st_size for name in paths))
        for name, facts in zip(paths, spread(lambda name: self._from_disk(name, role), paths), strict=True):
            if role is Role.NETWORK and self._is_in_lfs(name):
                facts = replace(facts, is_pointer=True)  # what git stores of it is a pointer; its content is here
            self._read[name] = validated(facts, role) if self._blobs.validate else facts

    def _is_on_disk(self, path: str) -> bool:
        """Whether a file's facts come from the disk: git does not know its bytes, or nothing is believed."""
        entry = self.entries[path]
        known = bool(entry.object_id) and not (self._blobs.rehash and path not in self._skipped)
        return isinstance(entry, FileEntry) and not known

    def attributes(self, paths: Collection[str]) -> Mapping[str, Mapping[str, str]] | Unavailable:
        """See :class:`Snapshot`."""
        if not set(paths) <= self._attributes.keys():
            if not os.path.lexists(os.path.join(self._root, GITATTRIBUTES_PATH)):  # git takes it from the index then
                staged = self._staged.attributes(paths)
                if isinstance(staged, Unavailable):
                    return staged
            self._attributes.update(check_attributes(self._repository, paths, cached=False))
        return {path: self._attributes[path] for path in paths}

    @cached_property
    def attributes_file(self) -> Entry | None:
        """The entry of ``.gitattributes``; without an object id where it is not the staged one."""
        staged = self._staged.attributes_file
        return FileEntry() if GITATTRIBUTES_PATH in self._unlike else staged

    @property
    def listing(self) -> bytes | None:
        """What git would list, had all of this been staged; None where it does not know all of it."""
        return listing_of(with_attributes(self.entries, self.attributes_file))

    def _is_in_lfs(self, path: str) -> bool:
        networks = [name for name in self.entries if role_of(name) is Role.NETWORK]
        attributes = self.attributes(networks)
        return not isinstance(attributes, Unavailable) and attributes[path].get("filter") == "lfs"

    # -- what git says

    @cached_property
    def _staged(self) -> TreeSnapshot:
        return staged_tree(self._repository, self._blobs)

    @cached_property
    def _unlike(self) -> frozenset[str]:
        return differs_from_index(self._repository) if self._asked is None else self._asked

    @cached_property
    def _skipped(self) -> frozenset[str]:
        """Paths outside a sparse checkout: absent from the disk on purpose."""
        if not self._repository.config_flag("core.sparseCheckout", False):
            return frozenset()
        listing = self._repository.run("ls-files", "-t", "-z", "--", *REGISTRY_PATHS)
        return frozenset(os.fsdecode(row[2:]) for row in listing.split(b"\0") if row.startswith(b"S "))

    # -- what the disk says

    def _walk(self, top: str, found: dict[str, Entry]) -> None:
        waiting = [top]
        while waiting:
            path = waiting.pop()
            full = os.path.join(self._root, path)
            try:
                status = os.lstat(full)
                if stat.S_ISDIR(status.st_mode):
                    waiting += [f"{path}/{name}" for name in os.listdir(full)]
                else:
                    self._note(path, full, status, found)
            except FileNotFoundError:
                continue
            except NotADirectoryError:  # something is in the place of a folder
                waiting.append(os.path.dirname(path))
            except OSError as error:
                if error.errno != errno.ENAMETOOLONG:
                    raise
                found[os.path.dirname(path)] = OtherEntry(EntryKind.DEEP_FOLDER)

    def _note(self, path: str, full: str, status: os.stat_result, found: dict[str, Entry]) -> None:
        if stat.S_ISLNK(status.st_mode):
            found[path] = LinkEntry(os.readlink(full))
        elif stat.S_ISREG(status.st_mode):
            found[path] = self._file(path, full, status)
        else:
            found[path] = OtherEntry(_OTHER_KINDS.get(stat.S_IFMT(status.st_mode), EntryKind.UNKNOWN))

    def _file(self, path: str, full: str, status: os.stat_result) -> Entry:
        staged = self._staged.entries.get(path)
        if path == CURRENT_PATH and isinstance(staged, LinkEntry) and not self._has_links:
            with open(full, "rb") as file:
                return LinkEntry(os.fsdecode(file.read(4096)))
        return FileEntry(bool(status.st_mode & 0o111) and self._has_modes)

    @cached_property
    def _has_links(self) -> bool:
        return self._repository.config_flag("core.symlinks", True)

    @cached_property
    def _has_modes(self) -> bool:
        return self._repository.config_flag("core.fileMode", True)

    def _from_disk(self, path: str, role: Role) -> Facts:
        reader = FactsReader(role)
        descriptor = os.open(os.path.join(self._root, path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        with open(descriptor, "rb", buffering=0) as file:
            while piece := file.read(PIECE):
                reader.feed(piece)
                if self._blobs.progress is not None and role is Role.NETWORK:
                    self._blobs.progress.advance(len(piece))
        return reader.finish()
