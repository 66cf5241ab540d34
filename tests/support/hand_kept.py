"""A repository kept by hand, with the flaws that real ones had: no dates, a stale README, copies, a dead parent."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from tests.support.machine import Machine
from tests.support.networks import write_pair

REMOVED = "5ca1ab1e"
"""The id of a model that was deleted; README, registry and a child still name it."""

RECIPE = """# How to register a model
1. shasum -a 256 policy_v2.onnx
2. mkdir models/<hash>
3. rm current && ln -s models/<hash> current
4. git add -A && git commit
"""


@dataclass(frozen=True)
class HandKept:
    """The repository and the ids of its models; ``loose`` lies outside ``models/``."""

    place: Machine
    oldest: str
    supervised: str
    best: str
    loose: str


def build(machine: Machine) -> HandKept:
    """Three models at HEAD, and a history in which ``current`` once was a directory."""
    place = machine.at(machine.folder / "by-hand")
    place.folder.mkdir()
    place.git("init", "-q")
    runs = {seed: write_pair(machine.folder / "hand" / str(seed), 3000, seed) for seed in (1, 2, 3, 4)}
    policies = {seed: pair[0] for seed, pair in runs.items()}
    ids = {seed: sha256(path.read_bytes()).hexdigest()[:8] for seed, path in policies.items()}
    _copy(place, "current", policies[1], "policy_v1.onnx")
    _commit(place, "first model", "2026-01-03")
    shutil.rmtree(place.folder / "current")
    _copy(place, f"models/{ids[1]}", policies[1], "policy_v1.onnx")
    _commit(place, "models by hash", "2026-01-20")
    for seed in (2, 3):
        policy, value = runs[seed]
        assert value is not None
        _copy(place, f"models/{ids[seed]}", policy, "policy_v2.onnx")
        _copy(place, f"models/{ids[seed]}", value, "value_v2.onnx")
    _copy(place, "supervised", policies[2], "policy_v2.onnx")
    _copy(place, "experiments/best", policies[4], "policy_v2.onnx")
    _write_words(place, policies, ids)
    _commit(place, "everything else", "2026-02-01")
    return HandKept(place, ids[1], ids[2], ids[3], ids[4])


def _write_words(place: Machine, policies: dict[int, Path], ids: dict[int, str]) -> None:
    hashes = {seed: sha256(path.read_bytes()).hexdigest() for seed, path in policies.items()}
    documents = {
        1: {
            "hash": hashes[1],
            "created": "unknown",
            "training": "supervised",
            "tag": "supervised-v1",
            "params": "unknown",
        },
        2: {"tag": "supervised-v2", "hash": hashes[2], "training": "supervised", "params": "3.0K", "lab": "west"},
        3: {
            "hash": hashes[3],
            "created": "2026-01-30",
            "training": "rl_selfplay",
            "tag": "RL best",
            "params": "3.0K",
            "best_loss": "low",
            "parent": REMOVED,
        },
    }
    for seed, document in documents.items():
        path = place.folder / "models" / ids[seed] / "metadata.json"
        path.write_text(json.dumps(document))
    registry = {
        "models": {
            ids[3]: {"tag": "rl-r1-i1", "date": "2026-01-30", "training": "rl_selfplay"},
            REMOVED: {"tag": "rl-r1-i0", "date": "2026-01-25", "training": "rl_selfplay"},
            ids[1]: {"tag": "supervised-v1", "date": "2026-01-04", "training": "supervised"},
            ids[2]: {"tag": "supervised-v2", "date": "?", "training": "supervised"},
        },
        "current": ids[3],
    }
    (place.folder / "registry.json").write_text(json.dumps(registry, indent=4))
    os.symlink(f"models/{ids[3]}/", place.folder / "current")
    os.symlink(f"models/{ids[3]}", place.folder / "models" / ids[2] / ids[3])
    (place.folder / "README.md").write_text(f"# Our models\n\n| {REMOVED} | rl-r1-i0 | **current** |\n")
    (place.folder / "CLAUDE.md").write_text(RECIPE)


def _copy(place: Machine, folder: str, source: Path, name: str) -> None:
    (place.folder / folder).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, place.folder / folder / name)


def _commit(place: Machine, message: str, day: str) -> None:
    place.git("add", "-A")
    when = f"{day}T12:00:00Z"
    place.git("commit", "-qm", message, GIT_AUTHOR_DATE=when, GIT_COMMITTER_DATE=when)
