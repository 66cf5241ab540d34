"""Plans that add a model, in memory."""

from __future__ import annotations

from dataclasses import replace

import pytest

from git_pbm.core.documents.training_history import Metrics
from git_pbm.core.names import Role
from git_pbm.core.plans.add import AddFields, AlreadyThere, NewModel, check_fields, plan_add
from git_pbm.core.plans.plan import Plan, WriteText
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


def test_own_metrics_that_the_model_lacks_are_named_with_the_way_to_note_them() -> None:
    wanted = replace(request(AddFields("supervised-v2"), 3), metrics=Metrics(own={"elo": 1900, "host": "b"}))
    found = plan_add(Registry(good_tree().snapshot()), wanted)
    assert isinstance(found, AlreadyThere)
    assert found.differences[:2] == (
        "elo is absent, not 1900: git pbm annotate supervised-v2 --metric elo=1900",
        "host is absent, not b: git pbm annotate supervised-v2 --metrics FILE",
    )


def test_the_same_bytes_under_another_tag_are_refused() -> None:
    with pytest.raises(RefusedError, match="under the tag supervised-v2"):
        plan_add(Registry(good_tree().snapshot()), request(AddFields("supervised-v3"), 3))


def test_another_value_net_is_refused() -> None:
    with pytest.raises(RefusedError, match="has this policy and another value net"):
        plan_add(Registry(good_tree().snapshot()), request(AddFields("rl-r1-i1"), 2, 9))


def test_a_value_net_where_there_is_none_is_refused() -> None:
    with pytest.raises(RefusedError, match="has this policy and no value net"):
        plan_add(Registry(good_tree().snapshot()), request(AddFields("supervised-v2"), 3, 9))


def test_a_tag_out_of_its_grammar_is_refused_with_the_conventions() -> None:
    with pytest.raises(UsageError, match="--tag 'No tag': a tag is 1 to 64") as refusal:
        check_fields(AddFields("No tag"))
    assert refusal.value.hint == "conventions: supervised-v<N>, rl-r<round>-i<iteration>"


def test_a_supervised_model_without_a_value_net_has_no_parent() -> None:
    plan = plan_add(Registry(good_tree().snapshot()), request(AddFields("supervised-v3", promote=False), 4))
    assert isinstance(plan, Plan)
    assert plan.deploys is None
    assert [type(edit).__name__ for edit in plan.edits] == ["PutNetwork", "WriteText", "WriteText"]
    (document,) = [e.content for e in plan.edits if isinstance(e, WriteText) and e.path.endswith("/metadata.json")]
    policy = facts_of(policy_bytes(2000, 4))
    assert document.decode() == (
        f'{{\n  "hash": "{policy.sha256}",\n  "created": "2026-03-01",\n  "training": "supervised",\n'
        '  "tag": "supervised-v3",\n  "params": "2.0K",\n  "files": {\n    "policy_v2.onnx": {\n'
        f'      "sha256": "{policy.sha256}",\n      "size": {policy.size}\n    }}\n  }}\n}}\n'
    )


def test_a_parent_that_a_person_names_is_the_parent() -> None:
    tree = good_tree()
    named = replace(request(AddFields("rl-r2-i1"), 4), parent=tree.ids[2])
    plan = plan_add(Registry(tree.snapshot()), named)
    assert f'"parent": "{tree.ids[2]}"' in str(plan)


def test_a_pointer_alone_has_no_parameters_to_count() -> None:
    alone = Facts("ab" * 32, 100, is_pointer=True)
    asked = NewModel(AddFields("supervised-v3"), alone, None, 2, "2026-03-01", Metrics())
    with pytest.raises(RefusedError, match="cannot be counted") as refusal:
        plan_add(Registry(good_tree().snapshot()), asked)
    assert refusal.value.hint == "say them: --params 15.36M"
    plan = plan_add(Registry(good_tree().snapshot()), replace(asked, fields=AddFields("supervised-v3", params="9.00M")))
    assert '"params": "9.00M"' in str(plan)


def test_a_value_out_of_the_schema_is_refused_with_its_option() -> None:
    with pytest.raises(UsageError, match="`params` must") as refusal:
        plan_add(Registry(good_tree().snapshot()), request(AddFields("supervised-v3", params="many"), 4))
    assert refusal.value.hint == "give --params another value, or leave it out"


def test_bytes_that_only_share_an_id_are_refused() -> None:
    tree = good_tree()
    forged = Facts(tree.ids[2] + "0" * 56, 100, onnx=facts_of(policy_bytes(2000, 3)).onnx)
    asked = NewModel(AddFields("supervised-v2"), forged, None, 2, "2026-03-01", Metrics())
    with pytest.raises(RefusedError, match=rf"id {tree.ids[2]} belongs to another model \(supervised-v2\)") as refusal:
        plan_add(Registry(tree.snapshot()), asked)
    assert "may be forged" in refusal.value.hint


@pytest.mark.parametrize("lost", ["gone", "not in this clone"])
def test_a_policy_that_cannot_be_read_cannot_be_compared(lost: str) -> None:
    tree = good_tree()
    path = f"models/{tree.ids[2]}/policy_v2.onnx"
    rest = tree.with_file(path, None)
    snapshot = rest.snapshot() if lost == "gone" else rest.snapshot(missing=frozenset((path,)))
    with pytest.raises(RefusedError, match="its policy cannot be read"):
        plan_add(Registry(snapshot), request(AddFields("supervised-v2"), 3))


def test_the_current_model_added_again_differs_in_nothing() -> None:
    tree = good_tree()
    there = plan_add(Registry(tree.snapshot()), request(AddFields("rl-r1-i1"), 2, 2))
    assert there == AlreadyThere(tree.ids[1], "rl-r1-i1", (), True)


def test_metrics_that_differ_come_with_the_command_that_sets_them() -> None:
    tree = good_tree()
    asked = replace(request(AddFields("rl-r1-i1"), 2), metrics=Metrics(kl=0.5))
    there = plan_add(Registry(tree.snapshot()), asked)
    assert isinstance(there, AlreadyThere)
    assert there.differences == ("kl is 0.01, not 0.5: git pbm annotate rl-r1-i1 --kl 0.5",)


def test_metadata_that_cannot_be_read_has_no_tag() -> None:
    tree = good_tree()
    broken = tree.with_file(f"models/{tree.ids[2]}/metadata.json", b"{")
    with pytest.raises(RefusedError, match="under the tag "):
        plan_add(Registry(broken.snapshot()), request(AddFields("supervised-v2"), 3))


def test_another_parent_of_a_model_that_is_there_is_refused() -> None:
    tree = good_tree()
    with pytest.raises(RefusedError, match=f"its parent is {tree.ids[0]}, and that does not change"):
        plan_add(Registry(tree.snapshot()), replace(request(AddFields("rl-r1-i1"), 2, 2), parent=tree.ids[2]))
