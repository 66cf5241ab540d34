"""Real merges in which one side took something away: each is a question that says what to type, and nothing is lost."""

from __future__ import annotations

import re

import pytest

from tests.e2e.commands.test_merging import BASE, conflicts, holds, place
from tests.support.branches import id_of, tag_of, write_branches
from tests.support.machine import Machine

__all__ = ("place",)

LONG = "trained on the whole corpus with the usual recipe and eight heads, " * 4
SAID = BASE.says(1, notes=LONG)
ANNOTATED = SAID.says(1, notes=f"{LONG}, and weak as Italy")
REPLACED = SAID.removes(1).adds(5).says(5, notes=LONG)
"""git pairs the metadata of 1 and 5 as a rename: most of their lines are the same."""


def way_of(words: str, path: str) -> list[str]:
    """The git commands that a line about a conflict names, in order."""
    line = next(line for line in words.splitlines() if f"{path} -> " in line)
    return re.findall(r"(?<=git )(?:add|checkout|rm) [^;,]+", line)


def typed(place: Machine, *commands: str) -> None:
    for command in commands:
        place.git(*command.split())


def merge_replaced(place: Machine, driver: bool) -> int:
    """Merge a branch that replaced a model into one that annotated it; returns git's exit status."""
    write_branches(place, SAID, {"mine": [ANNOTATED], "topic": [SAID.removes(1), REPLACED]}, driver=driver)
    place.git("checkout", "-q", "mine")
    assert f"models/{{{id_of(1)} => {id_of(5)}}}/metadata.json" in place.git("diff", "--summary", "-M", "main", "topic")
    return place.run("git", "merge", "--no-edit", "topic").status


@pytest.mark.parametrize("keeps", [False, True])
def test_what_was_said_about_a_removed_model_is_never_merged_into_another_one(place: Machine, keeps: bool) -> None:
    assert merge_replaced(place, driver=True) == 1
    path = f"models/{id_of(5)}/metadata.json"
    assert conflicts(place) == [path]
    text = (place.folder / path).read_text()
    assert text.count("<<<<<<< ours") == text.count(">>>>>>> theirs") == 1
    checkout, add, keep = way_of(place.pbm("resolve", status=1).err, path)
    assert checkout == f"checkout --theirs -- {path}"
    typed(place, checkout, add, *([keep] if keeps else []))
    place.pbm("resolve")
    holds(place, ANNOTATED.adds(5).says(5, notes=LONG) if keeps else REPLACED)
    place.git("commit", "-q", "--no-edit")
    place.pbm("check", "--range", "mine^1..mine")


def test_a_merge_without_the_driver_that_mixed_two_models_is_found(place: Machine) -> None:
    assert merge_replaced(place, driver=False) == 0, "git says nothing"
    path = f"models/{id_of(5)}/metadata.json"
    assert "weak as Italy" in (place.folder / path).read_text()
    place.pbm("check")
    done = place.pbm("check", "--range", "mine^1..mine", status=1)
    assert f"{path}: models-are-immutable" in done.out
    assert f"`notes` is what was said about {id_of(1)}" in done.out
    place.git("reset", "-q", "--hard", "mine^1")
    place.pbm("init", "--no-hooks")
    assert place.run("git", "merge", "--no-edit", "topic").status == 1


@pytest.mark.parametrize("keeps", [False, True])
def test_a_model_that_one_side_removed_and_the_other_annotated_is_asked_about(place: Machine, keeps: bool) -> None:
    other = BASE.says(1, notes="better than we thought")
    write_branches(place, BASE, {"mine": [BASE.removes(1)], "topic": [other]})
    place.git("checkout", "-q", "mine")
    assert place.run("git", "merge", "topic").status == 1
    path = f"models/{id_of(1)}/metadata.json"
    assert conflicts(place) == [path]
    remove, keep = way_of(place.pbm("resolve", status=1).err, path)
    typed(place, keep if keeps else remove)
    place.pbm("resolve")
    holds(place, other if keeps else BASE.removes(1))
    place.git("commit", "-q", "--no-edit")


def test_a_readme_that_one_side_deleted_is_the_users_to_settle(place: Machine) -> None:
    mine, other = BASE.adds(3, promote=True), BASE.adds(4, promote=True)
    write_branches(place, BASE, {"mine": [mine], "topic": [other]})
    place.git("checkout", "-q", "mine")
    place.git("rm", "-q", "README.md")
    place.git("commit", "-q", "-m", "no readme")
    assert place.run("git", "merge", "topic").status == 1
    done = place.pbm("resolve", "--current", tag_of(3), status=1)
    assert conflicts(place) == ["README.md"]
    keep, remove = way_of(done.err, "README.md")
    typed(place, remove)
    place.pbm("resolve")
    place.git("checkout", "-q", "topic", "--", "README.md")
    typed(place, keep)
    place.pbm("resolve")
    holds(place, BASE.adds(3, 4).promotes(3))


def test_two_candidates_with_one_tag_are_answered_by_id(place: Machine) -> None:
    mine, other = (BASE.adds(seed, promote=True).says(seed, tag="same") for seed in (3, 4))
    write_branches(place, BASE, {"mine": [mine], "topic": [other]})
    place.git("checkout", "-q", "mine")
    place.run("git", "merge", "topic")
    shown = place.pbm("resolve", status=1)
    for seed in (3, 4):
        assert f"git pbm resolve --current {id_of(seed)}\n" in shown.err
    place.pbm("resolve", "--current", "same", status=2)
