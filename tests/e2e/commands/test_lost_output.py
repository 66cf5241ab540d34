"""Standard output that takes nothing: a change that was made is never called undone, and exits 5."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from tests.e2e.commands.test_exit_codes import run_without_reader
from tests.support import golden
from tests.support.golden import ADD
from tests.support.machine import Done, Machine


@dataclass(frozen=True)
class Row:
    """A command, where it is run, and what standard error says that it did."""

    words: tuple[str, ...]
    said: str
    scene: Callable[[Machine], Machine] = golden.as_it_is


CHANGING = {
    "add": Row(ADD, "committed "),
    "add, deployed": Row(ADD, "; deployed ", golden.engine),
    "add --no-commit": Row((*ADD, "--no-commit"), "staged 'feat: add "),
    "annotate": Row(("annotate", "rl-r1-i1", "--notes", "it stalls"), "committed "),
    "promote": Row(("promote", "supervised-v2"), "committed "),
    "promote --json": Row(("promote", "supervised-v2", "--json"), "committed "),
    "rollback": Row(("rollback",), "committed "),
    "remove": Row(("remove", "supervised-v2", "--why", "it diverged"), "committed "),
    "retag": Row(("retag", "rl-r1-i2", "rl-r1-i7"), "committed ", golden.added),
    "undo": Row(("undo",), "took "),
    "deploy": Row(("deploy",), "deployed ", golden.engine),
}


def to_full_disk(place: Machine, words: tuple[str, ...]) -> Done:
    return place.run("sh", "-c", f"exec git-pbm {shlex.join(words)} >/dev/full")


def to_closed(place: Machine, words: tuple[str, ...]) -> Done:
    return place.run("sh", "-c", f"exec git-pbm {shlex.join(words)} >&-")


def to_nobody(place: Machine, words: tuple[str, ...]) -> Done:
    return run_without_reader(place, f"git-pbm {shlex.join(words)}")


WAYS = {"a full disk": to_full_disk, "closed": to_closed, "a pipe without a reader": to_nobody}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", CHANGING)
def test_what_was_changed_is_said_with_exit_code_5(golden_copy: Callable[[], Machine], name: str, way: str) -> None:
    row = CHANGING[name]
    place = row.scene(golden_copy())
    before = place.git("rev-list", "--count", "HEAD")
    done = WAYS[way](place, row.words)
    assert done.status == 5, done.err
    assert done.err.count("git pbm: ") == 1
    assert row.said in done.err
    assert "nothing was changed" not in done.err
    commits = int(place.git("rev-list", "--count", "HEAD")) - int(before)
    made = {"undo": -1, "retag": 0}.get(name, int("committed" in row.said or name == "add, deployed"))
    assert commits == made
    assert place.pbm("check", "--staged").status == 0


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("more", [(), ("--json",)])
def test_what_failed_after_the_change_is_said_where_nothing_can_be_printed(
    golden_copy: Callable[[], Machine], way: str, more: tuple[str, ...]
) -> None:
    done = WAYS[way](golden.strange_engine_before(golden_copy()), (*ADD, *more))
    assert (done.status, done.out) == (5, "")
    assert done.err.startswith("git pbm: done, but not deployed: ")
    assert done.err.count("\n") == 1


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("words", [(*ADD, "--dry-run"), ("rollback", "--dry-run"), ("rollback", "--dry-run", "--json")])
def test_where_nothing_was_changed_it_is_said_so(
    golden_copy: Callable[[], Machine], words: tuple[str, ...], way: str
) -> None:
    place = golden_copy()
    before = place.git("rev-parse", "HEAD")
    done = WAYS[way](place, words)
    assert done.status == (141 if way == "a pipe without a reader" else 4), done.err
    assert ("nothing was changed" in done.err) == (done.status == 4)
    assert place.git("rev-parse", "HEAD") == before


READING = ("list", "show current", "status", "history", "lineage", "list --json", "-h", "--version", "explain")


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("words", [*READING, "path", "path current --policy", "diff supervised-v1 supervised-v2"])
def test_a_command_that_only_looks(golden_copy: Callable[[], Machine], words: str, way: str) -> None:
    done = WAYS[way](golden_copy(), tuple(words.split()))
    assert done.status == (141 if way == "a pipe without a reader" else 4), done.err
    assert "Traceback" not in done.err
    assert "standard output: " in done.err or done.status == 141


@pytest.mark.parametrize(
    ("words", "status"), [("show nobody", 2), ("list", 0), ("promote supervised-v2", 0), ("list --no-such", 2)]
)
@pytest.mark.parametrize("way", ["2>/dev/full", "2>&-"])
def test_words_that_nobody_can_read_change_no_exit_code(
    golden_copy: Callable[[], Machine], words: str, status: int, way: str
) -> None:
    assert golden_copy().run("sh", "-c", f"exec git-pbm {words} {way}").status == status
