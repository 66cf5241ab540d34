"""Plans that edit a model's notes and metrics, in memory."""

from __future__ import annotations

import pytest

from git_pbm.core.plans.annotate import plan_annotate
from git_pbm.core.plans.check import PlanRefusedError, check_plan
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


def test_a_day_does_not_change() -> None:
    tree = good_tree()
    with pytest.raises(RefusedError, match="rl-r1-i1 was created on 2026-02-02; a date does not change"):
        plan_annotate(Registry(tree.snapshot()), tree.ids[1], {"created": "2026-02-03"})


@pytest.mark.parametrize("odd", ["unknown", 5])
def test_a_date_that_is_none_is_set(odd: str | int) -> None:
    tree = good_tree().edit(f"models/{good_tree().ids[1]}/metadata.json", lambda document: document.update(created=odd))
    plan = plan_annotate(Registry(tree.snapshot()), tree.ids[1], {"created": "2026-02-03"})
    assert '"created": "2026-02-03"' in str(plan)


def test_a_value_out_of_the_schema_is_refused_and_another_flaw_is_left_alone() -> None:
    tree = good_tree()
    flawed = tree.edit(f"models/{tree.ids[1]}/metadata.json", lambda document: document.update(params="many"))
    registry = Registry(flawed.snapshot())
    assert plan_annotate(registry, tree.ids[1], {"notes": "x"}) is not None
    with pytest.raises(UsageError, match="`best_epoch` must") as refusal:
        plan_annotate(registry, tree.ids[1], {"best_epoch": -1})
    assert refusal.value.hint == "give --best-epoch another value, or leave it out"


@pytest.mark.parametrize("absent", [{}, {"parent": None}, {"parent": "the first"}])
def test_a_parent_that_is_absent_is_set(absent: dict[str, str | None]) -> None:
    tree = good_tree()
    first, _, third = tree.ids
    plain = tree.edit(f"models/{third}/metadata.json", lambda document: document.update(absent))
    plan = plan_annotate(Registry(plain.snapshot()), third, {"parent": first})
    assert plan is not None
    assert plan.paths == (f"models/{third}/metadata.json", "registry.json")
    after = Registry(check_plan(plan, plain.snapshot()).after)
    metadata = after.models[third].metadata
    assert metadata is not None
    assert metadata.parent == first
    assert after.document is not None
    assert after.document.models[third].parent == first


def test_a_parent_that_is_there_stays() -> None:
    tree = good_tree()
    registry = Registry(tree.snapshot())
    assert plan_annotate(registry, tree.ids[1], {"parent": tree.ids[0]}) is None
    plan = plan_annotate(registry, tree.ids[1], {"parent": tree.ids[0], "notes": "x"})
    assert plan is not None
    with pytest.raises(RefusedError, match="the parent of rl-r1-i1 is") as refusal:
        plan_annotate(registry, tree.ids[1], {"parent": tree.ids[2]})
    assert refusal.value.hint.startswith("git pbm lineage")


@pytest.mark.parametrize("itself", [True, False])
def test_no_model_becomes_its_own_ancestor(itself: bool) -> None:
    tree = good_tree()
    first, second, _ = tree.ids
    plan = plan_annotate(Registry(tree.snapshot()), first, {"parent": first if itself else second})
    assert plan is not None
    with pytest.raises(PlanRefusedError, match="descends from itself"):
        check_plan(plan, tree.snapshot())
