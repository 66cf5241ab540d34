"""What surrounds a command changes nothing of it: git's variables and settings, a path's characters."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest

from tests.support import golden
from tests.support.golden import ADD
from tests.support.machine import Machine

STEPS: tuple[tuple[str, ...], ...] = (
    (*ADD, "-m", "f is the first letter\n# and this line begins with another character\n\n\n; three blank lines above"),
    ("annotate", "rl-r1-i1", "--notes", "it stalls in the opening"),
    ("promote", "supervised-v2", "-m", "füre"),
    ("rollback",),
    ("remove", "supervised-v2", "--why", "folgt später"),
    ("promote", "supervised-v1"),
    ("undo",),
    ("deploy",),
)
"""Every command that changes a registry, in an order in which each finds something to do."""
LOOKS = (
    ("check",),
    ("check", "--range", "HEAD~3.."),
    ("check", "--staged"),
    ("list",),
    ("show", "current"),
    ("status",),
    ("history",),
    ("lineage",),
    ("diff", "supervised-v1", "rl-r1-i1"),
    ("path", "current"),
    ("which", "../engine/policy_v2.onnx"),
    ("repair",),
)


@dataclass(frozen=True)
class Around:
    """Variables and settings that a person may have."""

    variables: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)
    looks: tuple[tuple[str, ...], ...] = LOOKS


TRACES = ("GIT_TRACE", "GIT_TRACE_SETUP", "GIT_TRACE_REFS", "GIT_TRACE2", "GIT_TRACE2_PERF", "GIT_TRACE_PERFORMANCE")
SHOWN = {
    "color.ui": "always",
    "color.status": "always",
    "core.abbrev": "4",
    "core.quotePath": "false",
    "diff.noprefix": "true",
    "diff.mnemonicPrefix": "true",
    "diff.renames": "copies",
    "diff.relative": "true",
    "diff.ignoreSubmodules": "all",
    "diff.external": "false",
    "diff.wordRegex": ".",
    "log.showSignature": "true",
    "log.date": "relative",
    "log.decorate": "full",
    "log.follow": "true",
    "log.abbrevCommit": "true",
    "format.pretty": "oneline",
    "i18n.logOutputEncoding": "latin1",
    "status.short": "true",
    "status.relativePaths": "true",
    "status.showUntrackedFiles": "no",
    "grep.lineNumber": "true",
    "core.pager": "false",
    "pager.log": "true",
}
WORKS = {
    "commit.verbose": "true",
    "commit.status": "true",
    "commit.template": "no-such-file",
    "i18n.commitEncoding": "latin1",
    "core.untrackedCache": "true",
    "core.splitIndex": "true",
    "index.version": "4",
    "add.ignoreErrors": "true",
    "merge.renames": "false",
    "rerere.enabled": "true",
    "core.logAllRefUpdates": "false",
    "advice.detachedHead": "false",
    "core.editor": "false",
    "core.compression": "1",
    "submodule.recurse": "true",
    "push.default": "nothing",
}
SURROUNDINGS = {
    "literal": Around({"GIT_LITERAL_PATHSPECS": "1"}),
    "glob": Around({"GIT_GLOB_PATHSPECS": "1"}),
    "noglob": Around({"GIT_NOGLOB_PATHSPECS": "true"}),
    "icase": Around({"GIT_ICASE_PATHSPECS": "1"}),
    "traces": Around(dict.fromkeys(TRACES, "1")),
    "traces by another name": Around({"GIT_TRACE": "true", "GIT_TRACE2": "2", "GIT_TRACE_CURL": "1"}),
    "how git shows": Around(settings=SHOWN),
    "how git works": Around(settings=WORKS),
    "a comment is a letter": Around(looks=(), settings={"core.commentChar": "f"}),
    "comments are chosen": Around(looks=(), settings={"core.commentChar": "auto"}),
    "strip": Around(looks=(), settings={"commit.cleanup": "strip"}),
    "whitespace, and a letter": Around(looks=(), settings={"commit.cleanup": "whitespace", "core.commentChar": "c"}),
    "verbatim": Around(looks=(), settings={"commit.cleanup": "verbatim"}),
    "scissors, and a sign": Around(looks=(), settings={"commit.cleanup": "scissors", "core.commentChar": ";"}),
    "a cleanup that git does not know": Around(looks=(), settings={"commit.cleanup": "thorough"}),
}


def outcome(place: Machine, around: Around) -> list[str]:
    """What every step prints, and the commits that came of it."""
    golden.engine(place)
    for key, value in around.settings.items():
        place.git("config", "--global", key, value)
    printed = []
    for step in (*STEPS, *around.looks):
        done = place.run("git-pbm", *step, **around.variables)  # by itself: `git pbm` traces what it starts
        assert done.status == 0, f"{step}: {done.out}{done.err}"
        printed.append(done.out + done.err)
    for key in around.settings:
        place.git("config", "--global", "--unset-all", key)
    return [place.git("log", "--format=raw"), place.git("ls-files", "--stage"), *printed]


@pytest.fixture(scope="session")
def undisturbed() -> dict[str, list[str]]:
    """What is printed in plain surroundings; filled by whoever needs it first."""
    return {}


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_a_change_is_made_as_in_plain_surroundings(
    golden_copy: Callable[[], Machine], undisturbed: dict[str, list[str]], name: str
) -> None:
    if "plain" not in undisturbed:
        place = golden_copy()
        undisturbed["plain"] = told(place, outcome(place, Around()))
    place = golden_copy()
    found = told(place, outcome(place, SURROUNDINGS[name]))
    assert found == undisturbed["plain"][: len(found)]


def told(place: Machine, printed: list[str]) -> list[str]:
    """The same, whatever folder the test has."""
    return [text.replace(str(place.folder.parent), "/machine") for text in printed]


def is_text(place: Machine) -> bool:
    return os.fsencode(place.folder).decode(errors="replace") == str(place.folder)


PATHS = {
    "a line break and signs": 'two\nlines, it\'s "quoted" $HOME `id` * ? [x] \\ ;&|#%~',
    "bytes that are not UTF-8, and controls": os.fsdecode(b"-\t\x1b[31m\x7f caf\xe9"),
}


@pytest.mark.parametrize("name", PATHS)
def test_every_path_will_do(golden_copy: Callable[[], Machine], name: str) -> None:
    """The repository, the engine and the networks that are added lie in folders of such a name."""
    made = golden_copy()
    place = made.at(made.folder.parent / PATHS[name] / PATHS[name] / "models")
    place.folder.parent.mkdir(parents=True)
    made.folder.rename(place.folder)
    (made.folder.parent / "runs").rename(place.folder.parent / "runs")
    outcome(place, Around())
    engine = place.folder.parent / "engine"
    assert place.pbm("which", engine / "policy_v2.onnx").status == 0
    assert place.run("git", "-C", place.folder, "pbm", "deploy", "--check", "--to", engine).status == 0
    fresh = place.at(place.folder.parent / "fresh")
    fresh.folder.mkdir()
    fresh.git("init", "-q")
    fresh.pbm("init")
    fresh.pbm("add", *(place.folder.parent / "runs/1").iterdir(), "--tag", "supervised-v1")
    fresh.write("models/stray", "x")
    fresh.git("add", "models/stray")
    # pre-commit itself needs a path in UTF-8, and init says that it could not install it
    guarded = ("git", "commit", "-q", "-m", "a stray") if is_text(fresh) else ("git-pbm-hook", "pbm-verify")
    assert fresh.run(*guarded).status == 1
    assert fresh.pbm("check", status=1).out.startswith("models/stray: ")
