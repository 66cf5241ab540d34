"""Findings as workflow commands of GitHub: data and properties escaped as its toolkit does."""

from __future__ import annotations

import os

from git_pbm.core.findings import Finding
from git_pbm.report.terminal import sanitize


def prefix_of(folder: str, workspace: str | None) -> str:
    """What comes before a repository's paths, so that they are relative to ``GITHUB_WORKSPACE``; ends with a slash."""
    if not workspace:
        return ""
    below = os.path.relpath(os.path.realpath(folder), os.path.realpath(workspace))
    return "" if below == os.curdir or below.split(os.sep)[0] == os.pardir else f"{below}/"


def annotation_of(finding: Finding, prefix: str) -> str:
    """One finding as an annotation."""
    level = "error" if finding.is_error else "warning"
    return _annotation(level, prefix + finding.path, finding.rule, f"{finding.message} -> {finding.remedy}")


def warning_at(path: str, title: str, message: str) -> str:
    """A warning about a file."""
    return _annotation("warning", path, title, message)


def _annotation(level: str, path: str, title: str, message: str) -> str:
    return f"::{level} file={_property(sanitize(path))},title={title}::{_data(sanitize(message))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
