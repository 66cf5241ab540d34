"""The hooks as other repositories get them: from this project by URL and tag, in an environment of their own."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
import yaml

from git_pbm.core.rules.table import STATE_RULES
from tests.conftest import Trainer
from tests.support.machine import Machine, need

ROOT = Path(__file__).parents[3]
MANIFEST = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())


@pytest.fixture(scope="session")
def pre_commit_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One store of environments for the session: building one takes seconds."""
    return tmp_path_factory.mktemp("pre-commit")


@pytest.fixture
def published(machine: Machine) -> str:
    """This project as a repository with a release tag, by ``file://``."""
    place = machine.at(machine.folder / "published")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    for name in filter(None, os.fsdecode(listed.stdout).split("\0")):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            place.write(name, (ROOT / name).read_bytes())
    place.git("init", "-q")
    place.commit("release")
    place.git("tag", "v0.0.1")
    return f"file://{place.folder}"


def test_every_hook_looks_at_the_whole_tree_in_the_right_stages() -> None:
    for hook in MANIFEST:
        assert hook["always_run"] is True
        assert hook["pass_filenames"] is (hook["id"] == "pbm-message")
        assert hook["require_serial"] is True
        # pre-commit shows what a passing hook says only then
        assert hook.get("verbose", False) is (hook["id"] != "pbm-message")
        assert hook["minimum_pre_commit_version"] == "3.2.0"
        assert hook["language"] == "python"
        of_files = ["pre-commit", "pre-merge-commit", "pre-push", "manual"]
        assert hook["stages"] == (["commit-msg"] if hook["id"] == "pbm-message" else of_files)


def test_manifest_modules_rules_and_readme_name_the_same_hooks() -> None:
    ids = {hook["id"] for hook in MANIFEST}
    assert ids == {path.stem.replace("_", "-") for path in (ROOT / "hooks").glob("pbm_*.py")}
    assert {rule.hook for rule in STATE_RULES} | {"pbm-verify"} == ids - {"pbm-message"}
    readme = (ROOT / "README.md").read_text()
    assert all(f"`{hook_id}`" in readme for hook_id in ids)


def test_the_published_hooks_refuse_and_pass(
    repository: Machine, train: Trainer, published: str, pre_commit_home: Path
) -> None:
    need("pre-commit")
    environment = {"PRE_COMMIT_HOME": str(pre_commit_home)}
    repository.pbm("add", *train(1), "--tag", "supervised-v1")
    ids = "".join(f"      - id: {hook['id']}\n" for hook in MANIFEST)
    config = f"repos:\n  - repo: {published}\n    rev: v0.0.1\n    hooks:\n{ids}"
    repository.write(".pre-commit-config.yaml", config)
    repository.run("pre-commit", "install", **environment)
    repository.git("add", "-A")
    done = repository.run("git", "commit", "-m", "hooks", **environment)
    if "Could not find a version" in done.out + done.err or "ConnectionError" in done.out + done.err:
        pytest.skip("the environment of the hooks needs a package index")
    assert done.status == 0, done.out + done.err
    assert done.err.count("Passed") >= 6
    (repository.folder / "current").unlink()
    (repository.folder / "current").symlink_to("/srv/models")
    repository.git("add", "-A")
    done = repository.run("git", "commit", "-m", "broken", **environment)
    assert done.status != 0
    assert "current-is-a-link" in done.err
    tried = repository.run(
        "pre-commit", "try-repo", published, "pbm-verify", "--ref", "v0.0.1", "--all-files", **environment
    )
    assert tried.status != 0
    assert "current-is-a-link" in tried.out
    updated = repository.run("pre-commit", "autoupdate", **environment)
    assert updated.status == 0, updated.err
