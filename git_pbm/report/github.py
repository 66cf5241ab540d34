"""Findings as workflow commands of GitHub: data and properties escaped as its toolkit does."""

from __future__ import annotations

import os
from functools import singledispatch

from git_pbm.core.findings import Finding
from git_pbm.operations.checking.check import CheckResult
from git_pbm.operations.result import Result
from git_pbm.report.terminal import exactly, sanitize
from git_pbm.report.text.checking.check import print_summary, what_is_lacking


@singledispatch
def render(result: Result) -> None:
    """Print a result as annotations."""
    raise TypeError(f"{type(result).__name__} has no annotations")


@render.register
def render_check(checked: CheckResult) -> None:
    """Print an annotation for each finding and object that is not here, and a summary on standard error."""
    prefix = _prefix_of(checked.folder, os.environ.get("GITHUB_WORKSPACE"))
    for finding in checked.verdict.findings:
        exactly(_annotation_of(finding, prefix))
    for item in checked.verdict.unverified:
        exactly(_annotation("warning", prefix + item.path, "unverified", what_is_lacking(checked, item)))
    print_summary(checked)


def _prefix_of(folder: str, workspace: str | None) -> str:
    """What comes before a repository's paths, so that they are relative to ``GITHUB_WORKSPACE``; ends with a slash."""
    if not workspace:
        return ""
    below = os.path.relpath(os.path.realpath(folder), os.path.realpath(workspace))
    return "" if below == os.curdir or below.split(os.sep)[0] == os.pardir else f"{below}/"


def _annotation_of(finding: Finding, prefix: str) -> str:
    """One finding as an annotation."""
    level = "error" if finding.is_error else "warning"
    return _annotation(level, prefix + finding.path, finding.rule, f"{finding.message} -> {finding.remedy}")


def _annotation(level: str, path: str, title: str, message: str) -> str:
    return f"::{level} file={_property(sanitize(path))},title={title}::{_data(sanitize(message))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
