"""What ``git pbm init`` and ``status`` say is left to do: typed as it stands it is done, and then it is gone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from git_pbm.core.plans.setup.templates import HOOK_TYPES, HOOKS_CONFIG_PATH, hook_types, runs_every_hook
from tests.integration.test_lfs import without
from tests.support.machine import Machine, need

OURS = "repos:\n  - repo: local\n    hooks: []\n"


def _left(place: Machine) -> str:
    return place.pbm("status").out.partition("left to do")[2]


def _own_hook(folder: Path, name: str, text: str = "true\n") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    hook = folder / name
    hook.write_text(f"#!/bin/sh\n{text}")
    hook.chmod(0o755)
    return hook


def _push(place: Machine) -> list[Path]:
    """Push one network to a server; returns the objects that Git LFS brought there."""
    place.git("init", "-q", "--bare", "../server.git")
    place.git("remote", "add", "origin", (place.folder.parent / "server.git").as_uri())
    place.write("weights.onnx", b"weights")
    place.git("add", "weights.onnx")
    place.git("commit", "-qm", "weights", "--no-verify")
    place.git("push", "-q", "origin", "HEAD")
    return [path for path in (place.folder.parent / "server.git/lfs/objects").rglob("*") if path.is_file()]


def test_the_lines_to_add_are_shown_as_they_are_to_be_written(empty: Machine) -> None:
    empty.write(HOOKS_CONFIG_PATH, OURS)
    empty.commit("before")
    for said in (empty.pbm("init").err, empty.pbm("status").out):
        assert "\\x0a" not in said
        item = said.partition("below repos:\n")[2].partition("left to do")[0]
        types = said.partition("at its top:\n")[2].splitlines()[0]
        config = f"{types}\n{OURS}{item}"
        hooks = [hook["id"] for repo in yaml.safe_load(config)["repos"] for hook in repo["hooks"]]
        assert hooks == ["pbm-verify", "pbm-message"]
    empty.write(HOOKS_CONFIG_PATH, config)
    assert _left(empty) == ""


def test_hook_types_that_are_not_enough_are_told(empty: Machine) -> None:
    empty.pbm("init")
    config = (empty.folder / HOOKS_CONFIG_PATH).read_text()
    line = next(line for line in config.splitlines() if line.startswith("default_install_hook_types"))
    empty.write(HOOKS_CONFIG_PATH, config.replace(line, "default_install_hook_types: [post-merge, pre-commit]"))
    wanted = "default_install_hook_types: [post-merge, pre-commit, pre-merge-commit, pre-push, commit-msg]"
    assert f"change in {HOOKS_CONFIG_PATH}, at its top:\n{wanted}" in _left(empty)
    for kind in HOOK_TYPES:
        (empty.folder / ".git/hooks" / kind).unlink()
    empty.write(HOOKS_CONFIG_PATH, config.replace(line, wanted))
    assert "pre-commit install" in _left(empty)
    assert empty.run("pre-commit", "install").status == 0
    assert _left(empty) == ""


def test_the_hooks_of_a_configuration_are_read_as_pre_commit_reads_them() -> None:
    assert hook_types("default_install_hook_types:\n  - pre-commit\n  - commit-msg\nrepos: []\n") == (
        "pre-commit",
        "commit-msg",
    )
    assert hook_types("repos: []\n") == ()
    assert runs_every_hook("- id: pbm-verify\n- id: 'pbm-message'\n")
    assert not runs_every_hook("- id: pbm-verify\n")
    each = ("pbm-model-hash", "pbm-metadata", "pbm-registry", "pbm-current", "pbm-onnx", "pbm-evals", "pbm-message")
    assert runs_every_hook("".join(f"- id: {name}\n" for name in each))


def test_a_hook_that_is_commented_out_is_no_hook(empty: Machine) -> None:
    empty.pbm("init")
    config = (empty.folder / HOOKS_CONFIG_PATH).read_text()
    empty.write(HOOKS_CONFIG_PATH, config.replace("- id: pbm-message", "# - id: pbm-message"))
    assert "below repos:" in _left(empty)


def test_without_a_configuration_nobody_is_told_to_install_hooks_that_would_refuse_every_commit(
    empty: Machine,
) -> None:
    assert "pre-commit" not in empty.pbm("init", "--no-hooks").err
    left = _left(empty)
    assert "pre-commit install" not in left
    assert "git pbm init" in left
    empty.pbm("init")
    assert _left(empty) == ""


def test_a_hook_of_somebody_s_own_is_not_taken_for_ours(empty: Machine) -> None:
    empty.pbm("init")
    _own_hook(empty.folder / ".git/hooks", "pre-commit", "# my pre-commit hook\n")
    assert "hooks     missing: pre-commit" in empty.pbm("status").out


def test_without_pre_commit_one_line_says_how_to_get_it(empty: Machine) -> None:
    place = without(empty, "pre-commit")
    said = place.pbm("init").err
    assert said.count("install the hooks") == 1
    assert "pip install pre-commit; pre-commit install" in said
    assert "pip install pre-commit; pre-commit install" in _left(place)


def test_a_folder_of_hooks_of_somebody_s_own_is_left_alone_and_named(empty: Machine) -> None:
    folder = empty.folder.parent / "shared-hooks"
    folder.mkdir()
    empty.git("config", "core.hooksPath", folder)
    said = empty.pbm("init").err
    assert said.count("rules") == 1
    assert f"pre-merge-commit in {folder}: git-pbm-hook pbm-verify" in said
    for name in ("pre-commit", "pre-merge-commit"):
        _own_hook(folder, name, "git-pbm-hook pbm-verify\n")
    _own_hook(folder, "commit-msg", 'git-pbm-hook pbm-message "$1"\n')
    assert _left(empty) == ""
    empty.write("models/0badcafe/policy_v2.onnx", b"no model")
    empty.git("add", "-A")
    assert empty.run("git", "commit", "-qm", "by hand").status != 0


# --- Git LFS -------------------------------------------------------------------------------------------------------


def test_a_push_hook_of_somebody_s_own_stays_and_is_named_until_it_pushes_objects(
    empty: Machine,
) -> None:
    need("git-lfs")
    _own_hook(empty.folder / ".git/hooks", "pre-push")
    said = empty.pbm("init", "--lfs").err
    assert said.count("let Git LFS push its objects") == 1
    assert 'add to .git/hooks/pre-push.legacy: git lfs pre-push "$@"' in said
    assert 'add to .git/hooks/pre-push.legacy: git lfs pre-push "$@"' in _left(empty)
    _own_hook(empty.folder / ".git/hooks", "pre-push.legacy", 'git lfs pre-push "$@"\n')
    assert _left(empty) == ""
    assert len(_push(empty)) == 1


def test_hooks_that_are_there_stay_installed_when_the_order_is_mended(empty: Machine) -> None:
    need("git-lfs")
    empty.pbm("init")
    empty.pbm("init", "--lfs", "--no-hooks")
    assert "hook-impl" in (empty.folder / ".git/hooks/pre-push").read_text()
    assert "git lfs pre-push" in (empty.folder / ".git/hooks/pre-push.legacy").read_text()
    assert _left(empty) == ""


def test_without_pre_commit_networks_become_pointers_and_the_order_is_told(registry: Machine) -> None:
    need("git-lfs")
    registry.pbm("init")
    place = without(registry, "pre-commit")
    said = place.pbm("init", "--lfs").err
    assert "pre-commit uninstall -t pre-push; git lfs install --local; pre-commit install -t pre-push" in said
    assert len(place.git("lfs", "ls-files").splitlines()) == 4
    for line in _left(place).partition(": ")[2].splitlines()[0].split("; "):
        assert registry.run(*line.split()).status == 0
    assert _left(registry) == ""


def test_without_any_hook_git_lfs_alone_is_named(empty: Machine) -> None:
    need("git-lfs")
    empty.pbm("init", "--lfs", "--no-hooks")
    for hook in (empty.folder / ".git/hooks").iterdir():
        hook.unlink()
    assert "let Git LFS push its objects: git lfs install --local" in _left(empty)
    empty.git("config", "--unset-all", "filter.lfs.clean")
    empty.git("config", "--unset-all", "filter.lfs.process")
    assert "set Git LFS up in this clone: git lfs install --local" in _left(empty)
    empty.git("lfs", "install", "--local")
    assert "LFS" not in _left(empty)


def test_shared_hooks_get_nothing_from_git_lfs_without_being_asked(empty: Machine) -> None:
    need("git-lfs")
    folder = empty.folder.parent / "shared-hooks"
    folder.mkdir()
    empty.git("config", "core.hooksPath", folder)
    empty.pbm("init", "--lfs", "--no-hooks")
    assert os.listdir(folder) == []
    assert "let Git LFS push its objects: git lfs install --local" in _left(empty)


@pytest.mark.parametrize("name", ["a b", "x\nleft to do  y"])
def test_a_folder_s_name_is_quoted_and_stays_on_its_line(registry: Machine, name: str) -> None:
    policy = next((registry.folder / "models").glob("*/policy_v2.onnx"))
    registry.write(f"{name}/policy_v2.onnx", policy.read_bytes())
    registry.commit("a copy")
    left = registry.pbm("status").out
    line = next(line for line in left.splitlines() if "--move-in" in line)
    assert line.startswith("left to do")
    if name == "a b":
        assert line.endswith("--move-in 'a b'")
