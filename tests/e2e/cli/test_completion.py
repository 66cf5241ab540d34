"""Completion: in a real interactive bash with git's own completion, and what it offers where."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from git_pbm.cli.commands import COMMANDS, Command, parser_of
from git_pbm.cli.completion import complete
from tests.support.machine import Machine, need

ROOT = Path(__file__).parents[3]
GIT_COMPLETION = Path("/usr/share/bash-completion/completions/git")


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("git pbm show superv\t\n", "supervised-v1 ("),
        ("git pbm sho\tsuperv\t\n", "supervised-v1 ("),
        ("git pbm list --so\tcreated --col\ttag\n", "  tag"),
        ("git -C . pbm show rl-r1\t\n", "rl-r1-i1 ("),
        ("git pbm explain current-re\t\n", "A dangling link"),
        ("git pbm lineage --format mer\t\n", "graph LR"),
        ("git pbm which best_so\t\n", "rl-r1-i1"),
    ],
)
def test_bash_completes_commands_options_models_and_files(registry: Machine, typed: str, expected: str) -> None:
    need("script")
    if not GIT_COMPLETION.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("git's own completion is missing, and CI must have it")
        pytest.skip("git's own completion is not installed")
    registry.write("best_so_far.onnx", (registry.folder / "current/policy_v2.onnx").read_bytes())
    registry.write("../rc", f"PS1='$ '\n. {GIT_COMPLETION}\n. {ROOT}/completion/git-pbm\n")
    done = registry.run(
        "script", "-qec", "bash --rcfile ../rc -i", "/dev/null", stdin=f"{typed}exit\n", TERM="xterm", NO_COLOR="1"
    )
    assert expected in done.out.replace("\r", "")


def offered(place: Machine, *words: str, **environment: str) -> set[str]:
    """The candidates; completion always ends well and never talks."""
    done = place.run("git-pbm", "complete", *words, **environment)
    assert (done.status, done.err) == (0, "")
    return set(done.out.split())


@pytest.fixture
def models(registry: Machine) -> set[str]:
    """Everything that names a model, as the registry has it."""
    listed = json.loads((registry.folder / "registry.json").read_text())["models"]
    return {"current", *listed, *(entry["tag"] for entry in listed.values())}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_of_the_table_is_offered_with_its_options(
    command: Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert complete([command.name]) == 0
    assert command.name in capsys.readouterr().out.split()
    options = {name for action in parser_of(command).actions for name in action.option_strings if name[:2] == "--"}
    assert complete([command.name, "--"]) == 0
    assert set(capsys.readouterr().out.split()) == options


def test_models_are_offered_where_a_model_is_expected_and_nowhere_else(registry: Machine, models: set[str]) -> None:
    for before in (
        ("promote",),
        ("show", "--json"),
        ("diff", "current"),
        ("deploy", "--to", "../engine"),
        ("promote", "-m", "a reason"),
        ("promote", "--"),
        ("add", "policy.onnx", "--parent"),
    ):
        assert offered(registry, *before, "") == models, before
        assert offered(registry, *before, "rl-") == {"rl-r1-i1"}, before
    for before in (("add",), ("deploy", "--to"), ("promote", "-m"), ("promote", "current"), ("nonsense",)):
        assert offered(registry, *before, "") == set(), before


def test_choices_and_rules_are_offered(machine: Machine) -> None:
    assert offered(machine, "check", "--format", "") == {"text", "json", "github"}
    assert offered(machine, "explain", "current-") == {"current-is-a-link", "current-resolves"}
    assert offered(machine, "--") == {"--help", "--version"}
    assert offered(machine) == {command.name for command in COMMANDS}


def test_models_of_the_registry_that_is_meant_are_offered(registry: Machine, models: set[str]) -> None:
    below = registry.at(registry.folder / "models")
    assert offered(below, "show", "") == models
    registry.git("init", "-q", "../engine")
    engine = registry.at(registry.folder.parent / "engine")
    assert offered(engine, "show", "") == set()
    assert offered(engine, "show", "", PBM_REGISTRY="../models-repo") == models
    engine.git("config", "pbm.registry", "../models-repo")
    assert offered(engine, "show", "") == models


def test_a_broken_registry_offers_no_nonsense(registry: Machine) -> None:
    broken = ("{", "[]", "{}", '{"models": []}', '{"models": {"x": 3}}', "[" * 100_000, b"\xff")
    for content in (*broken, '{"models": {"\\u001b": {"tag": "\\u001b"}}}'):
        registry.write("registry.json", content)
        assert offered(registry, "promote", "") <= {"current"}, content[:20]


def test_it_is_silent_where_there_is_no_registry(machine: Machine) -> None:
    assert offered(machine, "show", "") == set()
    machine.git("init", "-q", "--bare", "bare.git")
    assert offered(machine.at(machine.folder / "bare.git"), "show", "") == set()
    machine.git("init", "-q", "pipe")
    os.mkfifo(machine.folder / "pipe/registry.json")
    assert offered(machine.at(machine.folder / "pipe"), "show", "") == set()
    script = "mkdir gone && cd gone && rmdir ../gone && git-pbm complete show ''"
    done = machine.run("sh", "-c", script)
    assert (done.status, done.out, done.err) == (0, "", "")


def test_a_candidate_costs_no_heavy_import(registry: Machine) -> None:
    script = (
        "import sys; from git_pbm.cli import main; status = main(['complete', 'promote', ''])\n"
        "print(*sys.modules, file=sys.stderr); sys.exit(status)"
    )
    argv = [sys.executable, "-c", script]
    done = subprocess.run(argv, cwd=registry.folder, capture_output=True, text=True, check=True)
    assert "rl-r1-i1" in done.stdout
    assert not {"git", "jsonschema", "tomlkit", "onnx", "numpy"} & set(done.stderr.split())
