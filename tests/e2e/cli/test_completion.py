"""Completion: in real interactive shells with their own completion of git, and what is offered where."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from git_pbm.cli.candidates import complete
from git_pbm.cli.commands import COMMANDS, Command, parser_of
from git_pbm.operations.setup.completion import FILES
from tests.support.machine import Machine, need

ROOT = Path(__file__).parents[3]
GIT_COMPLETION = Path("/usr/share/bash-completion/completions/git")


TYPED = [
    ("git pbm sh\tsuperv\t\n", "supervised-v1 ("),
    ("git pbm show superv\t\n", "supervised-v1 ("),
    ("git pbm promote rl\t--dry-run\n", "234ebff2 is current already"),
    ("git pbm list --sort cre\t--columns tag,created,id\n", "tag            created     id"),
    ("git pbm list --sort=cre\t--columns tag,glu\t\n", "tag            gluon"),
    ("git pbm list --where training=rl\t --columns id,kl\n", "  id        kl\n* 234ebff2  -"),
    ("git -C . pbm show rl-r1\t\n", "rl-r1-i1 ("),
    ("git pbm explain current-re\t\n", "A dangling link"),
    ("git pbm lineage --format mer\t\n", "graph LR"),
    ("git pbm which best_so\t\n", "best_so_far.onnx: rl-r1-i1 (234ebff2)"),
    ("git pbm deploy --to ../engi\t\n", "deployed 234ebff2 to "),
    ("git-pbm show superv\t\n", "supervised-v1 ("),
]
RUN = {
    "bash": "bash --rcfile ../rc -i",
    "zsh": "zsh -i",
    "fish": "fish -i",
}


def shell_with_completion(place: Machine, shell: str) -> str:
    """Put what a person has in the shell's own places, and return how the shell is started."""
    if shell == "bash":
        place.write("../rc", f"PS1='$ '\n. {GIT_COMPLETION}\n. {ROOT}/completion/git-pbm\n")
    elif shell == "zsh":
        place.write("../home/.zfunc/_git-pbm", (ROOT / "completion/_git-pbm").read_bytes())
        place.write("../home/.zshrc", "fpath=(~/.zfunc $fpath); autoload -U compinit; compinit -u; PS1='$ '\n")
    else:
        place.write("../home/.config/fish/conf.d/git-pbm.fish", (ROOT / "completion/git-pbm.fish").read_bytes())
    return RUN[shell]


@pytest.mark.parametrize("shell", RUN)
def test_a_shell_completes_commands_options_models_fields_and_files(registry: Machine, shell: str) -> None:
    need("script")
    need(shell)
    if shell == "bash" and not GIT_COMPLETION.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("git's own completion is missing, and CI must have it")
        pytest.skip("git's own completion is not installed")
    registry.write("best_so_far.onnx", (registry.folder / "current/policy_v2.onnx").read_bytes())
    registry.pbm("annotate", "rl-r1-i1", "--metric", "gluons=3")
    (registry.folder.parent / "engine").mkdir()
    start = shell_with_completion(registry, shell)
    lines = "".join(typed for typed, _ in TYPED)
    done = registry.run("script", "-qec", start, "/dev/null", stdin=f"{lines}exit\n", TERM="xterm", NO_COLOR="1")
    printed = done.out.replace("\r", "")
    expected = Counter(text for _, text in TYPED)
    assert {text: min(printed.count(text), times) for text, times in expected.items()} == expected, printed


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
    assert complete([*command.words]) == 0
    assert command.words[-1] in capsys.readouterr().out.split()
    options = {name for action in parser_of(command).actions for name in action.option_strings if name[:2] == "--"}
    assert complete([*command.words, "--"]) == 0
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
    for before in (("add", "--tag"), ("promote", "-m"), ("promote", "current"), ("nonsense",), ("nonsense", "--to")):
        assert offered(registry, *before, "") == set(), before


def test_files_and_folders_are_left_to_the_shell(registry: Machine) -> None:
    for before in (("add",), ("add", "policy.onnx"), ("which", "a"), ("annotate", "current", "--metrics")):
        assert offered(registry, *before, "poli") == {":files"}, before
    for before in (("deploy", "--to"), ("init", "--engine"), ("init", "--move-in")):
        assert offered(registry, *before, "../e") == {":folders"}, before


def test_fields_are_offered_also_those_that_people_gave(registry: Machine) -> None:
    registry.pbm("annotate", "rl-r1-i1", "--metric", "gluons=3")
    fields = offered(registry, "list", "--sort", "")
    assert {"tag", "id", "created", "kl", "gluons"} <= fields
    assert offered(registry, "list", "--sort", "-") == {f"-{name}" for name in fields}
    assert offered(registry, "list", "--sort=gl") == {"--sort=gluons"}
    assert offered(registry, "list", "--columns", "tag,gl") == {"tag,gluons"}
    assert "tag,tag" not in offered(registry, "list", "--columns", "tag,")
    assert offered(registry, "list", "--where", "gl") == {"gluons="}
    assert offered(registry, "list", "--where", "training=") == {"training=supervised", "training=rl_selfplay"}
    assert offered(registry, "list", "--where", "tag=rl") == {"tag=rl-r1-i1"}
    registry.write("models/00000000/metadata.json", "[")
    registry.write("current/metadata.json", "[]")
    assert "gluons" not in offered(registry, "list", "--sort", "")


@pytest.mark.parametrize("shell", FILES)
def test_the_command_prints_the_file_that_is_installed(machine: Machine, shell: str) -> None:
    name = FILES[shell]
    assert machine.run("git-pbm", "completion", shell).out == (ROOT / "completion" / name).read_text()


def test_choices_and_rules_are_offered(machine: Machine) -> None:
    assert offered(machine, "check", "--format", "") == {"text", "json", "github"}
    assert offered(machine, "explain", "current-") == {"current-is-a-link", "current-resolves"}
    assert offered(machine, "--") == {"--help", "--version"}
    assert offered(machine) == {command.words[0] for command in COMMANDS}
    assert offered(machine, "eval", "") == {"add", "list", "show", "check", "retract"}
    assert offered(machine, "eval", "nonsense", "") == set()


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
