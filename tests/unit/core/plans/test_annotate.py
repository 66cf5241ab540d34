"""Plans that edit a model's notes and metrics, in memory."""

from __future__ import annotations

import pytest

from git_pbm.core.plans.annotate import plan_annotate
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import RefusedError, UsageError
from tests.support.registries import good_tree


def test_nothing_said_is_refused() -> None:
    tree = good_tree()
    with pytest.raises(UsageError, match="nothing to annotate"):
        plan_annotate(Registry(tree.snapshot()), tree.ids[1], {})


@pytest.mark.parametrize("name", ["hash", "files"])
def test_what_names_the_model_never_changes(name: str) -> None:
    tree = good_tree()
    with pytest.raises(UsageError, match=f"`{name}` says which model this is"):
        plan_annotate(Registry(tree.snapshot()), tree.ids[1], {name: "x"})


def test_unreadable_metadata_are_refused() -> None:
    tree = good_tree()
    broken = tree.with_file(f"models/{tree.ids[1]}/metadata.json", b"{")
    with pytest.raises(RefusedError, match="cannot be read"):
        plan_annotate(Registry(broken.snapshot()), tree.ids[1], {"notes": "x"})


def test_the_same_value_plans_nothing() -> None:
    tree = good_tree()
    assert plan_annotate(Registry(tree.snapshot()), tree.ids[1], {"kl": 0.01}) is None


def test_notes_are_written_and_named() -> None:
    tree = good_tree()
    plan = plan_annotate(Registry(tree.snapshot()), tree.ids[1], {"notes": "good"})
    assert plan is not None
    assert f"models/{tree.ids[1]}/metadata.json" in plan.paths
    assert plan.message.subject == f"docs: annotate rl-r1-i1 model ({tree.ids[1]})"
    assert plan.deploys is None
