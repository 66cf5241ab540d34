"""Seeded repositories for the benchmarks: a pair of networks of any size, registries of any number of models."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

from git_pbm.core.documents.metadata import FileRecord, Metadata
from git_pbm.core.documents.registry_document import RegistryDocument, registry_entry_of
from git_pbm.core.plans.setup.templates import JSON_ATTRIBUTES, ONNX_STORED_BY_GIT
from git_pbm.core.registry.readme_block import MARKER_BEGIN, MARKER_END
from tests.support.tiny import FLOAT, field, node, port, tiny_policy, varint


def sealed(home: Path) -> dict[str, str]:
    """The environment of every measured process: private HOME, fixed identity, no variable of git's."""
    home.mkdir(parents=True, exist_ok=True)
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GIT_", "PBM_", "PYTHON"))}
    person = {f"GIT_{role}_{part}": f"bench@{part}" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
    return {
        **kept,
        **person,
        "HOME": str(home),
        "GIT_CONFIG_GLOBAL": str(home / "gitconfig"),
        "GIT_CONFIG_NOSYSTEM": "1",
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{kept['PATH']}",
    }


def git(folder: Path, environment: dict[str, str], *argv: str) -> None:
    done = subprocess.run(["git", *argv], cwd=folder, env=environment, check=False, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(f"git {' '.join(argv)}: {done.stderr}")


def big_pair(folder: Path, mebibytes: int) -> tuple[Path, Path]:
    """A policy and a value network of about so many MiB each, of different weights."""
    from tests.support.networks import policy_bytes, value_bytes

    folder.mkdir(parents=True, exist_ok=True)
    count = mebibytes * (1 << 20) // 4 - 2000
    paths = folder / "policy_v2.onnx", folder / "value_v2.onnx"
    for path, build in zip(paths, (policy_bytes, value_bytes), strict=True):
        if not path.exists():
            path.write_bytes(build(count, 1))
    return paths


def many_models(
    folder: Path, environment: dict[str, str], count: int, network: Callable[[int], bytes] = tiny_policy
) -> None:
    """A sound registry of models (tiny ones unless said), committed at once."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    git(folder, environment, "init", "-q", "-b", "main")
    entries = {}
    for seed in range(count):
        data = network(seed)
        digest = sha256(data).hexdigest()
        model = folder / "models" / digest[:8]
        model.mkdir(parents=True)
        (model / "policy_v2.onnx").write_bytes(data)
        files = {"policy_v2.onnx": FileRecord(digest, len(data))}
        metadata = Metadata(digest, "2026-02-20", "supervised", f"bench-{seed}", _params(data), files=files)
        (model / "metadata.json").write_text(metadata.text())
        entries[digest[:8]] = registry_entry_of(metadata)
    current = min(entries)
    (folder / "registry.json").write_text(RegistryDocument(current, entries).text())
    (folder / "current").symlink_to(f"models/{current}")
    (folder / "README.md").write_text(f"# models\n\n{MARKER_BEGIN}\n{MARKER_END}\n")
    (folder / ".gitattributes").write_text("\n".join([ONNX_STORED_BY_GIT, *JSON_ATTRIBUTES]) + "\n")
    subprocess.run(["git-pbm", "repair", "--apply"], cwd=folder, env=environment, check=True, capture_output=True)
    git(folder, environment, "-c", "core.compression=0", "add", "-A")
    git(folder, environment, "commit", "-q", "-m", "many models")


def head_of(folder: Path, environment: dict[str, str]) -> str:
    argv = ["git", "rev-parse", "HEAD"]
    return subprocess.run(argv, cwd=folder, env=environment, check=True, capture_output=True, text=True).stdout.strip()


def weights(folder: Path, mebibytes: int) -> None:
    """Eight networks of different weights, so many MiB together."""
    from tests.support.networks import policy_bytes

    for seed in range(8):
        model = folder / "models" / f"{seed:08x}"
        model.mkdir(parents=True)
        (model / "policy_v2.onnx").write_bytes(policy_bytes(mebibytes * (1 << 20) // 32, seed))


def huge_policy(path: Path, mebibytes: int) -> Path:
    """A valid network whose weights are all zero: a file with a hole, so it costs neither disk nor time."""
    size = mebibytes << 20
    tensor = field(1, size // 4) + field(2, FLOAT) + field(8, "w") + varint(9 << 3 | 2) + varint(size)
    shape = port("board", FLOAT, "batch", 81, 47), port("mean", FLOAT, 1)
    graph = field(1, node("ReduceMean", ["w"], "mean")) + field(2, "huge") + field(11, shape[0]) + field(12, shape[1])
    graph += varint(5 << 3 | 2) + varint(len(tensor) + size) + tensor
    head = field(1, 8) + field(8, field(2, 17)) + varint(7 << 3 | 2) + varint(len(graph) + size) + graph
    path.write_bytes(head)
    os.truncate(path, len(head) + size)
    return path


def _params(data: bytes) -> str:
    from git_pbm.core.names import count_as_text
    from git_pbm.core.onnx import OnnxSummary, read

    found = read([data])
    if not isinstance(found, OnnxSummary):
        raise TypeError(found)
    return count_as_text(found.parameters)


def recipe(policy: Path, value: Path, target: Path) -> str:
    """The eight steps by hand, as a shell script that runs in a fresh repository."""
    metadata = json.dumps({"created": "2026-02-20", "training": "supervised", "tag": "t", "params": "16M"})
    return f"""
        set -e
        rm -rf {target}; mkdir {target}; cd {target}; git init -q; git commit -q --allow-empty -m base
        h=$(sha256sum {policy} | cut -c1-8)
        mkdir -p models/$h; cp {policy} {value} models/$h/
        echo '{metadata}' > models/$h/metadata.json
        echo "{{\\"current\\": \\"$h\\"}}" > registry.json
        ln -s models/$h current
        git add -A; git commit -q -m "feat: add t model ($h)"
    """
