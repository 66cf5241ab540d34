"""What an engine's folder is to its engine: the names that it loads, its own git, and links that are dangerous."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.support.golden import POLICY, deployed, engine, id_of
from tests.support.machine import Machine


def with_older_names(place: Machine) -> str:
    """Register a model whose files are ``policy_v1.onnx`` alone."""
    source = place.folder.parent / "runs/old/policy_v1.onnx"
    source.parent.mkdir()
    source.write_bytes((place.folder / POLICY.format(5)).read_bytes())
    place.pbm("add", source, "--tag", "supervised-v3", "--no-promote")
    return id_of(place, "supervised-v3")


def test_names_that_go_away_are_told(golden_copy: Callable[[], Machine]) -> None:
    place = deployed(golden_copy())
    with_older_names(place)
    done = place.pbm("deploy", "supervised-v3")
    assert "had policy_v2.onnx, value_v2.onnx, and has policy_v1.onnx now: " in done.err
    assert "had policy_v1.onnx, and has policy_v2.onnx" in place.pbm("promote", "supervised-v2").err
    warnings = json.loads(place.pbm("promote", "supervised-v3", "--json").out)["warnings"]
    assert "had policy_v2.onnx" in warnings[0]
    assert place.pbm("deploy", "supervised-v3").err == ""


def test_the_hint_says_what_the_engine_loads(golden_copy: Callable[[], Machine]) -> None:
    place = deployed(golden_copy())
    with_older_names(place)
    hint = place.pbm("deploy", "supervised-v3").err.rpartition("say what it loads: ")[2]
    assert place.run("sh", "-c", hint).status == 0
    assert place.pbm("deploy", "supervised-v3").err == ""
    done = place.pbm("deploy", "rl-r1-i1")
    assert "the engine loads policy_v1.onnx (git config pbm.engineNames), and this model has policy_v2.onnx" in done.err
    checked = place.pbm("deploy", "--check", status=1).out
    assert "policy_v1.onnx: names: the engine loads it (git config pbm.engineNames), and " in checked
    assert "policy_v1.onnx: the engine loads it" in place.pbm("status").out


@pytest.mark.parametrize("ignored", ["*.onnx", "models/"])
def test_the_engine_s_git_does_not_report_the_receipt(golden_copy: Callable[[], Machine], ignored: str) -> None:
    place = golden_copy()
    other = place.at(place.folder.parent / "engine")
    (other.folder / "models").mkdir(parents=True)
    other.git("init", "-q")
    other.write(".gitignore", f"{ignored}\n")
    other.commit("an engine")
    done = place.pbm("deploy", "--to", "../engine/models")
    assert (".pbm-deploy.json from now on" in done.err) == (ignored == "*.onnx")
    assert other.git("status", "--porcelain") == ""
    assert ".pbm-deploy.json" not in place.pbm("deploy", "--to", "../engine/models").err
    assert other.git("status", "--porcelain") == ""


def test_an_engine_that_keeps_its_networks_keeps_the_receipt(golden_copy: Callable[[], Machine]) -> None:
    place = engine(golden_copy())
    other = place.at(place.folder.parent / "engine")
    other.git("init", "-q")
    assert place.pbm("deploy").err == ""
    assert ".pbm-deploy.json" in other.git("status", "--porcelain")


def test_links_into_the_registry_are_dangerous(golden_copy: Callable[[], Machine]) -> None:
    place = deployed(golden_copy())
    network = place.folder.parent / "engine/policy_v2.onnx"
    network.unlink()
    network.symlink_to(place.folder / "current/policy_v2.onnx")
    assert "a copy into the engine would write through it" in place.pbm("status").out
    (place.folder.parent / "linked").symlink_to(place.folder / "current")
    place.git("config", "pbm.engine", "../linked")
    assert "a deployment there would overwrite stored models" in place.pbm("status").out


def test_status_names_lines_that_the_registry_contradicts(golden_copy: Callable[[], Machine]) -> None:
    place = golden_copy()
    place.write("CLAUDE.md", "current is rl-r1-i1\n")
    readme = (place.folder / "README.md").read_text()
    place.write("README.md", f"The current model is rl-r1-i1.\n{readme}")
    assert "says current" not in place.pbm("status").out
    place.git("add", "README.md", "CLAUDE.md")
    place.git("commit", "-q", "-m", "prose")
    place.pbm("promote", "supervised-v2")
    shown = place.pbm("status").out
    for name in ("README.md", "CLAUDE.md"):
        assert f"{name} line 1 says current and names rl-r1-i1, while supervised-v2 is: correct it" in shown
    assert sum(line.endswith(": correct it") for line in json.loads(place.pbm("status", "--json").out)["left"]) == 2
