"""Figures of a run: summed over processes, the worst kept, one table a section."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import figures


def test_figures_of_a_row_are_summed_and_the_worst_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(figures.FOLDER, str(tmp_path))
    figures.record("inputs", "JSON", tried=3, tracebacks=0, worst_MiB=80)
    figures.record("inputs", "JSON", tried=4, tracebacks=1, worst_MiB=70)
    (tmp_path / "1.jsonl").write_text('["faults", "add", {"points": 2}]\n')
    found = figures.collected(tmp_path)
    assert found == {
        "faults": {"add": {"points": 2}},
        "inputs": {"JSON": {"tried": 7, "tracebacks": 1, "worst_MiB": 80}},
    }
    assert list(figures.tables(found))[4:7] == [
        "| inputs | tried | tracebacks | worst MiB |",
        "| --- | ---: | ---: | ---: |",
        "| JSON | 7 | 1 | 80 |",
    ]


def test_outside_a_run_nothing_is_noted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(figures.FOLDER)
    monkeypatch.chdir(tmp_path)
    figures.record("inputs", "JSON", tried=1)
    assert [path.name for path in tmp_path.iterdir()] == ["home"]
