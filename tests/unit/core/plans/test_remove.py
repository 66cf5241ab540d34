"""Plans that remove a model, in memory."""

from __future__ import annotations

import pytest

from git_pbm.core.plans.remove import plan_remove
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import RefusedError, UsageError
from tests.support.registries import good_tree


def test_a_removal_needs_a_reason() -> None:
    tree = good_tree()
    with pytest.raises(UsageError, match="--why is empty"):
        plan_remove(Registry(tree.snapshot()), tree.ids[2], " \n")


def test_the_current_model_stays() -> None:
    tree = good_tree()
    with pytest.raises(RefusedError, match="is the current model") as refusal:
        plan_remove(Registry(tree.snapshot()), tree.ids[1], "old")
    assert "git pbm promote MODEL" in refusal.value.hint


def test_a_parent_stays() -> None:
    tree = good_tree()
    with pytest.raises(RefusedError, match="is the parent of rl-r1-i1") as refusal:
        plan_remove(Registry(tree.snapshot()), tree.ids[0], "old")
    assert refusal.value.hint == "remove those first, or keep it"


def test_every_file_of_the_model_goes() -> None:
    tree = good_tree()
    plan = plan_remove(Registry(tree.snapshot()), tree.ids[2], "old")
    folder = f"models/{tree.ids[2]}"
    assert {f"{folder}/metadata.json", f"{folder}/policy_v2.onnx", "registry.json"} == set(plan.paths)
    assert plan.message.text() == f"chore: remove supervised-v2 model ({tree.ids[2]})\n\nold\n"
    assert plan.deploys is None
