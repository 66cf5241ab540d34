"""Good registries in memory, and mutations of them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256

from git_pbm.core.documents.metadata import FileRecord, Metadata
from git_pbm.core.documents.registry_document import RegistryDocument, registry_entry_of
from git_pbm.core.registry.snapshot import MemorySnapshot
from tests.support.networks import policy_bytes, value_bytes

Json = dict[str, object]


@dataclass(frozen=True)
class Tree:
    """The files and links of a registry, easy to change."""

    files: Mapping[str, bytes]
    links: Mapping[str, str] = field(default_factory=dict)
    ids: tuple[str, ...] = ()

    def snapshot(self, **more: object) -> MemorySnapshot:
        return replace(MemorySnapshot(self.files, self.links), **more)  # type: ignore[arg-type]

    def with_file(self, path: str, content: bytes | None) -> Tree:
        files = {name: data for name, data in self.files.items() if name != path}
        return replace(self, files=files if content is None else {**files, path: content})

    def with_link(self, path: str, target: str | None) -> Tree:
        links = {name: text for name, text in self.links.items() if name != path}
        return replace(self, links=links if target is None else {**links, path: target})

    def edit(self, path: str, change: Callable[[Json], None]) -> Tree:
        """Change a JSON document."""
        document = json.loads(self.files[path])
        change(document)
        return self.with_file(path, json.dumps(document, indent=2).encode() + b"\n")

    def moved(self, old: str, new: str) -> Tree:
        """Rename everything below a folder."""
        files = {new + n[len(old) :] if n.startswith(f"{old}/") else n: data for n, data in self.files.items()}
        return replace(self, files=files)


def good_tree() -> Tree:
    """Three models: a supervised one, an RL child of it that is current, and a policy-only one."""
    files: dict[str, bytes] = {}
    first = _add(files, 1, "supervised-v1", "supervised", None, 2)
    second = _add(files, 2, "rl-r1-i1", "rl_selfplay", first, 2, round=1, iteration=1, kl=0.01)
    third = _add(files, 3, "supervised-v2", "supervised", None, None)
    entries = {}
    for model_id in (first, second, third):
        metadata = Metadata.from_json(json.loads(files[f"models/{model_id}/metadata.json"]))
        assert metadata is not None
        entries[model_id] = registry_entry_of(metadata)
    files["registry.json"] = RegistryDocument(second, entries).text().encode()
    return Tree(files, {"current": f"models/{second}"}, (first, second, third))


def _add(
    files: dict[str, bytes], seed: int, tag: str, training: str, parent: str | None, value: int | None, **more: object
) -> str:
    policy = policy_bytes(2000, seed)
    digest = sha256(policy).hexdigest()
    folder = f"models/{digest[:8]}"
    records = {"policy_v2.onnx": FileRecord(digest, len(policy))}
    files[f"{folder}/policy_v2.onnx"] = policy
    if value is not None:
        net = value_bytes(2000, seed)
        files[f"{folder}/value_v2.onnx"] = net
        records["value_v2.onnx"] = FileRecord(sha256(net).hexdigest(), len(net))
    metadata = Metadata(digest, f"2026-02-0{seed}", training, tag, "2.0K", parent, files=records)
    files[f"{folder}/metadata.json"] = replace(metadata, **more).text().encode()  # type: ignore[arg-type]
    return digest[:8]
