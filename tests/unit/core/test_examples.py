"""The folders below ``tests/examples`` are collected by themselves: a case is a folder, and needs no code."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import MemorySnapshot
from git_pbm.core.rules.engine import run_rules

EXAMPLES = Path(__file__).parents[2] / "examples"
EXPECTED = "expected.json"


def cases(kind: str) -> list[Path]:
    return sorted(path for path in (EXAMPLES / kind).iterdir() if path.is_dir())


def snapshot_of(case: Path) -> MemorySnapshot:
    files: dict[str, bytes] = {}
    links: dict[str, str] = {}
    for folder, folders, names in os.walk(case):
        for name in (*names, *folders):
            path = Path(folder) / name
            inside = str(path.relative_to(case))
            if path.is_symlink():
                links[inside] = os.readlink(path)
            elif path.is_file() and inside != EXPECTED:
                files[inside] = path.read_bytes()
    return MemorySnapshot(files, links)


@pytest.mark.parametrize("case", cases("valid"), ids=lambda case: case.name)
def test_a_valid_example_has_no_findings(case: Path) -> None:
    assert run_rules(Registry(snapshot_of(case))).findings == ()


@pytest.mark.parametrize("case", cases("invalid"), ids=lambda case: case.name)
def test_an_invalid_example_has_exactly_the_findings_that_it_expects(case: Path) -> None:
    found = sorted([finding.rule, finding.path] for finding in run_rules(Registry(snapshot_of(case))).findings)
    assert found == sorted(json.loads((case / EXPECTED).read_text()))
    assert found
