"""Every result can be printed, and no format decides how a command ends."""

from __future__ import annotations

import importlib
import pkgutil
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from git_pbm import cli, operations
from git_pbm.cli import _OK
from git_pbm.core.findings import Finding, NotInspected, Severity, Unverified, Verdict
from git_pbm.errors import ExitCode
from git_pbm.operations.changing.model_change import ModelChangeResult
from git_pbm.operations.checking.check import CheckResult, HookResult
from git_pbm.operations.checking.check_message import MessageResult
from git_pbm.operations.reading.explain import RuleResult, RulesResult
from git_pbm.operations.reading.path import PathResult
from git_pbm.operations.reading.which import FileMatch, Known, WhichResult
from git_pbm.operations.result import Result
from git_pbm.operations.setup.completion import CompletionResult
from git_pbm.report import github, json, mermaid, text
from git_pbm.report.renderer import FormatModule, OutputFormat, render

ROOT = Path(__file__).parents[3]
ONLY_TEXT = {HookResult, MessageResult, CompletionResult, PathResult, RulesResult, RuleResult}
"""What the hooks and the commands without ``--json`` end with."""


def results() -> list[type[Result]]:
    """Every type of result that an operation defines."""
    found = []
    for info in pkgutil.walk_packages(operations.__path__, "git_pbm.operations."):
        module = importlib.import_module(info.name)
        own = [value for value in vars(module).values() if isinstance(value, type) and value.__module__ == info.name]
        found += [kind for kind in own if issubclass(kind, Result) and kind is not Result]
    return found


def load(package: str, kind: type[Result]) -> None:
    importlib.import_module(f"{package}.{kind.__module__.removeprefix('git_pbm.operations.')}")


@pytest.mark.parametrize("kind", results(), ids=lambda kind: kind.__name__)
def test_every_result_has_a_text(kind: type[Result]) -> None:
    load("git_pbm.report.text", kind)
    assert text.write.dispatch(kind) is not text.write.dispatch(object)


@pytest.mark.parametrize("kind", results(), ids=lambda kind: kind.__name__)
def test_every_result_of_a_command_that_takes_json_has_json(kind: type[Result]) -> None:
    if kind not in ONLY_TEXT:
        load("git_pbm.report.json", kind)
        assert json.to_json.dispatch(kind) is not json.to_json.dispatch(object)


@pytest.mark.parametrize("kind", sorted(ONLY_TEXT, key=str), ids=str)
def test_what_has_only_text_has_no_json(kind: type[Result]) -> None:
    assert json.to_json.dispatch(kind) is json.to_json.dispatch(object)


@pytest.mark.parametrize("module", [github, mermaid], ids=lambda module: module.__name__)
def test_a_format_refuses_a_result_that_it_does_not_know(module: FormatModule) -> None:
    with pytest.raises(TypeError, match="PathResult has no "):
        module.render(PathResult("/models"))


@pytest.mark.parametrize("output_format", OutputFormat)
def test_every_format_is_a_module_that_renders(output_format: OutputFormat) -> None:
    assert callable(importlib.import_module(f"git_pbm.report.{output_format.value}").render)


def test_notices_are_told_in_every_format(capsys: pytest.CaptureFixture[str]) -> None:
    result = WhichResult((FileMatch(path="a.onnx", sha256="0" * 64, known=(), is_certain=False),))
    for output_format in (OutputFormat.TEXT, OutputFormat.JSON):
        render(result, output_format)
        assert capsys.readouterr().err == "this clone lacks networks of the registry -> git pbm check --fetch\n"


def test_no_format_looks_at_another_format_or_at_exit_codes() -> None:
    for path in (ROOT / "git_pbm/report").rglob("*.py"):
        source = path.read_text()
        assert "exit_code" not in source, path
        assert "ExitCode" not in source, path
        if path.name != "renderer.py":
            assert "OutputFormat" not in source, path


def test_exit_codes_are_numbers_in_one_place() -> None:
    assert _OK == ExitCode.OK
    for package in (cli.__path__[0], ROOT / "hooks"):
        for path in Path(package).rglob("*.py"):
            assert not re.search(r"\breturn -?[0-9]+\b|\bexit\([0-9]", path.read_text()), path


def test_the_readme_and_the_program_have_the_same_exit_codes() -> None:
    section = (ROOT / "README.md").read_text().partition("## Exit codes")[2].partition("\n## ")[0]
    told = {int(number) for number in re.findall(r"(?m)^\| (\d+) \|", section)}
    assert told == set(ExitCode)


ERROR = Finding("a-rule", Severity.ERROR, "a", "", "wrong", "")
WARNING = Finding("a-rule", Severity.WARNING, "a", "", "odd", "")
LACKING, IN_LFS = Unverified("b", "0" * 40), NotInspected("c")


def checked(verdict: Verdict, *, require_content: bool = False) -> CheckResult:
    return CheckResult(
        folder="/r", label="a tree", exists=True, models=1, verdict=verdict, require_content=require_content
    )


def match(*, known: bool, certain: bool = True) -> FileMatch:
    models = (Known(model_id="0" * 8, tag="t", name="policy_v2.onnx", is_current=True),) if known else ()
    return FileMatch(path="f", sha256="", known=models, is_certain=certain)


@dataclass(frozen=True)
class Ending:
    """A result and what the command ends with."""

    result: Result
    code: ExitCode


ENDINGS = (
    Ending(checked(Verdict()), ExitCode.OK),
    Ending(checked(Verdict((WARNING,), (), (IN_LFS,))), ExitCode.OK),
    Ending(checked(Verdict((WARNING, ERROR), (LACKING,))), ExitCode.FINDINGS),
    Ending(checked(Verdict((), (LACKING,))), ExitCode.UNVERIFIED),
    Ending(checked(Verdict((), (), (IN_LFS,)), require_content=True), ExitCode.UNVERIFIED),
    Ending(HookResult(checked(Verdict((ERROR,))), (LACKING,)), ExitCode.FINDINGS),
    Ending(HookResult(checked(Verdict((), (LACKING,))), (LACKING,)), ExitCode.UNVERIFIED),
    Ending(HookResult(checked(Verdict((), (LACKING,)))), ExitCode.OK),
    Ending(MessageResult((ERROR,)), ExitCode.FINDINGS),
    Ending(WhichResult(()), ExitCode.FINDINGS),
    Ending(WhichResult((match(known=True),)), ExitCode.OK),
    Ending(WhichResult((match(known=True), match(known=False))), ExitCode.FINDINGS),
    Ending(WhichResult((match(known=True), match(known=False, certain=False))), ExitCode.UNVERIFIED),
    Ending(ModelChangeResult(model_id="0" * 8), ExitCode.OK),
)


@pytest.mark.parametrize("ending", ENDINGS, ids=lambda e: f"{type(e.result).__name__}-{e.code.name}")
def test_a_result_knows_how_its_command_ends(ending: Ending) -> None:
    assert ending.result.exit_code is ending.code
