"""Deployments below the command: an engine that reads in a loop through a thousand of them."""

from __future__ import annotations

import threading
from hashlib import sha256
from pathlib import Path

import pytest

from git_pbm.deployment.engine_folder import Deployable, deploy, read_receipt, refuse_registry
from git_pbm.errors import RefusedError
from git_pbm.fs.path_state import PathKind, PathState
from tests.support.networks import policy_bytes, value_bytes


def deployable(folder: Path, seed: int) -> Deployable:
    files = {}
    for name, data in (("policy_v2.onnx", policy_bytes(2000, seed)), ("value_v2.onnx", value_bytes(2000, seed))):
        path = folder / f"{seed}-{name}"
        path.write_bytes(data)
        files[name] = (str(path), PathState(PathKind.FILE, sha256(data).hexdigest(), len(data)))
    digest = files["policy_v2.onnx"][1].sha256
    return Deployable(digest[:8], digest, f"supervised-v{seed}", "0" * 40, files)


def test_a_reader_through_a_thousand_deployments_sees_no_torn_file(tmp_path: Path) -> None:
    engine = tmp_path / "engine"
    engine.mkdir()
    models = [deployable(tmp_path, seed) for seed in (1, 2)]
    known = frozenset(state.sha256 for model in models for _, state in model.files.values())
    deploy(models[0], str(engine), lambda: known, "now", force=False)
    stop, torn, reads = threading.Event(), [], [0]

    def read() -> None:
        while not stop.is_set():
            for name in ("policy_v2.onnx", "value_v2.onnx"):
                data = (engine / name).read_bytes()
                reads[0] += 1
                if sha256(data).hexdigest() not in known:
                    torn.append(name)

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(1, 1001):
        deploy(models[number % 2], str(engine), lambda: known, "now", force=False)
    stop.set()
    reader.join()
    assert not torn
    assert reads[0] > 1000
    receipt = read_receipt(str(engine))
    assert receipt is not None
    assert receipt.model_id == models[0].model_id
    assert sorted(path.name for path in engine.iterdir()) == [".pbm-deploy.json", "policy_v2.onnx", "value_v2.onnx"]


def test_a_source_that_is_not_what_was_registered_never_gets_its_name(tmp_path: Path) -> None:
    engine = tmp_path / "engine"
    engine.mkdir()
    model = deployable(tmp_path, 1)
    Path(model.files["value_v2.onnx"][0]).write_bytes(b"something else")
    with pytest.raises(RefusedError, match="not the registered ones"):
        deploy(model, str(engine), frozenset, "now", force=False)
    assert not (engine / "value_v2.onnx").exists()
    assert not list(engine.glob(".*tmp*"))


def test_folders_inside_a_registry_are_refused_through_links_too(tmp_path: Path) -> None:
    (tmp_path / "repo/models/0badcafe").mkdir(parents=True)
    (tmp_path / "repo/registry.json").write_text("{}")
    (tmp_path / "engine").symlink_to("repo/models/0badcafe")
    for folder in ("repo", "repo/models", "repo/models/0badcafe", "engine"):
        with pytest.raises(RefusedError, match="inside the registry"):
            refuse_registry(str(tmp_path / folder))
    (tmp_path / "other").mkdir()
    refuse_registry(str(tmp_path / "other"))
