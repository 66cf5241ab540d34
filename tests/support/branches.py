"""Registries of tiny models with branches that change them, written by one ``git fast-import``: for real merges."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from hashlib import sha256

from git_pbm.core.documents.metadata import FileRecord, Metadata
from git_pbm.core.documents.registry_document import RegistryDocument, registry_entry_of
from git_pbm.core.names import Role, role_of
from git_pbm.core.plans.setup.templates import JSON_ATTRIBUTES, ONNX_STORED_BY_GIT, README
from git_pbm.core.registry.facts import Facts, gather
from git_pbm.core.registry.readme_block import block_of, replace_block
from git_pbm.core.registry.registry import Registry
from git_pbm.gitio.merge_driver import install_driver
from git_pbm.gitio.repository import Repository
from tests.support.machine import Machine
from tests.support.registries import Tree
from tests.support.tiny import tiny_policy

WEIGHTS = 4


@lru_cache(maxsize=4096)
def _policy(seed: int) -> tuple[bytes, str]:
    data = tiny_policy(seed, weights=WEIGHTS)
    return data, sha256(data).hexdigest()


@lru_cache(maxsize=4096)
def _facts(role: Role, data: bytes) -> Facts:
    """Facts that no schema was asked about: a block needs no verdict."""
    return gather(role, [data])


def id_of(seed: int) -> str:
    """The id of the tiny model with a seed."""
    return _policy(seed)[1][:8]


def tag_of(seed: int) -> str:
    return f"net-{seed}"


@dataclass(frozen=True)
class State:
    """The registry of some seeds; ``current`` is a seed, too. ``parents`` and ``fields`` go into metadata."""

    seeds: frozenset[int] = frozenset()
    current: int | None = None
    parents: Mapping[int, int] = field(default_factory=dict)
    fields: Mapping[int, Mapping[str, str]] = field(default_factory=dict)
    readme: str = README
    more: Mapping[str, bytes] = field(default_factory=dict)

    def adds(self, *seeds: int, promote: bool = False) -> State:
        return replace(self, seeds=self.seeds | set(seeds), current=seeds[-1] if promote else self.current)

    def removes(self, *seeds: int) -> State:
        return replace(self, seeds=self.seeds - set(seeds))

    def promotes(self, seed: int) -> State:
        return replace(self, current=seed)

    def says(self, seed: int, **fields: str) -> State:
        """Other words in one model's metadata."""
        return replace(self, fields={**self.fields, seed: {**self.fields.get(seed, {}), **fields}})

    def tree(self) -> Tree:
        files: dict[str, bytes] = {
            ".gitattributes": "".join(f"{line}\n" for line in (ONNX_STORED_BY_GIT, *JSON_ATTRIBUTES)).encode()
        }
        entries = {}
        for seed in sorted(self.seeds):
            data, digest = _policy(seed)
            parent = self.parents.get(seed)
            metadata = Metadata(
                digest,
                f"2026-02-{seed % 28 + 1:02d}",
                "supervised",
                tag_of(seed),
                str(WEIGHTS),
                id_of(parent) if parent is not None else None,
                files={"policy_v2.onnx": FileRecord(digest, len(data))},
            )
            metadata = replace(metadata, **self.fields.get(seed, {}))  # type: ignore[arg-type]
            files[f"models/{digest[:8]}/policy_v2.onnx"] = data
            files[f"models/{digest[:8]}/metadata.json"] = metadata.text().encode()
            entries[digest[:8]] = registry_entry_of(metadata)
        current = id_of(self.current) if self.current is not None else None
        files["registry.json"] = RegistryDocument(current, entries).text().encode()
        tree = Tree({**files, **self.more}, {"current": f"models/{current}"} if current else {})
        known = {path: _facts(role_of(path), data) for path, data in files.items() if path.endswith(".json")}
        readme = replace_block(self.readme, block_of(Registry(tree.snapshot(_facts=known))))
        return tree.with_file("README.md", (readme or self.readme).encode())


def write_branches(
    place: Machine, base: State, branches: Mapping[str, Iterable[State]], *, driver: bool = True
) -> None:
    """Make ``main`` hold ``base`` and each branch a commit a state on top of it; ``main`` is checked out.

    With ``driver`` this clone knows the merge driver, as after ``git pbm init``.
    """
    rows = [("main", base, 0)]
    for name, states in branches.items():
        for number, state in enumerate(states):
            rows.append((name, state, len(rows) if number else 1))
    stream = [
        _commit(branch, state, rows[parent - 1][1] if parent else None, parent, mark)
        for mark, (branch, state, parent) in enumerate(rows, 1)
    ]
    place.git("init", "-q", "-b", "main")
    place.git("fast-import", "--quiet", stdin=b"".join(stream).decode("utf-8", "surrogateescape"))
    place.git("reset", "-q", "--hard", "main")
    if driver:
        install_driver(Repository.discover(str(place.folder)))


def _commit(branch: str, state: State, before: State | None, parent: int, mark: int) -> bytes:
    tree = state.tree()
    message = _message(state, before).encode()
    lines = [b"commit refs/heads/%s\nmark :%d\n" % (branch.encode(), mark)]
    lines.append(b"committer A Trainer <trainer@example.com> 1771588800 +0000\n")
    lines.append(b"data %d\n%s" % (len(message), message))
    lines.append(b"from :%d\n" % parent if parent else b"")
    lines.append(b"deleteall\n")
    blobs = [(b"100644", path, data) for path, data in tree.files.items()]
    blobs += [(b"120000", path, os.fsencode(target)) for path, target in tree.links.items()]
    lines += [b"M %s inline %s\ndata %d\n%s\n" % (mode, path.encode(), len(data), data) for mode, path, data in blobs]
    return b"".join(lines)


def _message(state: State, before: State | None) -> str:
    """The words of the command that makes such a change."""
    if before is None:
        return "chore: set up\n"
    for verb, seeds in (
        ("feat: add", state.seeds - before.seeds),
        ("chore: remove", before.seeds - state.seeds),
        ("chore: promote", {state.current} - {before.current}),
    ):
        for seed in filter(None, seeds):
            return f"{verb} {state.fields.get(seed, {}).get('tag', tag_of(seed))} model ({id_of(seed)})\n\nreason\n"
    return "docs: other words\n"
