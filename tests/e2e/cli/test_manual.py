"""The man page: made from the commands, readable, installed where ``git pbm --help`` finds it, and true."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from git_pbm.cli.commands import COMMANDS, command_of, module_of, parser_of
from git_pbm.cli.manpage import EXAMPLES, manual
from git_pbm.operations.setup.completion import FILES
from tests.support.machine import Machine, need

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "man/git-pbm.1"


def test_the_page_is_what_the_commands_say() -> None:
    assert PAGE.read_text() == manual(), "python -m git_pbm.cli.manpage > man/git-pbm.1"


def test_the_page_reads_without_a_warning_and_names_every_command(machine: Machine) -> None:
    need("man")
    done = machine.run("man", "--warnings", "-l", PAGE, MANWIDTH="100")
    assert done.err == ""
    for command in COMMANDS:
        assert f"git pbm {command.name} " in done.out.replace("git  pbm", "git pbm").replace("pbm  ", "pbm ")


def test_what_the_page_says_to_type_can_be_copied(machine: Machine) -> None:
    need("man")
    done = machine.run("man", "-l", PAGE, MANWIDTH="200")
    assert "git pbm promote current^ " in done.out
    assert "MODEL^, MODEL~N" in done.out
    assert '--notes "loses to its parent"' in done.out
    assert all(line.isascii() for line in done.out.splitlines() if "git pbm" in line)


def examples() -> list[str]:
    """Every command that the page shows, explanations cut off."""
    shown = [line for _, typed in EXAMPLES for line in typed]
    for command in COMMANDS:
        joined = module_of(command.name).EXAMPLES.replace("\\\n     ", "")
        shown += [line.strip().partition("   ")[0] for line in joined.splitlines()]
    return [
        part.partition(" >")[0].strip()
        for line in shown
        for part in line.split("&&")
        if part.strip().startswith("git pbm ")
    ]


@pytest.mark.parametrize("typed", examples())
def test_every_example_is_taken_by_the_command_that_it_shows(typed: str) -> None:
    words = shlex.split(typed)[2:]
    command = command_of(words)
    assert command is not None
    parser_of(command).parse_args(words[len(command.words) :])


def copy_of_the_source(target: Path) -> Path:
    """What git knows or would know: a build must neither find old modules in ``build/`` nor leave any there."""
    argv = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", ":!tests", ":!bench"]
    listed = subprocess.run(argv, cwd=ROOT, capture_output=True, check=True)
    for name in filter(None, os.fsdecode(listed.stdout).split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            (target / name).write_bytes((ROOT / name).read_bytes())
    return target


def test_git_pbm_help_opens_the_page_of_an_installed_wheel(machine: Machine, tmp_path: Path) -> None:
    need("man")
    venv.create(tmp_path / "venv", with_pip=False)
    python = tmp_path / "venv/bin/python"
    source = copy_of_the_source(tmp_path / "source")
    built = machine.run(sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", tmp_path / "dist", source)
    if "No matching distribution" in built.err or "ConnectionError" in built.err:
        pytest.skip("building a wheel needs a package index")
    assert built.status == 0, built.err
    wheel = next((tmp_path / "dist").glob("*.whl"))
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "-q", "--no-deps", wheel)
    assert machine.run(*pip).status == 0
    path = f"{tmp_path / 'venv/bin'}{os.pathsep}{os.environ['PATH']}"
    assert machine.run("man", "-w", "git-pbm", PATH=path).out == f"{tmp_path}/venv/share/man/man1/git-pbm.1\n"
    page = machine.run("git", "pbm", "--help", PATH=path, MANPAGER="cat")
    assert "git-pbm - a git-native registry" in page.out
    for shell, folder in (
        ("bash", "bash-completion/completions"),
        ("zsh", "zsh/site-functions"),
        ("fish", "fish/vendor_completions.d"),
        ("fish", "fish/vendor_conf.d"),
    ):
        installed = tmp_path / "venv/share" / folder / FILES[shell]
        assert installed.read_text() == (ROOT / "completion" / FILES[shell]).read_text()


def on_a_terminal(place: Machine, command: str, **environment: str) -> tuple[int, str]:
    """Exit status and output of a shell command whose standard output is a terminal."""
    need("script")
    done = place.run("script", "-qec", command, "/dev/null", **{"TERM": "xterm", "NO_COLOR": "1", **environment})
    return done.status, done.out.replace("\r", "")


def test_git_itself_pages_as_the_page_says(registry: Machine) -> None:
    paging = "sed s/^/paged:/"
    registry.git("config", "core.pager", paging)
    listed = registry.pbm("list").out

    def heads(command: str, **environment: str) -> list[str]:
        """The beginnings of the lines; their rest may depend on the terminal's width."""
        lines = on_a_terminal(registry, command, **environment)[1].splitlines()
        return [line[:10] for line in lines]

    plain = [line[:10] for line in listed.splitlines()]
    through = [f"paged:{line}"[:10] for line in listed.splitlines()]
    assert heads("git pbm list") == plain
    assert heads("git -p pbm list") == through
    registry.git("config", "pager.pbm", "true")
    assert heads("git pbm list") == through
    assert heads("git --no-pager pbm list") == plain
    assert heads("git-pbm list") == plain
    assert heads("git pbm list", GIT_PAGER="cat") == plain
    assert registry.pbm("list").out == listed
    registry.git("config", "core.pager", "cat")
    registry.git("config", "pager.pbm", paging)
    assert heads("git pbm list") == through
    status, said = on_a_terminal(registry, "git pbm show nobody")
    assert status == 2
    assert said.startswith("paged:git pbm: no model is called nobody")
