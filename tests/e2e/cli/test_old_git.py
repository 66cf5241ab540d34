"""A git that is too old is one clear line and 128, whatever is asked."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from git_pbm.cli.commands import COMMANDS
from git_pbm.cli.hook import hook_ids
from git_pbm.errors import GitError
from git_pbm.gitio.program import refuse_old_git
from tests.support.machine import Machine

OLD_GIT = "PBM_OLD_GIT"
"""Names the folder of an unpacked Debian package of git before 2.34: .ci/run makes it."""

LINE = "git pbm: git 2.30.2 is too old -> install git 2.34 or later\n"

WORDS = {
    "add": ("--tag", "rl-r1-i3", "policy.onnx"),
    "annotate": ("current", "--notes", "x"),
    "promote": ("supervised-v1",),
    "retag": ("supervised-v1", "supervised-v2"),
    "remove": ("supervised-v1", "--why", "x"),
    "diff": ("current", "supervised-v1"),
    "show": ("current",),
    "which": ("policy.onnx",),
    "eval add": ("current", "--against", "supervised-v1", "--from", "policy.onnx"),
    "eval show": ("0123",),
    "eval check": ("0123", "--from", "policy.onnx"),
    "eval retract": ("0123", "--why", "x"),
}
NEEDS_NO_GIT = {"explain", "completion"}


@pytest.fixture
def old_git(machine: Machine) -> Machine:
    """A repository on a machine that has the old git alone."""
    root = os.environ.get(OLD_GIT)
    if not root:
        if root is None and os.environ.get("CI") == "true":
            pytest.fail(f"{OLD_GIT} is not set, and CI must set it")
        pytest.skip(f"{OLD_GIT} names no unpacked git 2.30")
    binaries, core = Path(root, "usr/bin"), Path(root, "usr/lib/git-core")
    path = f"{binaries}{os.pathsep}{machine.environment['PATH']}"
    machine.git("init", "-q", "models-repo")
    environment = {**machine.environment, "PATH": path, "GIT_EXEC_PATH": str(core)}
    return Machine(machine.folder / "models-repo", environment)


def test_every_command_says_that_git_is_too_old(old_git: Machine) -> None:
    old_git.write("policy.onnx", "")
    for command in COMMANDS:
        if command.name not in NEEDS_NO_GIT:
            done = old_git.run("git", "pbm", *command.words, *WORDS.get(command.name, ()))
            assert (command.name, done.status, done.out, done.err) == (command.name, 128, "", LINE)


def test_a_registry_elsewhere_is_not_asked_either(old_git: Machine, tmp_path: Path) -> None:
    done = old_git.at(tmp_path).run("git-pbm", "path", PBM_REGISTRY=str(old_git.folder))
    assert (done.status, done.out, done.err) == (128, "", LINE)


def test_every_hook_says_that_git_is_too_old(old_git: Machine) -> None:
    message = old_git.write("message", "feat: x\n")
    for hook in hook_ids():
        done = old_git.run("git-pbm-hook", hook, *([message] if hook == "pbm-message" else []))
        assert (hook, done.status, done.out, done.err) == (hook, 128, "", LINE)


@pytest.mark.parametrize("words", ["git version 2.30.2", "git version 2.33.8 (Apple Git-133)", "git version 1.9.1\n"])
def test_older_gits_are_refused(words: str) -> None:
    with pytest.raises(GitError, match="is too old"):
        refuse_old_git(words)


@pytest.mark.parametrize(
    "words",
    ["git version 2.34.0\n", "git version 2.55.GIT", "git version 2.39.5 (Apple Git-154)", "git version 3.0", ""],
)
def test_newer_gits_and_strange_words_pass(words: str) -> None:
    refuse_old_git(words)
