"""Files that other models show to be the wrong ones, in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import pytest

from git_pbm.core.documents.lfs_pointer import pointer_text
from git_pbm.core.documents.training_history import NO_METRICS
from git_pbm.core.names import Role
from git_pbm.core.plans.add import AddFields, NewModel, plan_add
from git_pbm.core.plans.plan import Plan
from git_pbm.core.plans.wrong_files import refuse_wrong_files
from git_pbm.core.registry.facts import Facts, gather
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import Entry, FileEntry, MemorySnapshot
from git_pbm.errors import ErrorId, RefusedError
from tests.support.networks import policy_bytes, value_bytes
from tests.support.registries import good_tree


def blob_id(data: bytes, hashed: Callable[..., hashlib._Hash] = hashlib.sha1) -> str:
    return hashed(b"blob %d\0" % len(data) + data).hexdigest()


def as_it_is(data: bytes) -> bytes:
    return data


def as_pointer(data: bytes) -> bytes:
    return pointer_text(hashlib.sha256(data).hexdigest(), len(data))


@dataclass(frozen=True)
class Stored(MemorySnapshot):
    """A registry whose files have the ids of git's blobs; ``kept_as`` is what git keeps of a network."""

    kept_as: Callable[[bytes], bytes] = as_it_is

    @cached_property
    def entries(self) -> Mapping[str, Entry]:
        ids = {
            path: blob_id(self.kept_as(data) if path.endswith(".onnx") else data) for path, data in self.files.items()
        }
        return {**super().entries, **{path: FileEntry(False, found) for path, found in ids.items()}}


TREE = good_tree()


def planned(
    policy: bytes, value: bytes | None, kept_as: Callable[[bytes], bytes] = as_it_is, *, as_given: bool = False
) -> object:
    """The plan of adding two files to a registry of three models, the second one current."""
    request = NewModel(
        fields=AddFields("rl-r1-i2", as_given=as_given),
        policy=gather(Role.NETWORK, [policy]),
        value=gather(Role.NETWORK, [value]) if value is not None else None,
        object_ids=(blob_id(policy), blob_id(value) if value is not None else ""),
        version=2,
        today="2026-03-01",
        metrics=NO_METRICS,
    )
    return plan_add(Registry(Stored(TREE.files, TREE.links, kept_as=kept_as)), request)


WRONG = {
    "the policy and the value net are the same file": (policy_bytes(2000, 7), policy_bytes(2000, 7)),
    "the policy's bytes are value_v2.onnx of rl-r1-i1": (value_bytes(2000, 2), policy_bytes(2000, 7)),
    "the value net's bytes are value_v2.onnx of supervised-v1": (policy_bytes(2000, 7), value_bytes(2000, 1)),
    "the value net's bytes are policy_v2.onnx of rl-r1-i1": (policy_bytes(2000, 7), policy_bytes(2000, 2)),
    "the policy has the inputs and outputs of": (value_bytes(2000, 7), policy_bytes(2000, 7)),
    "the value net has the inputs and outputs of": (policy_bytes(2000, 7), policy_bytes(2000, 8)),
}


@pytest.mark.parametrize("kept_as", [as_it_is, as_pointer])
@pytest.mark.parametrize("message", WRONG)
def test_wrong_files_are_refused_unless_they_are_meant(message: str, kept_as: Callable[[bytes], bytes]) -> None:
    with pytest.raises(RefusedError, match=message) as refusal:
        planned(*WRONG[message], kept_as)
    assert refusal.value.error_id is ErrorId.WRONG_FILES
    assert refusal.value.hint.endswith("say --as-given")
    assert isinstance(planned(*WRONG[message], kept_as, as_given=True), Plan)


def test_a_registered_policy_is_no_wrong_policy() -> None:
    policy = policy_bytes(2000, 2)
    registry = Registry(Stored(TREE.files, TREE.links))
    refuse_wrong_files(registry, gather(Role.NETWORK, [policy]), None, (blob_id(policy), ""), None)


def test_right_files_are_taken() -> None:
    assert isinstance(planned(policy_bytes(2000, 7), value_bytes(2000, 7)), Plan)
    assert isinstance(planned(policy_bytes(2000, 7), None), Plan)


def test_nothing_is_certain_without_another_model() -> None:
    request = NewModel(
        fields=AddFields("supervised-v1"),
        policy=gather(Role.NETWORK, [value_bytes(2000, 7)]),
        value=gather(Role.NETWORK, [policy_bytes(2000, 7)]),
        version=2,
        today="2026-03-01",
        metrics=NO_METRICS,
    )
    plan = plan_add(Registry(MemorySnapshot()), request)
    assert isinstance(plan, Plan)
    assert "swapped" in plan.warnings[0]


def test_where_graphs_were_not_read_no_interface_is_compared() -> None:
    bare = {role: replace(facts, onnx=None) for role, facts in networks().items()}
    request = NewModel(
        fields=replace(AddFields("rl-r1-i2"), params="2.0K"),
        policy=bare["policy"],
        value=bare["value"],
        version=2,
        today="2026-03-01",
        metrics=NO_METRICS,
    )
    assert isinstance(plan_add(Registry(TREE.snapshot()), request), Plan)


def networks() -> dict[str, Facts]:
    return {
        "policy": gather(Role.NETWORK, [value_bytes(2000, 7)]),
        "value": gather(Role.NETWORK, [policy_bytes(2000, 7)]),
    }
