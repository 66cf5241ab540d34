"""The man page, and completion in a real interactive bash."""

from __future__ import annotations

import os
import sys
import venv
from pathlib import Path

import pytest

from git_pbm.cli.commands import COMMANDS
from git_pbm.cli.manual import manual
from tests.support.machine import Machine, need

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "man/git-pbm.1"
GIT_COMPLETION = Path("/usr/share/bash-completion/completions/git")


def test_the_page_is_what_the_commands_say() -> None:
    assert PAGE.read_text() == manual(), "python -m git_pbm.cli.manual > man/git-pbm.1"


def test_the_page_reads_without_a_warning_and_names_every_command(machine: Machine) -> None:
    need("man")
    done = machine.run("man", "--warnings", "-l", PAGE, MANWIDTH="100")
    assert done.err == ""
    for command in COMMANDS:
        assert f"git pbm {command.name} " in done.out.replace("git  pbm", "git pbm").replace("pbm  ", "pbm ")


def test_git_pbm_help_opens_the_page_of_an_installed_wheel(machine: Machine, tmp_path: Path) -> None:
    need("man")
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv/bin/python"
    built = machine.run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", tmp_path / "dist", ROOT)
    if "No matching distribution" in built.err:
        pytest.skip("building a wheel needs a package index")
    assert built.status == 0, built.err
    wheel = next((tmp_path / "dist").glob("*.whl"))
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", wheel)
    assert machine.run(*pip).status == 0
    path = f"{tmp_path / 'venv/bin'}{os.pathsep}{os.environ['PATH']}"
    assert machine.run("man", "-w", "git-pbm", PATH=path).out == f"{tmp_path}/venv/share/man/man1/git-pbm.1\n"
    page = machine.run("git", "pbm", "--help", PATH=path, MANPAGER="cat")
    assert "git-pbm - a git-native registry" in page.out
    assert (tmp_path / "venv/share/bash-completion/completions/git-pbm").exists()


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("git pbm show superv\t\n", "supervised-v1 ("),
        ("git pbm sho\tsuperv\t\n", "supervised-v1 ("),
        ("git pbm list --so\tcreated --col\ttag\n", "  tag"),
        ("git -C . pbm show rl-r1\t\n", "rl-r1-i1 ("),
        ("git pbm explain current-re\t\n", "A dangling link"),
    ],
)
def test_bash_completes_commands_options_and_models(registry: Machine, typed: str, expected: str) -> None:
    need("script")
    if not GIT_COMPLETION.exists():
        if os.environ.get("CI") == "true":
            pytest.fail("git's own completion is missing, and CI must have it")
        pytest.skip("git's own completion is not installed")
    registry.write("../rc", f"PS1='$ '\n. {GIT_COMPLETION}\n. {ROOT}/completion/git-pbm\n")
    done = registry.run(
        "script", "-qec", "bash --rcfile ../rc -i", "/dev/null", stdin=f"{typed}exit\n", TERM="xterm", NO_COLOR="1"
    )
    assert expected in done.out.replace("\r", "")


def test_completion_knows_tags_and_ids_and_is_silent_elsewhere(registry: Machine, machine: Machine) -> None:
    words = registry.run("git-pbm", "complete", "promote", "").out.split()
    assert {"current", "supervised-v1", "rl-r1-i1"} < set(words)
    assert len(words) == 5
    registry.write("registry.json", "{")
    assert registry.run("git-pbm", "complete", "promote", "").out == ""
    assert machine.run("git-pbm", "complete", "show", "x").out == ""
    assert machine.run("git-pbm", "complete", "nonsense", "").out == ""
