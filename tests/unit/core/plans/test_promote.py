"""Plans that change which model is current, in memory."""

from __future__ import annotations

from git_pbm.core.plans.promote import plan_promote, plan_roll_back, tag_of
from git_pbm.core.registry.registry import Registry
from tests.support.registries import good_tree


def test_promoting_the_current_model_plans_nothing() -> None:
    tree = good_tree()
    assert plan_promote(Registry(tree.snapshot()), tree.ids[1]) is None


def test_promoting_another_model_names_and_deploys_it() -> None:
    tree = good_tree()
    plan = plan_promote(Registry(tree.snapshot()), tree.ids[2], "Better.")
    assert plan is not None
    assert plan.message.text() == f"chore: promote supervised-v2 model ({tree.ids[2]})\n\nBetter.\n"
    assert plan.deploys == tree.ids[2]
    assert plan.warnings == ()
    assert plan.paths == ("registry.json", "current")


def test_a_roll_back_states_which_model_it_replaces() -> None:
    tree = good_tree()
    plan = plan_roll_back(Registry(tree.snapshot()), tree.ids[0])
    assert plan.message.subject == f"chore: roll back to supervised-v1 model ({tree.ids[0]})"
    assert plan.message.trailers == (("Rolled-back-from", tree.ids[1]),)
    assert plan.deploys == tree.ids[0]


def test_a_model_without_metadata_is_named_by_its_id() -> None:
    tree = good_tree()
    bare = tree.with_file(f"models/{tree.ids[2]}/metadata.json", None)
    assert tag_of(Registry(bare.snapshot()), tree.ids[2]) == tree.ids[2]
