"""The Python API: its doctests in a real registry, and what it refuses."""

from __future__ import annotations

import doctest
import subprocess
import sys

import pytest

import git_pbm
import git_pbm.api
from git_pbm.errors import GitError, RefusedError
from tests.support.machine import Machine


def test_the_documented_examples_hold(registry: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(registry.folder)
    outcome = doctest.testmod(git_pbm.api)
    assert outcome.attempted > 5
    assert outcome.failed == 0


def test_a_registry_is_opened_from_afar_and_at_a_revision(registry: Machine) -> None:
    current = git_pbm.open_registry(registry.folder).current
    assert current is not None
    assert current.policy_path is not None
    assert current.policy_path.is_file()
    before = git_pbm.open_registry(registry.folder, revision="HEAD~1")
    assert [model.tag for model in before] == ["supervised-v1"]
    assert before["current"].hash.startswith(before["current"].id)


def test_what_is_not_there_is_a_key_error_and_says_why(registry: Machine) -> None:
    with pytest.raises(KeyError, match="supervised-v1"):
        git_pbm.open_registry(registry.folder)["supervised-v2"]


def test_places_that_are_no_registry_are_refused(machine: Machine) -> None:
    with pytest.raises(GitError):
        git_pbm.open_registry(machine.folder)
    machine.git("init", "-q", "plain")
    with pytest.raises(RefusedError):
        git_pbm.open_registry(machine.folder / "plain")


def test_a_flaw_is_found(registry: Machine) -> None:
    (registry.folder / "current").unlink()
    findings = git_pbm.open_registry(registry.folder).check()
    assert [finding.rule for finding in findings] == ["registry-current-agrees"]


def test_importing_the_package_costs_next_to_nothing() -> None:
    script = "import sys, git_pbm; git_pbm.__version__; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert not {"git", "jsonschema", "json", "git_pbm.api", "argparse"} & set(done.stdout.split())
