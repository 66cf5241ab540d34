"""Plans that remove a model, in memory."""

from __future__ import annotations

import pytest

from git_pbm.core.plans.plan import WriteText
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


def allowance(path: str, rule: str = "stray-file") -> str:
    return f'[[allow]]\nrule = "{rule}"\npath = "{path}"\nfound = "x"\nreason = "old"\n'


def test_the_allowances_of_the_model_go_with_it() -> None:
    tree = good_tree()
    folder, other = f"models/{tree.ids[2]}", f"models/{tree.ids[0]}"
    text = "# Ours\n" + allowance(folder) + allowance(f"{folder}/notes.txt") + allowance(other)
    allowed = tree.with_file(".pbm.toml", text.encode())
    plan = plan_remove(Registry(allowed.snapshot()), tree.ids[2], "old")
    assert plan.edits[0] == WriteText(".pbm.toml", ("# Ours\n\n" + allowance(other)).encode())


@pytest.mark.parametrize(
    "text", ["", "# models/{id} is odd\n", "models/{id}"], ids=["no word", "a comment", "not TOML"]
)
def test_allowances_about_nothing_of_the_model_stay_as_they_are(text: str) -> None:
    tree = good_tree()
    allowed = tree.with_file(".pbm.toml", text.replace("{id}", tree.ids[2]).encode())
    assert ".pbm.toml" not in plan_remove(Registry(allowed.snapshot()), tree.ids[2], "old").paths
