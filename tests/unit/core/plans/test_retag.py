"""Plans that give a model another tag, in memory."""

from __future__ import annotations

from dataclasses import replace

import pytest

from git_pbm.core.plans.plan import Plan, WriteText
from git_pbm.core.plans.retag import plan_retag
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.shared_tags import retaggable
from git_pbm.errors import RefusedError, UsageError
from tests.support.registries import good_tree

TREE = good_tree()
FIRST, SECOND, THIRD = TREE.ids
REGISTRY = Registry(TREE.snapshot())


def test_metadata_registry_and_message_have_the_new_tag() -> None:
    plan = plan_retag(REGISTRY, SECOND, "rl-r2-i5", "why")
    assert isinstance(plan, Plan)
    assert plan.message.text() == f"feat: add rl-r2-i5 model ({SECOND})\n\nwhy\n"
    assert plan.deploys == SECOND
    texts = {edit.path: edit.content.decode() for edit in plan.edits if isinstance(edit, WriteText)}
    metadata = texts[f"models/{SECOND}/metadata.json"]
    assert all(part in metadata for part in ('"tag": "rl-r2-i5"', '"round": 2', '"iteration": 5', '"kl": 0.01'))
    assert '"tag": "rl-r2-i5"' in texts["registry.json"]


def test_a_candidate_is_not_deployed_and_a_tag_of_no_round_leaves_the_numbers() -> None:
    plan = plan_retag(REGISTRY, THIRD, "supervised-v9")
    assert plan is not None
    assert plan.deploys is None


def test_the_same_tag_plans_nothing() -> None:
    assert plan_retag(REGISTRY, SECOND, "rl-r1-i1") is None


@pytest.mark.parametrize(
    ("tag", "message"),
    [
        ("supervised-v1", f"tag supervised-v1 is the name of model {FIRST} already"),
        ("supervised-v9", f"{SECOND} is said to be trained otherwise"),
    ],
)
def test_a_tag_that_will_not_do_is_refused(tag: str, message: str) -> None:
    with pytest.raises(RefusedError, match=message):
        plan_retag(REGISTRY, SECOND, tag)


def test_what_is_no_tag_is_refused() -> None:
    with pytest.raises(UsageError, match="a tag is 1 to 64"):
        plan_retag(REGISTRY, SECOND, "No tag")


def test_metadata_that_cannot_be_read_are_refused() -> None:
    broken = Registry(TREE.with_file(f"models/{SECOND}/metadata.json", b"[]").snapshot())
    with pytest.raises(RefusedError, match="cannot be read"):
        plan_retag(broken, SECOND, "rl-r2-i5")


def without(model_id: str) -> Registry:
    files = {path: data for path, data in TREE.files.items() if f"/{model_id}/" not in path}
    return Registry(replace(TREE, files=files).snapshot())


def test_only_a_tag_that_another_model_has_on_the_other_side_may_change() -> None:
    other = TREE.moved(f"models/{SECOND}", "models/0badcafe").with_file(
        "registry.json", TREE.files["registry.json"].replace(SECOND.encode(), b"0badcafe")
    )
    assert retaggable([REGISTRY, Registry(other.snapshot())]) == {SECOND, "0badcafe"}
    assert retaggable([REGISTRY, REGISTRY]) == frozenset()
    assert retaggable([REGISTRY, without(THIRD)]) == frozenset()
    assert retaggable([REGISTRY, Registry(TREE.with_file("registry.json", None).snapshot())]) == frozenset()
