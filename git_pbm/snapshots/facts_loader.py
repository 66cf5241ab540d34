"""Facts about git's blobs, remembered by their ids and gathered in parallel, all of one kind in one request."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from typing import Protocol

from git_pbm.core.documents.lfs_pointer import LfsPointer
from git_pbm.core.names import Role
from git_pbm.core.registry.facts import Facts, FactsReader, Unavailable, validated
from git_pbm.fs.parallel import cores, spread
from git_pbm.fs.small_files import PIECE
from git_pbm.gitio.lfs import stored_path
from git_pbm.gitio.objects import read_blobs
from git_pbm.gitio.repository import Repository
from git_pbm.snapshots.facts_cache import FactsCache


class Progress(Protocol):
    """Told how many bytes will be read, and how many more were; from several threads."""

    def expect(self, size: int) -> None:
        """Count ``size`` bytes more to do."""

    def advance(self, size: int) -> None:
        """Count ``size`` bytes as done."""


class FactsLoader:
    """Facts about blobs, all that are asked for from one git process, remembered between runs.

    With ``rehash`` nothing that was remembered is believed. With ``validate`` documents are held to their
    schemas; readers that judge nothing leave that out. Unless ``eager`` only those networks are read that are
    asked for.
    """

    def __init__(
        self,
        repository: Repository,
        *,
        validate: bool = True,
        rehash: bool = False,
        progress: Progress | None = None,
        eager: bool = True,
    ) -> None:
        self.repository = repository
        self.validate = validate
        self.rehash = rehash
        self.progress = progress
        self.eager = eager
        self._memory = FactsCache(repository)
        self._known: dict[tuple[Role, str], Facts | Unavailable] = {}
        self._contents: dict[str, Facts] = {}
        self.missing: frozenset[str] = frozenset()
        """Objects that are known not to be here; each snapshot adds those of its tree."""

    def for_changes(self) -> FactsLoader:
        """Return a loader that judges no document and reads only what it is asked for; both share what they know."""
        loader = FactsLoader(self.repository, validate=False, rehash=self.rehash, progress=self.progress, eager=False)
        loader._memory, loader._known, loader._contents = self._memory, self._known, self._contents
        loader.missing = self.missing
        return loader

    def of(self, role: Role, object_id: str, others: Callable[[], Collection[str]]) -> Facts | Unavailable:
        """The facts about one blob; ``others`` names the blobs of this role that will be asked for next."""
        known = self._known.get((role, object_id)) or self._recall(role, object_id)
        if known is None:
            eager = self.eager or role is not Role.NETWORK
            self._gather(role, object_id, others() if eager else ())
            known = self._known[role, object_id]
        return known

    def content_of(self, pointer: Facts) -> Facts:
        """What a Git LFS pointer stands for, as the local store has it; the pointer where that has not these bytes."""
        if pointer.sha256 not in self._contents:
            self._contents[pointer.sha256] = self._from_lfs_store(pointer) or pointer
        return self._contents[pointer.sha256]

    def _from_lfs_store(self, pointer: Facts) -> Facts | None:
        place = stored_path(self.repository, LfsPointer(pointer.sha256, pointer.size, pointer.sha256))
        reader = FactsReader(Role.NETWORK)
        try:
            with open(place, "rb", buffering=0) as file:
                while piece := file.read(PIECE):
                    reader.feed(piece)
        except OSError:
            return None
        found = reader.finish()
        is_it = not found.is_pointer and (found.sha256, found.size) == (pointer.sha256, pointer.size)
        return replace(found, is_pointer=True) if is_it else None

    def _recall(self, role: Role, object_id: str) -> Facts | None:
        """What is remembered, where that is enough; parsed only now, for of most blobs nothing is asked."""
        if self.rehash or role is Role.REGISTRY:
            return None
        facts = self._memory.get(role, object_id)
        if facts is None or (self.validate and facts.schema_problems is None and role is Role.METADATA):
            return None
        self._known[role, object_id] = facts
        return facts

    def _gather(self, role: Role, wanted: str, others: Collection[str]) -> None:
        unknown = [wanted]
        for object_id in dict.fromkeys(others):
            if object_id == wanted:
                continue
            if (role, object_id) not in self._known and (self.rehash or not self._memory.holds(role, object_id)):
                unknown.append(object_id)
        self._known.update({(role, o): Unavailable(o) for o in unknown if o in self.missing})
        present = [object_id for object_id in unknown if object_id not in self.missing]
        self._announce(role, present)
        shares = [present[n :: cores()] for n in range(cores())] if role is Role.NETWORK else [present]
        for found in spread(lambda share: self._read(role, share), list(filter(None, shares))):
            for object_id, facts in found:
                self._known[role, object_id] = self._kept(role, object_id, facts) if facts else Unavailable(object_id)
        self._memory.save()

    def _announce(self, role: Role, object_ids: Sequence[str]) -> None:
        """Tell how many bytes of networks there are to read."""
        if self.progress is not None and role is Role.NETWORK and object_ids:
            stdin = "".join(f"{object_id}\n" for object_id in object_ids).encode()
            sizes = self.repository.run("cat-file", "--batch-check=%(objectsize)", stdin=stdin).split(b"\n")
            self.progress.expect(sum(int(size) for size in sizes if size.isdigit()))

    def _read(self, role: Role, object_ids: Sequence[str]) -> list[tuple[str, Facts | None]]:
        found: list[tuple[str, Facts | None]] = []
        for object_id, pieces in read_blobs(self.repository, object_ids):
            reader = FactsReader(role)
            for piece in pieces or ():
                reader.feed(piece)
                if self.progress is not None and role is Role.NETWORK:
                    self.progress.advance(len(piece))
            found.append((object_id, reader.finish() if pieces is not None else None))
        return found

    def _kept(self, role: Role, object_id: str, facts: Facts) -> Facts:
        """Facts as they are handed on: documents with their schema's verdict, remembered for the next time."""
        if role is Role.REGISTRY:
            return self._with_verdict(object_id, facts)
        if self.validate:
            facts = validated(facts, role)
        if role in (Role.NETWORK, Role.METADATA):
            self._memory.put(role, object_id, facts)
        return facts

    def _with_verdict(self, object_id: str, facts: Facts) -> Facts:
        """``registry.json`` with the schema's verdict, which is all that is remembered about it."""
        if not self.validate or not facts.is_document:
            return facts
        known = None if self.rehash else self._memory.get(Role.REGISTRY, object_id)
        if known is not None and known.schema_problems is not None:
            return replace(facts, schema_problems=known.schema_problems)
        facts = validated(facts, Role.REGISTRY)
        self._memory.put(Role.REGISTRY, object_id, facts)
        return facts
