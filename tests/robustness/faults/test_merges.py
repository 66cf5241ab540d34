"""``git pbm resolve`` killed or failed at its mutating calls: a re-run settles, and giving the merge up still works."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.robustness.faults.conftest import WHOLE
from tests.robustness.faults.sweep import FAULTS, Bench, Command
from tests.support.branches import State, tag_of, write_branches
from tests.support.machine import Machine

BASE = State().adds(0, promote=True)
MERGED = BASE.adds(1, 2).promotes(2)


@pytest.fixture
def bench(machine: Machine, shim: Path) -> Bench:
    """A merge that waits for an answer, and the answer."""
    original = machine.folder / "original"
    place = machine.at(original / "models-repo")
    place.folder.mkdir(parents=True)
    write_branches(place, BASE, {"mine": [BASE.adds(1, promote=True)], "topic": [BASE.adds(2, promote=True)]})
    place.git("checkout", "-q", "mine")
    assert place.run("git", "merge", "topic").status == 1
    command = Command(("resolve", "--current", tag_of(2)))
    return Bench(machine, original, machine.folder, shim, "resolve", command, ())


def is_settled(place: Machine) -> bool:
    tree = MERGED.tree()
    return (
        place.git("diff", "--name-only") == ""
        and (place.folder / "registry.json").read_bytes() == tree.files["registry.json"]
        and (place.folder / "README.md").read_bytes() == tree.files["README.md"]
        and os.readlink(place.folder / "current") == tree.links["current"]
    )


@pytest.mark.parametrize("fault", FAULTS)
def test_a_disturbed_resolve_is_settled_by_the_next_one_or_given_up(bench: Bench, fault: str) -> None:
    place = bench.place
    total = bench.calls()
    assert is_settled(place)
    for number, point in enumerate(range(1 if WHOLE else 5, total + 1, 1 if WHOLE else total // 4)):
        status = bench.disturbed(point, FAULTS[fault])
        # A disk that is full from the last calls on may leave all settled, and be told all the same.
        assert status != 0 or is_settled(place), f"{fault} at call {point}"
        if number % 2 and not (place.folder / ".git/index.lock").exists():
            place.run("git", "update-index", "-q", "--refresh")  # the copy has other inodes than the index noted
            place.git("merge", "--abort")
            place.pbm("promote", tag_of(1), "--no-deploy")
            place.pbm("check")
            assert place.git("status", "--porcelain") == "", f"{fault} at call {point}"
        else:
            place.pbm("resolve", "--current", tag_of(2))
            assert is_settled(place), f"{fault} at call {point}"
