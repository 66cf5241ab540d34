"""Which models a step of history touches, found from the entries that differ alone; it judges nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from git_pbm.core.names import METADATA_NAME, MODELS_PATH
from git_pbm.core.registry.change import Change
from git_pbm.core.registry.facts import Facts
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import Entry, FileEntry, Snapshot

_FEW = 16
"""Models: below this one pass over the entries is quicker than grouping all of them."""


@dataclass(frozen=True)
class ChangedModels:
    """The models with an entry that differs between before and after.

    ``paths`` holds the differing paths of each touched directory, relative to it; ``before`` and ``after``
    hold those of the touched directories that are models there: with a network or with metadata.
    """

    paths: Mapping[str, tuple[str, ...]]
    before: Mapping[str, Model]
    after: Mapping[str, Model]

    @classmethod
    def by(cls, change: Change) -> ChangedModels:
        """What a change touches."""
        paths: dict[str, list[str]] = {}
        for path in _differing(change.before.snapshot, change.after.snapshot):
            top, _, below = path.partition("/")
            name, slash, rest = below.partition("/")
            if top == MODELS_PATH and slash:
                paths.setdefault(name, []).append(rest)
        return cls(
            {name: tuple(sorted(paths[name])) for name in sorted(paths)},
            models_named(change.before, paths),
            models_named(change.after, paths),
        )

    @property
    def added(self) -> tuple[str, ...]:
        """Names of the models that are new."""
        return tuple(name for name in self.paths if name in self.after and name not in self.before)

    @property
    def removed(self) -> tuple[str, ...]:
        """Names of the models that are gone."""
        return tuple(name for name in self.paths if name in self.before and name not in self.after)

    @property
    def kept(self) -> tuple[str, ...]:
        """Names of the models that are on both sides and changed."""
        return tuple(name for name in self.paths if name in self.before and name in self.after)


def _differing(before: Snapshot, after: Snapshot) -> Iterator[str]:
    old, new = before.entries, after.entries
    if old is new:
        return
    yield from (path for path in old if path not in new)
    for path, entry in new.items():
        earlier = old.get(path)
        if entry is earlier:
            continue
        if entry != earlier or (_has_no_name(entry) and not _same_bytes(before, after, path)):
            yield path


def _has_no_name(entry: Entry) -> bool:
    """Whether equal entries may still be of other bytes: git has no id for them."""
    return isinstance(entry, FileEntry) and not entry.object_id


def _same_bytes(before: Snapshot, after: Snapshot, path: str) -> bool:
    old, new = before.facts(path), after.facts(path)
    if not isinstance(old, Facts) or not isinstance(new, Facts):
        return False
    return (old.sha256, old.is_pointer) == (new.sha256, new.is_pointer)


def models_named(registry: Registry, names: Collection[str]) -> dict[str, Model]:
    """Return the models of these names that a registry has, without grouping all of its entries for a few."""
    if len(names) > _FEW:
        found = {name: registry.models[name] for name in names if name in registry.models}
    else:
        prefixes = tuple(f"{MODELS_PATH}/{name}/" for name in names)
        entries: dict[str, dict[str, Entry]] = {}
        for path, entry in registry.snapshot.entries.items():
            if path.startswith(prefixes):
                _, name, rest = path.split("/", 2)
                entries.setdefault(name, {})[rest] = entry
        found = {name: Model(name, entries[name], registry.snapshot) for name in entries}
    return {name: model for name, model in found.items() if model.networks or METADATA_NAME in model.entries}
