"""The check of a plan, and the registry that its edits would make, in memory."""

from __future__ import annotations

import pytest

from git_pbm.core.documents.commit_message import CommitMessage
from git_pbm.core.names import Role
from git_pbm.core.plans.check import CheckedPlan, PlanRefusedError, check_plan, overlay
from git_pbm.core.plans.plan import Delete, Plan, PutNetwork, Restage, SetLink, WriteText
from git_pbm.core.plans.promote import plan_promote
from git_pbm.core.registry.facts import Facts, Unavailable, gather
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import FileEntry, LinkEntry, MemorySnapshot
from tests.support.networks import policy_bytes
from tests.support.registries import good_tree

MESSAGE = CommitMessage("chore: try")
POLICY = gather(Role.NETWORK, [policy_bytes(2000, 4)])
NEW_PATH = f"models/{POLICY.sha256[:8]}/policy_v2.onnx"
POINTER = Facts(POLICY.sha256, POLICY.size, is_pointer=True)


def attributes(*lines: str) -> WriteText:
    return WriteText(".gitattributes", "".join(f"{line}\n" for line in lines).encode())


def test_nobody_makes_a_checked_plan_without_the_check() -> None:
    snapshot = good_tree().snapshot()
    with pytest.raises(TypeError, match="comes from check_plan alone"):
        CheckedPlan(Plan((), MESSAGE), snapshot, snapshot, 3, object())


def test_a_plan_that_breaks_nothing_is_checked_and_counts_the_models() -> None:
    tree = good_tree()
    snapshot = tree.snapshot()
    plan = plan_promote(Registry(snapshot), tree.ids[2])
    assert plan is not None
    checked = check_plan(plan, snapshot)
    assert (checked.plan, checked.base, checked.models) == (plan, snapshot, 3)
    assert Registry(checked.after).current_id == tree.ids[2]


def test_what_is_clean_before_is_not_looked_at_again_unless_the_attributes_change() -> None:
    tree = good_tree()
    registry = Registry(tree.snapshot())
    plan = plan_promote(registry, tree.ids[2])
    assert plan is not None
    assert check_plan(plan, registry.snapshot, clean=registry).models == 3
    converts = Plan((attributes("*.onnx text"),), MESSAGE)
    with pytest.raises(PlanRefusedError):
        check_plan(converts, registry.snapshot, clean=registry)


def test_a_new_error_is_refused_with_its_remedy() -> None:
    tree = good_tree()
    with pytest.raises(PlanRefusedError) as refusal:
        check_plan(Plan((SetLink("current", f"models/{tree.ids[0]}"),), MESSAGE), tree.snapshot())
    (finding,) = refusal.value.findings
    assert refusal.value.message == f"{finding.path}: {finding.rule}: {finding.message}"
    assert refusal.value.hint == finding.remedy


def test_the_first_of_several_errors_stands_for_the_others() -> None:
    tree = good_tree()
    edits = tuple(Delete(f"models/{model_id}/metadata.json") for model_id in tree.ids)
    with pytest.raises(PlanRefusedError) as refusal:
        check_plan(Plan(edits, MESSAGE), tree.snapshot())
    assert refusal.value.message.endswith(f"(and {len(refusal.value.findings) - 1} more)")


def test_an_error_that_was_there_before_refuses_nothing_and_leaves_the_models_uncounted() -> None:
    tree = good_tree()
    flawed = tree.with_file(f"models/{tree.ids[2]}/notes.txt", b"mine").snapshot()
    plan = plan_promote(Registry(flawed), tree.ids[0])
    assert plan is not None
    assert check_plan(plan, flawed).models is None


def test_each_edit_is_placed_as_it_would_be_stored() -> None:
    tree = good_tree()
    old = f"models/{tree.ids[0]}/policy_v2.onnx"
    known = gather(Role.NETWORK, [tree.files[old]])
    gone = f"models/{tree.ids[2]}/policy_v2.onnx"
    placed = overlay(
        tree.snapshot(),
        (
            PutNetwork(NEW_PATH, POLICY, "1234"),
            Restage(old, known),
            SetLink("current", f"models/{tree.ids[0]}"),
            WriteText("README.md", b"# Mine\n"),
            Delete(gone),
        ),
    )
    assert placed.entries[NEW_PATH] == FileEntry(object_id="1234")
    assert placed.facts(NEW_PATH) == POLICY
    assert placed.facts(old) == Facts(known.sha256, known.size, is_pointer=True)
    assert placed.entries["current"] == LinkEntry(f"models/{tree.ids[0]}")
    assert Registry(placed).readme == "# Mine\n"
    assert gone not in placed.entries
    for path in (gone, "current"):
        with pytest.raises(KeyError):
            placed.facts(path)
    assert placed.label == "memory with the change"


def test_facts_of_an_untouched_path_are_those_of_the_base() -> None:
    tree = good_tree()
    snapshot = tree.snapshot()
    path = f"models/{tree.ids[0]}/policy_v2.onnx"
    assert overlay(snapshot, (Delete("README.md"),)).facts(path) == snapshot.facts(path)


@pytest.mark.parametrize(
    ("lines", "facts"),
    [
        (("*.onnx filter=lfs diff=lfs merge=lfs -text",), POINTER),
        (("*.onnx -text",), POLICY),
        (("*.bin filter=lfs", "", "*.onnx -text"), POLICY),
        (("*.onnx filter=lfs", "*.onnx -filter"), POLICY),
        (("*.onnx filter=lfs", "*.onnx !filter"), POLICY),
    ],
)
def test_new_attributes_say_how_networks_are_stored(lines: tuple[str, ...], facts: Facts) -> None:
    edits = (attributes(*lines), PutNetwork(NEW_PATH, POLICY))
    assert overlay(good_tree().snapshot(), edits).facts(NEW_PATH) == facts


def test_new_attributes_hold_for_networks_alone() -> None:
    tree = good_tree()
    network, metadata = f"models/{tree.ids[0]}/policy_v2.onnx", f"models/{tree.ids[0]}/metadata.json"
    changed = overlay(tree.snapshot(), (attributes("*.onnx filter=lfs -text eol diff=lfs"),))
    assert changed.attributes([network, metadata]) == {
        network: {"text": "unset", "filter": "lfs", "eol": "set"},
        metadata: {"text": "unset"},
    }


def test_the_attributes_of_the_base_say_it_where_none_are_written() -> None:
    in_lfs = good_tree().snapshot(default_attributes={"filter": "lfs", "text": "unset"})
    assert overlay(in_lfs, (PutNetwork(NEW_PATH, POLICY),)).facts(NEW_PATH) == POINTER


class Without(MemorySnapshot):
    """A clone that lacks the file which specifies the attributes."""

    def attributes(self, paths: object) -> Unavailable:  # type: ignore[override]
        return Unavailable(".gitattributes")


def test_without_its_attributes_a_network_is_taken_as_it_is() -> None:
    tree = good_tree()
    base = Without(tree.files, tree.links)
    placed = overlay(base, (PutNetwork(NEW_PATH, POLICY), attributes("*.onnx eol=lf")))
    assert placed.facts(NEW_PATH) == POLICY
    assert placed.attributes([NEW_PATH]) == Unavailable(".gitattributes")
