"""``git pbm init``: what it writes, what it leaves alone, what it says is left to do, and Git LFS."""

from __future__ import annotations

import os
import re
import shutil

import yaml

from git_pbm.core.documents.lfs_pointer import parse_pointer
from git_pbm.core.plans.setup.templates import (
    AGENTS_BLOCK,
    HOOK_TYPES,
    HOOKS_CONFIG_PATH,
    WORKFLOW_PATH,
    Release,
    hooks_config,
    workflow,
)
from tests.conftest import Trainer
from tests.support.machine import Machine, need


def _committed(place: Machine, **files: str) -> None:
    for name, text in files.items():
        (place.folder / name).write_text(text)
    place.git("add", "-A")
    place.git("commit", "-qm", "before")


def test_a_fresh_folder_gets_everything_in_one_commit(empty: Machine) -> None:
    done = empty.pbm("init")
    assert empty.git("rev-list", "--count", "HEAD").strip() == "1"
    written = set(empty.git("ls-files").split())
    assert written == {
        ".gitattributes",
        ".pre-commit-config.yaml",
        WORKFLOW_PATH,
        "AGENTS.md",
        "CLAUDE.md",
        "README.md",
        "registry.json",
    }
    assert all(f"write   {path}" in done.out for path in written)
    assert all((empty.folder / ".git/hooks" / kind).exists() for kind in HOOK_TYPES)
    assert "left to do" not in empty.pbm("status").out
    assert "ok" in empty.pbm("check").err
    assert empty.git("status", "--porcelain") == ""


def test_a_second_run_writes_nothing(empty: Machine) -> None:
    empty.pbm("init")
    head = empty.git("rev-parse", "HEAD")
    assert "nothing was written" in empty.pbm("init").out
    assert empty.git("rev-parse", "HEAD") == head


def test_a_dry_run_shows_the_files_and_changes_nothing(empty: Machine) -> None:
    done = empty.pbm("init", "--dry-run")
    assert "would write   .pre-commit-config.yaml" in done.out
    assert os.listdir(empty.folder) == [".git"]
    assert not (empty.folder / ".git/hooks/pre-commit").exists()


def test_files_that_are_there_keep_every_line_that_they_had(empty: Machine) -> None:
    before = {"README.md": "# Ours\r\nwords\r\n", "CLAUDE.md": "be kind", ".gitattributes": "*.png binary"}
    _committed(empty, **before)
    empty.pbm("init", "--no-hooks")
    for name, text in before.items():
        now = (empty.folder / name).read_bytes().decode()
        assert now.startswith(text.rstrip()), name
        assert len(now) > len(text), name
    assert not (empty.folder / "AGENTS.md").exists()
    assert "ok" in empty.pbm("check").err


def test_a_claude_file_that_reads_the_other_one_stays_as_it_is(empty: Machine) -> None:
    _committed(empty, **{"AGENTS.md": "words\n", "CLAUDE.md": "@AGENTS.md\n"})
    empty.pbm("init", "--no-hooks")
    assert (empty.folder / "CLAUDE.md").read_text() == "@AGENTS.md\n"
    assert "git pbm add" in (empty.folder / "AGENTS.md").read_text()


def test_an_older_block_is_named_by_status_and_renewed_by_init_in_one_commit(empty: Machine) -> None:
    empty.pbm("init", "--no-hooks")
    whole = (empty.folder / "AGENTS.md").read_text()
    older = f"# Ours\n{whole.replace('never the steps by hand', 'please')}more\n"
    _committed(empty, **{"AGENTS.md": older})
    assert "git pbm's block in AGENTS.md is not this version's: git pbm init" in empty.pbm("status").out
    before = empty.git("rev-parse", "HEAD").strip()
    empty.pbm("init", "--no-hooks")
    assert (empty.folder / "AGENTS.md").read_text() == f"# Ours\n{whole}more\n"
    assert empty.git("rev-parse", "HEAD^").strip() == before
    assert empty.git("status", "--porcelain") == ""
    assert "block in AGENTS.md" not in empty.pbm("status").out


def test_a_hooks_configuration_that_is_there_is_left_alone_and_the_lines_are_shown_until_they_are_in(
    empty: Machine,
) -> None:
    ours = "repos:\n  - repo: local\n    hooks: []\n"
    _committed(empty, **{HOOKS_CONFIG_PATH: ours})
    done = empty.pbm("init")
    assert (empty.folder / HOOKS_CONFIG_PATH).read_text() == ours
    assert "\n      - id: pbm-verify\n        name: " in done.err
    assert "default_install_hook_types: [pre-commit, pre-merge-commit, pre-push, commit-msg]" in done.err
    assert "\n      - id: pbm-verify\n" in empty.pbm("status").out
    (empty.folder / HOOKS_CONFIG_PATH).write_text(hooks_config(Release("0.1.0.dev0", "")))
    assert "pbm-verify" not in empty.pbm("status").out


def test_a_file_that_nobody_committed_is_not_touched(empty: Machine) -> None:
    (empty.folder / "README.md").write_text("mine\n")
    done = empty.pbm("init", "--no-hooks")
    assert (empty.folder / "README.md").read_text() == "mine\n"
    assert "give README.md the table of models" in done.err
    assert "README.md" not in empty.git("ls-files").split()


def test_attributes_that_nobody_committed_are_refused(empty: Machine) -> None:
    (empty.folder / ".gitattributes").write_text("*.png binary\n")
    assert "git add .gitattributes" in empty.pbm("init", status=4).err


def test_the_workflow_takes_nothing_that_somebody_else_chose_into_a_shell() -> None:
    parsed = yaml.safe_load(workflow(Release("1.2.3", "https://example.com/x")))
    steps = parsed["jobs"]["check"]["steps"]
    scripts = [step["run"] for step in steps if "run" in step]
    assert "pre-commit run --all-files" in scripts
    assert not any("${{" in script for script in scripts)
    assert steps[0]["with"] == {"fetch-depth": 0}
    assert 'pip install pre-commit "git-pbm==1.2.3"' in scripts


def test_the_workflow_refuses_a_pull_request_that_changes_a_model(registry: Machine) -> None:
    scripts = yaml.safe_load(workflow(Release("1.2.3", "")))["jobs"]["check"]["steps"]
    script = next(step["run"] for step in scripts if "--range" in step.get("run", ""))
    base = registry.git("rev-parse", "HEAD").strip()
    registry.git("commit", "-q", "--allow-empty", "-m", "words")
    assert registry.run("bash", "-ec", script, BASE=base).status == 0
    (model,) = registry.git("ls-files", "models/*/value_v2.onnx").split()[:1]
    (registry.folder / model).write_bytes(b"other bytes")
    registry.git("commit", "-qam", "better value net")
    done = registry.run("bash", "-ec", script, BASE=base)
    assert done.status == 1
    assert f"::error file={model}" in done.out


def test_the_words_for_agents_are_short() -> None:
    assert len(re.findall(r"\w+|[^\w\s]", AGENTS_BLOCK)) < 400


# --- Git LFS -------------------------------------------------------------------------------------------------------


def _pointer(place: Machine, path: str) -> str | None:
    done = place.run("git", "cat-file", "blob", f"HEAD:{path}")
    pointer = parse_pointer(done.out.encode("utf-8", "surrogateescape"))
    return pointer.sha256 if pointer is not None else None


def test_lfs_comes_first_in_the_push_hook_and_objects_reach_the_server(empty: Machine, train: Trainer) -> None:
    need("git-lfs")
    empty.pbm("init", "--lfs")
    assert "git lfs pre-push" in (empty.folder / ".git/hooks/pre-push.legacy").read_text()
    empty.pbm("add", *train(1), "--tag", "supervised-v1")
    (policy,) = empty.git("ls-files", "models/*/policy_v2.onnx").split()
    assert _pointer(empty, policy) is not None
    empty.git("init", "-q", "--bare", "../server.git")
    empty.git("remote", "add", "origin", (empty.folder.parent / "server.git").as_uri())
    empty.git("push", "-q", "origin", "HEAD")
    assert list((empty.folder.parent / "server.git/lfs/objects").rglob("*"))


def test_a_push_hook_that_came_first_is_mended(empty: Machine) -> None:
    need("git-lfs")
    empty.pbm("init")
    assert "pre-commit" in (empty.folder / ".git/hooks/pre-push").read_text()
    empty.pbm("init", "--lfs")
    assert "git lfs pre-push" in (empty.folder / ".git/hooks/pre-push.legacy").read_text()
    assert "pre-commit" in (empty.folder / ".git/hooks/pre-push").read_text()
    assert "left to do" not in empty.pbm("status").out


def test_models_that_are_there_become_pointers_and_no_history_is_rewritten(registry: Machine, train: Trainer) -> None:
    need("git-lfs")
    base = registry.git("rev-parse", "HEAD").strip()
    paths = registry.git("ls-files", "*.onnx").split()
    bytes_before = {path: (registry.folder / path).read_bytes() for path in paths}
    registry.pbm("init", "--lfs", "--no-hooks")
    assert registry.git("rev-parse", "HEAD~1").strip() == base
    assert all(_pointer(registry, path) for path in paths)
    assert {path: (registry.folder / path).read_bytes() for path in paths} == bytes_before
    assert registry.git("status", "--porcelain") == ""
    assert "2 models: ok" in registry.pbm("check").err
    registry.pbm("check", "--range", f"{base}..")
    registry.pbm("add", *train(3), "--tag", "supervised-v2")
    assert len(registry.git("lfs", "ls-files").splitlines()) == len(paths) + 2


def test_without_git_lfs_nothing_is_changed(empty: Machine) -> None:
    folder = empty.folder.parent / "bin"
    folder.mkdir()
    for name in ("git", "python3", "git-pbm", "sh"):
        program = shutil.which(name, path=empty.environment["PATH"])
        assert program is not None
        (folder / name).symlink_to(program)
    done = empty.run("git-pbm", "init", "--lfs", PATH=str(folder))
    assert done.status == 4
    assert "Git LFS is not installed" in done.err
    assert os.listdir(empty.folder) == [".git"]
