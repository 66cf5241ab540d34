"""Snapshots that git holds: the staged tree and the tree of any commit; nothing here looks at the work tree."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import replace
from functools import cached_property

from git_pbm.core.names import CURRENT_PATH, GITATTRIBUTES_PATH, LISTED_PATHS, Role, role_of
from git_pbm.core.registry.facts import Facts, Unavailable
from git_pbm.core.registry.snapshot import Entry, FileEntry, LinkEntry
from git_pbm.fs.atomic_files import scratch_folder
from git_pbm.gitio.attributes import check_attributes, read_attribute_files
from git_pbm.gitio.listing import entries_of, listing_of, tree_entries_of, with_attributes
from git_pbm.gitio.objects import link_text, read_blobs
from git_pbm.gitio.partial_clone import missing_objects
from git_pbm.gitio.repository import Repository
from git_pbm.snapshots.facts_loader import FactsLoader


class TreeSnapshot:
    """A snapshot whose every byte is a git blob; ``attributes_file`` is the entry of its own ``.gitattributes``."""

    def __init__(
        self,
        label: str,
        entries: Mapping[str, Entry],
        blobs: FactsLoader,
        revision: str | None = None,
        attributes_file: Entry | None = None,
    ) -> None:
        self.label = label
        self.entries = entries
        self.attributes_file = attributes_file
        self._blobs = blobs
        self._revision = revision
        self._attributes: dict[str, Mapping[str, str]] = {}

    @property
    def listing(self) -> bytes | None:
        """What ``git ls-files --stage -z`` lists of a tree like this, ``.gitattributes`` included."""
        return listing_of(with_attributes(self.entries, self.attributes_file))

    def facts(self, path: str) -> Facts | Unavailable:
        """See :class:`Snapshot`."""
        entry = self.entries[path]
        if not isinstance(entry, FileEntry):
            raise KeyError(path)
        role = role_of(path)
        many = role in (Role.NETWORK, Role.METADATA)
        facts = self._blobs.of(role, entry.object_id, lambda: self._by_role[role] if many else ())
        if self._blobs.rehash and isinstance(facts, Facts) and not facts.is_content_here:
            return self._blobs.content_of(facts)
        return replace(facts, path=path) if isinstance(facts, Unavailable) else facts

    def attributes(self, paths: Collection[str]) -> Mapping[str, Mapping[str, str]] | Unavailable:
        """See :class:`Snapshot`."""
        if not set(paths) <= self._attributes.keys():
            lacking = self._missing_attributes()
            if lacking is not None:
                return lacking
            self._attributes.update(self._ask_attributes(paths))
        return {path: self._attributes[path] for path in paths}

    def _missing_attributes(self) -> Unavailable | None:
        """The attributes file where a partial clone lacks it: git would fetch it to answer."""
        if not self._blobs.missing:
            return None
        if self._revision is None:
            listing = self._blobs.repository.run("ls-files", "--stage", "-z", "--", GITATTRIBUTES_PATH)
            object_id = listing.decode().split(" ")[1] if listing else ""
        else:
            listing = self._blobs.repository.run("ls-tree", "-z", "--full-tree", self._revision, GITATTRIBUTES_PATH)
            object_id = listing.decode().partition("\t")[0].split(" ")[-1]
        return Unavailable(object_id, GITATTRIBUTES_PATH) if object_id in self._blobs.missing else None

    def _ask_attributes(self, paths: Collection[str]) -> Mapping[str, Mapping[str, str]]:
        repository = self._blobs.repository
        if self._revision is None:
            return check_attributes(repository, paths)
        with scratch_folder() as folder:
            # git before 2.40 reads a tree's attributes in no other way than through an index
            environment = {"GIT_INDEX_FILE": os.path.join(folder, "index")}
            read_attribute_files(repository, self._revision, paths, environment)
            return check_attributes(repository, paths, environment)

    @cached_property
    def _by_role(self) -> Mapping[Role, list[str]]:
        grouped: dict[Role, list[str]] = {role: [] for role in Role}
        for path, entry in self.entries.items():
            if isinstance(entry, FileEntry):
                grouped[role_of(path)].append(entry.object_id)
        return grouped


def staged_tree(repository: Repository, blobs: FactsLoader) -> TreeSnapshot:
    """What the next commit would hold: git's index, as the inherited environment names it."""
    entries = entries_of(repository.run("ls-files", "--stage", "-z", "--", *LISTED_PATHS))
    attributes_file = entries.pop(GITATTRIBUTES_PATH, None)
    blobs.missing |= missing_objects(repository, "--indexed-objects")
    return TreeSnapshot("the staged tree", _with_links(blobs, entries), blobs, None, attributes_file)


def commit_tree(repository: Repository, revision: str, blobs: FactsLoader, label: str = "") -> TreeSnapshot:
    """The tree of a commit (or any tree). Raises :class:`GitFailure` where the revision names none."""
    entries = tree_entries_of(repository.run("ls-tree", "-r", "-z", "--full-tree", revision, "--", *LISTED_PATHS))
    attributes_file = entries.pop(GITATTRIBUTES_PATH, None)
    blobs.missing |= missing_objects(repository, revision)
    return TreeSnapshot(label or revision, _with_links(blobs, entries), blobs, revision, attributes_file)


def empty_tree(blobs: FactsLoader) -> TreeSnapshot:
    """The tree before the first commit of an unborn branch."""
    return TreeSnapshot("the empty tree", {}, blobs)


def _with_links(blobs: FactsLoader, entries: dict[str, Entry]) -> dict[str, Entry]:
    """The entries with the target text of ``current`` read; other links are judged without it."""
    link = entries.get(CURRENT_PATH)
    if isinstance(link, LinkEntry) and link.object_id not in blobs.missing:
        for _, pieces in read_blobs(blobs.repository, [link.object_id]):
            if pieces is not None:
                entries[CURRENT_PATH] = LinkEntry(link_text(pieces), link.object_id)
    return entries
