"""Plans that add a model, in memory."""

from __future__ import annotations

import pytest

from git_pbm.core.documents.training_history import Metrics
from git_pbm.core.names import Role
from git_pbm.core.plans.add import AddFields, AlreadyThere, NewModel, check_fields, plan_add
from git_pbm.core.plans.plan import Plan
from git_pbm.core.registry.facts import Facts, gather
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import RefusedError, UsageError
from tests.support.networks import policy_bytes, value_bytes
from tests.support.registries import good_tree


def facts_of(data: bytes) -> Facts:
    return gather(Role.NETWORK, [data])


def request(fields: AddFields, seed: int, value: int | None = None) -> NewModel:
    net = None if value is None else facts_of(value_bytes(2000, value))
    return NewModel(fields, facts_of(policy_bytes(2000, seed)), net, 2, "2026-03-01", Metrics())


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        (AddFields("rl-r1-i2", round=3), "--round 3 contradicts the tag rl-r1-i2, which says 1"),
        (AddFields("rl-r1-i2", iteration=3), "--iteration 3 contradicts the tag rl-r1-i2, which says 2"),
        (AddFields("rl-r1-i2", training="supervised"), "--training supervised contradicts the tag rl-r1-i2"),
        (AddFields("odd"), "does not tell how the model was trained"),
        (AddFields("supervised-v9", round=1), "--round and --iteration are for RL models"),
    ],
)
def test_contradicting_words_are_refused(fields: AddFields, message: str) -> None:
    with pytest.raises(UsageError) as refusal:
        check_fields(fields)
    assert message in refusal.value.message


def test_an_rl_model_is_a_child_of_the_current_one() -> None:
    tree = good_tree()
    plan = plan_add(Registry(tree.snapshot()), request(AddFields("rl-r1-i2"), 4, 4))
    assert isinstance(plan, Plan)
    model_id = facts_of(policy_bytes(2000, 4)).sha256[:8]
    assert plan.message.text() == f"feat: add rl-r1-i2 model ({model_id})\n"
    assert plan.deploys == model_id
    written = {edit.path: edit for edit in plan.edits}
    assert f'"parent": "{tree.ids[1]}"' in str(written[f"models/{model_id}/metadata.json"])
    assert f"models/{model_id}/value_v2.onnx" in written


def test_a_used_tag_is_refused() -> None:
    tree = good_tree()
    with pytest.raises(RefusedError, match=f"tag rl-r1-i1 is the name of model {tree.ids[1]} already"):
        plan_add(Registry(tree.snapshot()), request(AddFields("rl-r1-i1"), 4))


def test_the_same_bytes_and_tag_are_there_already() -> None:
    tree = good_tree()
    there = plan_add(Registry(tree.snapshot()), request(AddFields("supervised-v2", notes="a b"), 3))
    assert there == AlreadyThere(
        tree.ids[2],
        "supervised-v2",
        (
            "notes is absent, not a b: git pbm annotate supervised-v2 --notes 'a b'",
            "it is not current: git pbm promote supervised-v2",
        ),
        False,
    )


def test_the_same_bytes_under_another_tag_are_refused() -> None:
    with pytest.raises(RefusedError, match="under the tag supervised-v2"):
        plan_add(Registry(good_tree().snapshot()), request(AddFields("supervised-v3"), 3))


def test_another_value_net_is_refused() -> None:
    with pytest.raises(RefusedError, match="has this policy and another value net"):
        plan_add(Registry(good_tree().snapshot()), request(AddFields("rl-r1-i1"), 2, 9))
