"""The page on git versions is true: what git pbm asks of git is recorded, and what is newer than git 2.30 is on it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.support import golden
from tests.support.golden import ADD, WRITES
from tests.support.machine import Machine

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs/reference/git-versions.md"
KNOWN = golden.GOLDEN / "git-options.txt"
SINCE = {
    "add --sparse": "2.34",
    "-c core.fsync": "2.36",
    "GIT_NO_LAZY_FETCH": "2.45",
}
"""What git pbm may use, and git 2.30 does not know, with the release that brought it (git's RelNotes)."""

SESSION: tuple[tuple[str, ...], ...] = (
    ("init", "--no-hooks"),
    ADD,
    ("retag", "rl-r1-i2", "rl-r1-i7"),
    ("annotate", "rl-r1-i7", "--notes", "it stalls"),
    ("undo",),
    ("promote", "supervised-v2"),
    ("rollback",),
    ("deploy",),
    ("deploy", "--check"),
    golden.EVALUATE,
    ("eval", "list"),
    ("eval", "show", golden.EVALUATION),
    ("eval", "check", golden.EVALUATION, "--from", "../match.pgn"),
    ("eval", "retract", golden.EVALUATION, "--why", "the wrong book", "--date", "2026-02-06"),
    ("gate", "supervised-v2"),
    ("ladder",),
    ("remove", "supervised-v2", "--why", "it diverged"),
    ("list",),
    ("show",),
    ("lineage",),
    ("history",),
    ("diff", "supervised-v1", "current"),
    ("path", "current"),
    ("which", "current", "../runs/3"),
    ("status",),
    ("check",),
    ("check", "--staged"),
    ("check", "--rev", "HEAD~1"),
    ("check", "--range", "HEAD~3..HEAD"),
    ("repair",),
    ("repair", "--apply"),
    ("resolve",),
)
HOOKS = (("pbm-verify",), ("pbm-message", ".git/COMMIT_EDITMSG"))
MAY_FAIL = {"check", "eval", "gate", "ladder", "which", "repair", "resolve", "deploy"}
"""Commands that find something here, or nothing to do: what they ask of git is recorded all the same."""

WRAPPER = """\
#!/bin/sh
printf '%%s\\037' "$@" > "$PBM_GIT_RECORD/$$"
exec %s "$@"
"""


@pytest.fixture
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where each call is noted, in a file of its own."""
    return tmp_path_factory.mktemp("record")


@pytest.fixture
def recorder(machine: Machine, record: Path, tmp_path_factory: pytest.TempPathFactory) -> Machine:
    """A machine whose first ``git`` notes what it is asked, and asks the real one."""
    real = shutil.which("git")
    assert real is not None
    folder = tmp_path_factory.mktemp("recorder")
    (folder / "git").write_text(WRAPPER % real)
    (folder / "git").chmod(0o755)
    path = f"{folder}{os.pathsep}{machine.environment['PATH']}"
    return Machine(machine.folder, {**machine.environment, "PATH": path, "PBM_GIT_RECORD": str(record)})


def used(words: list[str]) -> set[str]:
    """The options in a command line of git's: those before the command, and those of the command."""
    found, command = set(), ""
    takes_a_value = False
    for word in words:
        if takes_a_value:
            found.add(f"-c {word.partition('=')[0]}")
            takes_a_value = False
        elif word == "--":
            break
        elif not command and word == "-c":
            takes_a_value = True
        elif word.startswith("-") and word != "-":
            option = re.sub(r"^(-[0-9]+|-L.*)$", "-N", word.partition("=")[0])
            found.add(f"{command} {option}".strip())
        elif not command:
            command = word
            found.add(command)
    return found


def recorded(folder: Path) -> set[str]:
    """Everything that the recorder noted."""
    found: set[str] = set()
    for path in folder.iterdir():
        found |= used(path.read_bytes().decode("utf-8", "replace").split("\037"))
    return found


def run_all(recorder: Machine, place: Machine, commands: Iterable[tuple[str, ...]]) -> None:
    """Run them as ``git-pbm``: git itself would put its own folder before the recorder's."""
    dates = {name: value for name, value in place.environment.items() if name.endswith("_DATE")}
    here = Machine(place.folder, {**recorder.environment, **dates})
    for words in commands:
        done = here.run("git-pbm", *words)
        assert "Traceback" not in done.err, done.err
        assert done.status == 0 or words[0] in MAY_FAIL, (words, done.err)


def test_what_is_asked_of_git_is_known_and_what_is_new_is_on_the_page(
    recorder: Machine, record: Path, golden_copy: Callable[[], Machine]
) -> None:
    run_all(recorder, golden.played(golden.engine(golden_copy())), SESSION)
    for words in HOOKS:
        Machine(golden.as_it_is(golden_copy()).folder, recorder.environment).run("git-pbm-hook", *words)
    run_all(recorder, golden.merge(golden_copy()), (("resolve", "--current", "supervised-v1"),))
    run_all(recorder, golden.partial_clone(golden_copy()), (("check", "--rev", "HEAD", "--fetch"),))
    found = recorded(record)
    assert len(found) > 100
    if WRITES:
        KNOWN.write_text("".join(f"{option}\n" for option in sorted(found)))
    known = set(KNOWN.read_text().splitlines())
    assert found - known == set(), "new: which git brought it? then PBM_WRITE_GOLDEN=true"


def test_the_page_lists_what_is_newer_than_what_every_git_knows() -> None:
    rows = re.findall(r"^\| `([^`]+)` \| ([0-9.]+)", PAGE.read_text(), re.MULTILINE)
    assert dict(rows) == SINCE
    known = set(KNOWN.read_text().splitlines())
    assert {option for option in SINCE if not option.startswith("GIT_")} <= known
