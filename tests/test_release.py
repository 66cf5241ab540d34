"""What a release must agree on, and what the workflows may run."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

import git_pbm

ROOT = Path(__file__).parents[1]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RELEASE = re.sub(r"\.dev\d+$", "", PROJECT["version"])
"""The release that the tree is, or becomes."""

WORKFLOWS = [*sorted((ROOT / ".github").rglob("*.yml")), ROOT / "action.yml"]
PINNED = re.compile(r"[\w.-]+/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", re.ASCII)


def test_the_package_and_the_project_have_one_version() -> None:
    assert git_pbm.__version__ == PROJECT["version"]


def test_the_changelog_begins_with_this_version() -> None:
    heading = next(line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## "))
    if PROJECT["version"] == RELEASE:
        assert re.fullmatch(rf"## \[{re.escape(RELEASE)}\] - \d{{4}}-\d\d-\d\d", heading)
    else:
        assert heading == "## [Unreleased]"


def test_every_heading_of_the_changelog_is_of_keep_a_changelog() -> None:
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    text = (ROOT / "CHANGELOG.md").read_text()
    for heading in re.findall(r"^## (.*)$", text, re.MULTILINE):
        assert re.fullmatch(r"\[Unreleased\]|\[\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d", heading), heading
        assert f"\n{heading.split(' - ')[0]}: https://" in text, f"{heading}: no link at the end"
    assert set(re.findall(r"^### (.*)$", text, re.MULTILINE)) <= kinds


@pytest.mark.parametrize("page", ["README.md", "docs/guides/hooks-and-ci.md"])
def test_what_a_person_copies_names_the_release(page: str) -> None:
    text = (ROOT / page).read_text()
    named = re.findall(r"^\s*rev: (\S+)$", text, re.MULTILINE) + re.findall(r"uses: git-pbm/git-pbm@(\S+)", text)
    assert len(named) >= 2
    assert set(named) == {f"v{RELEASE}"}


def uses(node: object) -> Iterator[str]:
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "uses":
                yield str(value)
            yield from uses(value)
    elif isinstance(node, list):
        for value in node:
            yield from uses(value)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_action_is_pinned_by_commit_with_its_version_as_a_comment(path: Path) -> None:
    text = path.read_text()
    document = yaml.safe_load(text)
    assert isinstance(document, dict)
    pinned = {found.split(" ")[0] for found in PINNED.findall(text)}
    assert {name for name in uses(document) if not name.startswith("./")} == pinned
