"""``git revert`` of what git pbm committed: the hooks and a look at the range agree, and the registry stays whole."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.conftest import Trainer
from tests.support.machine import Machine


def revert(place: Machine, commit: str = "HEAD") -> None:
    place.git("revert", "--no-edit", commit)


def add(place: Machine, train: Trainer) -> None:
    place.pbm("add", *train(3), "--tag", "rl-r1-i2")


def candidate(place: Machine, train: Trainer) -> None:
    place.pbm("add", *train(3), "--tag", "rl-r1-i2", "--no-promote")


def promote(place: Machine, train: Trainer) -> None:
    place.pbm("promote", "supervised-v1")


def rollback(place: Machine, train: Trainer) -> None:
    place.pbm("rollback")


def annotate(place: Machine, train: Trainer) -> None:
    place.pbm("annotate", "supervised-v1", "--notes", "weak as Italy")


def remove(place: Machine, train: Trainer) -> None:
    place.pbm("remove", "rl-r1-i1", "--why", "it lost")


CHANGES: dict[str, Callable[[Machine, Trainer], None]] = {
    "add": add,
    "add --no-promote": candidate,
    "promote": promote,
    "rollback": rollback,
    "annotate": annotate,
    "remove": remove,
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_each_change_can_be_reverted_and_applied_again(registry: Machine, train: Trainer, change: object) -> None:
    assert callable(change)
    if change is remove:
        registry.pbm("promote", "supervised-v1")
    registry.git("tag", "start")
    change(registry, train)
    changed = registry.git("rev-parse", "HEAD^{tree}")
    revert(registry)
    assert registry.git("rev-parse", "HEAD^{tree}") == registry.git("rev-parse", "start^{tree}")
    revert(registry)
    assert registry.git("rev-parse", "HEAD^{tree}") == changed
    assert registry.pbm("check", "--range", "start..HEAD").out == ""


def test_a_hosts_button_quotes_the_number_of_the_pull_request(registry: Machine, train: Trainer) -> None:
    registry.git("tag", "start")
    add(registry, train)
    subject = registry.git("log", "-1", "--format=%s").strip()
    revert(registry)
    registry.git("commit", "-q", "--amend", "-m", f'Revert "{subject} (#12)" (#13)')
    assert registry.pbm("check", "--range", "start..HEAD").out == ""


def test_a_rollback_after_a_revert_goes_to_what_was_current_before_both(registry: Machine, train: Trainer) -> None:
    add(registry, train)
    promote(registry, train)
    revert(registry)
    registry.pbm("rollback")
    assert "rl-r1-i1" in registry.pbm("show", "current").out


def test_undo_takes_no_revert_for_a_change_of_its_own(registry: Machine, train: Trainer) -> None:
    candidate(registry, train)
    revert(registry)
    assert "git revert HEAD" in registry.pbm("undo", status=4).err
