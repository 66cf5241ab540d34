"""The Python API: its doctests in a real registry, and what it refuses."""

from __future__ import annotations

import doctest
import subprocess
import sys

import pytest

import git_pbm
import git_pbm.api
from git_pbm.errors import GitError, RefusedError, UnverifiedError
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
    assert before["current"].policy_path is not None
    assert before["current"].value_path is not None
    assert before.lineage("current") == [before["supervised-v1"]]


def test_a_model_that_lies_only_in_history_has_no_path(registry: Machine) -> None:
    registry.pbm("rollback", "--no-deploy")
    registry.pbm("remove", "rl-r1-i1", "--why", "diverged")
    model = git_pbm.open_registry(registry.folder, revision="HEAD~2")["rl-r1-i1"]
    assert (model.policy_path, model.value_path) == (None, None)
    assert model.parent == git_pbm.open_registry(registry.folder)["supervised-v1"].id


def test_a_revision_is_looked_up_once_and_has_no_history_of_its_own(registry: Machine) -> None:
    opened = git_pbm.open_registry(registry.folder, revision="main")
    assert opened["current@{0}"] == opened.current
    with pytest.raises(KeyError, match="history of HEAD"):
        opened["current@{1}"]
    assert git_pbm.open_registry(registry.folder)["current@{1}"].tag == "supervised-v1"
    registry.write("models/0badcafe/metadata.json", "{}")
    registry.commit("break it")
    assert opened.check() == []
    assert git_pbm.open_registry(registry.folder, revision="main").check() != []


def test_a_bare_repository_is_read_and_has_no_paths(registry: Machine) -> None:
    registry.git("clone", "-q", "--bare", ".", "../bare.git")
    opened = git_pbm.open_registry(registry.folder.parent / "bare.git")
    assert [model.policy_path for model in opened] == [None, None]
    assert opened.check() == []


def test_a_hook_of_one_repository_may_open_another(registry: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    registry.git("init", "-q", "../engine")
    engine = registry.folder.parent / "engine"
    monkeypatch.chdir(engine)
    monkeypatch.setenv("GIT_DIR", str(engine / ".git"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(engine / ".git/index"))
    opened = git_pbm.open_registry(registry.folder)
    assert len(opened) == 2
    assert opened["current@{1}"].tag == "supervised-v1"
    assert opened.check() == []
    with pytest.raises(RefusedError):
        git_pbm.open_registry()


def test_what_a_partial_clone_cannot_verify_is_not_called_fine(registry: Machine) -> None:
    registry.git("config", "uploadpack.allowFilter", "true")
    registry.git("clone", "-q", "--bare", "--filter=blob:limit=4k", f"file://{registry.folder}", "../partial.git")
    partial = git_pbm.open_registry(registry.folder.parent / "partial.git")
    assert {model.tag for model in partial} == {"supervised-v1", "rl-r1-i1"}
    with pytest.raises(UnverifiedError, match="lacks 4 of"):
        partial.check()


def test_what_is_not_there_is_a_key_error_and_says_why(registry: Machine) -> None:
    with pytest.raises(KeyError, match="supervised-v1"):
        git_pbm.open_registry(registry.folder)["supervised-v2"]


def test_places_that_are_no_registry_are_refused(machine: Machine) -> None:
    with pytest.raises(GitError):
        git_pbm.open_registry(machine.folder)
    with pytest.raises(GitError, match="no such folder"):
        git_pbm.open_registry(machine.folder / "nowhere")
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
