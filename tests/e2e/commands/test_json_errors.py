"""Errors under ``--json``: one object on standard output, the same prose on standard error, the same exit code."""

from __future__ import annotations

import difflib
import fcntl
import json
from collections.abc import Callable
from pathlib import Path
from types import FunctionType

import jsonschema
import pytest

from git_pbm.cli import main
from git_pbm.cli.commands import COMMANDS, parser_of
from git_pbm.cli.error_boundary import wants_json
from git_pbm.errors import ErrorId
from tests.e2e.commands.test_json import FLAG, TEXT, VERSION, record
from tests.support import golden
from tests.support.golden import ADD, POLICY, VALUE
from tests.support.machine import Machine

ERROR = record(id={"enum": list(ErrorId)}, message=TEXT, remedy=TEXT, retryable=FLAG)
Failing = Callable[..., dict[str, object]]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Failing:
    """Runs a command in this process, with ``--json`` and without; returns its error."""

    def run(folder: Path, *words: str, status: int) -> dict[str, object]:
        monkeypatch.chdir(folder)
        assert main([*words]) == status
        prose = capsys.readouterr()
        assert prose.out == ""
        assert main([*words, "--json"]) == status
        said = capsys.readouterr()
        found = json.loads(said.out)
        jsonschema.validate(found, record(version=VERSION, error=ERROR))
        assert said.err.replace(" --json", "") == prose.err  # but where a command does not take it
        error: dict[str, object] = found["error"]
        assert said.err.endswith(f"{error['message']} -> {error['remedy']}\n")
        return error

    return run


WORDS: dict[str, tuple[str, ...]] = {
    "add": ADD,
    "annotate": ("annotate", "current", "--notes", "x"),
    "promote": ("promote", "current"),
    "retag": ("retag", "current", "supervised-v9"),
    "remove": ("remove", "current", "--why", "x"),
    "diff": ("diff", "current", "current"),
    "which": ("which", "."),
    "show": ("show", "current"),
    "deploy": ("deploy", "--to", "."),
    "resolve": ("resolve", "--current", "x"),
    "init": ("init", "--engine", "nowhere"),
    "eval add": ("eval", "add", "current", "--against", "a@1", "--from", "notes.txt"),
    "eval show": ("eval", "show", "0123"),
    "eval check": ("eval", "check", "0123", "--from", "README.md"),
    "eval retract": ("eval", "retract", "0123", "--why", "x"),
}
"""What a command needs besides its name."""
TAKE_JSON = [c.name for c in COMMANDS if any("--json" in a.option_strings for a in parser_of(c).actions)]


def words_of(name: str) -> tuple[str, ...]:
    return WORDS.get(name, tuple(name.split()))


@pytest.mark.parametrize("command", [each.name for each in COMMANDS])
def test_every_command_refuses_arguments_in_json(failing: Failing, tmp_path: Path, command: str) -> None:
    assert failing(tmp_path, *command.split(), "--nope", status=2)["id"] == "invalid-arguments"


@pytest.mark.parametrize("command", TAKE_JSON)
def test_every_command_refuses_a_folder_outside_of_git_in_json(
    failing: Failing, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    golden.write_runs(tmp_path)
    (tmp_path / "place").mkdir()
    (tmp_path / "place/notes.txt").touch()
    error = failing(tmp_path / "place", *words_of(command), status=128)
    assert (error["id"], error["retryable"]) == ("not-a-repository", False)


@pytest.mark.parametrize("command", TAKE_JSON)
def test_every_command_refuses_a_repository_without_a_registry_in_json(
    failing: Failing, golden_copy: Callable[[], Machine], command: str
) -> None:
    place = golden.no_registry(golden_copy())
    place.write("notes.txt", "x").touch()
    place.commit("docs: notes")
    expected = {"init": "no-engine-folder", "resolve": "nothing-to-do"}.get(command, "no-registry")
    assert failing(place.folder, *words_of(command), status=4)["id"] == expected


SAME = ("add", POLICY.format(1), VALUE.format(1), "--tag")
SITUATIONS: tuple[tuple[str, int, tuple[str, ...], Callable[[Machine], Machine]], ...] = (
    ("invalid-arguments", 2, ("list", "--where", "x"), golden.as_it_is),
    ("unknown-model", 2, ("show", "nobody"), golden.as_it_is),
    ("unknown-revision", 2, ("check", "--rev", "nowhere"), golden.as_it_is),
    ("no-such-file", 2, ("which", "nowhere"), golden.as_it_is),
    ("no-such-file", 4, ("add", "nowhere.onnx", "--tag", "supervised-v3"), golden.as_it_is),
    ("unusable-metrics", 2, (*ADD, "--metrics", "README.md"), golden.as_it_is),
    ("unusable-results", 2, ("eval", "add", "current", "--against", "a@1", "--from", "README.md"), golden.as_it_is),
    ("no-gate", 4, ("gate", "current"), golden.as_it_is),
    ("gate-not-met", 4, ("promote", "supervised-v2"), golden.gated),
    ("unknown-evaluation", 2, ("eval", "show", "0123"), golden.as_it_is),
    ("unusable-source", 4, ("add", "README.md", "--tag", "supervised-v3"), golden.as_it_is),
    ("tag-in-use", 4, (*ADD[:3], "--tag", "rl-r1-i1"), golden.as_it_is),
    ("model-exists", 4, (*SAME, "supervised-v3"), golden.as_it_is),
    ("model-conflicts", 4, ("add", POLICY.format(1), VALUE.format(2), "--tag", "supervised-v1"), golden.as_it_is),
    ("model-in-use", 4, ("remove", "supervised-v1", "--why", "x"), golden.as_it_is),
    ("no-engine-folder", 2, ("deploy",), golden.as_it_is),
    ("foreign-file", 4, ("deploy",), golden.strange_engine_before),
    ("content-missing", 4, ("deploy", "--to", "../runs"), golden.partial_clone),
    ("operation-in-progress", 4, ("promote", "supervised-v1"), golden.merge),
    ("merge-conflict", 4, ("repair", "--apply"), golden.merge),
    ("nothing-to-do", 4, ("resolve", "--current", "supervised-v1"), golden.as_it_is),
    ("not-undoable", 4, ("undo",), golden.branch),
    ("no-work-tree", 128, ("promote", "supervised-v1"), golden.partial_clone),
)


def _name(value: object) -> str:
    return value.__name__ if isinstance(value, FunctionType) else str(value)


@pytest.mark.parametrize(("error_id", "status", "words", "scene"), SITUATIONS, ids=_name)
def test_a_situation_has_its_id(
    failing: Failing,
    golden_copy: Callable[[], Machine],
    error_id: str,
    status: int,
    words: tuple[str, ...],
    scene: Callable[[Machine], Machine],
) -> None:
    error = failing(scene(golden_copy()).folder, *words, status=status)
    assert (error["id"], error["retryable"]) == (error_id, False)


def test_busy_is_worth_a_second_try_and_a_refusal_is_not(failing: Failing, golden_copy: Callable[[], Machine]) -> None:
    place = golden_copy()
    with (place.folder / ".git/pbm/lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        error = failing(place.folder, "promote", "supervised-v2", "--wait", "0", status=4)
    assert (error["id"], error["retryable"]) == ("busy", True)


def test_a_bug_is_an_object_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(*_words: object, **_named: object) -> list[str]:
        raise RuntimeError("a broken installation")

    monkeypatch.setattr(difflib, "get_close_matches", broken)
    assert main(["lits", "--json"]) == 70
    said = capsys.readouterr()
    found = json.loads(said.out)
    jsonschema.validate(found, record(version=VERSION, error=ERROR))
    assert found["error"]["id"] == "bug"
    assert "Traceback" in said.err


@pytest.mark.parametrize("way", [">/dev/full", ">&-"])
def test_an_object_that_standard_output_does_not_take_changes_no_exit_code(machine: Machine, way: str) -> None:
    done = machine.run("sh", "-c", f"exec git-pbm lits --json {way}")
    assert (done.status, done.out) == (2, "")
    assert done.err.startswith("git pbm: 'lits' is not a git pbm command")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("list --json", True),
        ("list --format json", True),
        ("list --format=json --nope", True),
        ("list --json --format csv", False),
        ("list --format", False),
        ("add -- --json", False),
        ("", False),
    ],
)
def test_the_last_word_about_the_format_counts(words: str, expected: bool) -> None:
    assert wants_json(words.split()) is expected
