"""Doubts about two sound networks: swapped files, another interface than the model before had."""

from __future__ import annotations

import pytest

from git_pbm.core.names import Role
from git_pbm.core.onnx import OnnxSummary, Port
from git_pbm.core.plans.interface_warnings import interface_warnings, looks_like_value
from git_pbm.core.registry.facts import Facts, gather
from git_pbm.core.registry.registry import Registry
from tests.support.networks import policy_bytes, value_bytes
from tests.support.registries import good_tree

POLICY = gather(Role.NETWORK, [policy_bytes(2000, 4)])
VALUE = gather(Role.NETWORK, [value_bytes(2000, 4)])
POINTER = Facts("ab" * 32, 100, is_pointer=True)
SWAPPED = "the policy's interface looks like a value net's: are the two files swapped?"
TWO_POLICIES = "the value net's interface looks like a policy's: is it the right file?"


@pytest.mark.parametrize(
    ("policy", "value", "doubts"),
    [
        (POLICY, VALUE, ()),
        (POLICY, None, ()),
        (POLICY, POINTER, ()),
        (POINTER, VALUE, ()),
        (VALUE, POLICY, (SWAPPED,)),
        (POLICY, POLICY, (TWO_POLICIES,)),
    ],
    ids=["as they should be", "no value net", "a pointer to the value net", "a pointer", "swapped", "two policies"],
)
def test_files_that_are_swapped_are_doubted(policy: Facts, value: Facts | None, doubts: tuple[str, ...]) -> None:
    assert interface_warnings(Registry(good_tree().snapshot()), policy, value, None) == doubts


def test_another_interface_than_before_is_doubted_in_at_most_three_lines() -> None:
    tree = good_tree()
    _, *lines = interface_warnings(Registry(tree.snapshot()), VALUE, None, tree.ids[0])
    assert lines == [
        f"the interface differs from {tree.ids[0]}'s: input unit_indices int64[batch,17] is gone",
        f"the interface differs from {tree.ids[0]}'s: output order_logits float32[batch,17,169] is gone",
        f"the interface differs from {tree.ids[0]}'s: output value_preds float32[batch,4] is new",
    ]


def test_the_same_interface_as_before_is_not_doubted() -> None:
    tree = good_tree()
    assert interface_warnings(Registry(tree.snapshot()), POLICY, VALUE, tree.ids[1]) == ()


def test_a_model_before_whose_policy_is_not_here_is_not_compared() -> None:
    tree = good_tree()
    path = f"models/{tree.ids[0]}/policy_v2.onnx"
    partial = tree.with_file(path, None).snapshot(missing=frozenset((path,)))
    assert interface_warnings(Registry(partial), POLICY, VALUE, tree.ids[0]) == ()
    assert interface_warnings(Registry(tree.with_file(path, None).snapshot()), POLICY, VALUE, tree.ids[0]) == ()


def network(*outputs: Port) -> OnnxSummary:
    return OnnxSummary(1, (), outputs, 8, (("", 17),), "", "", ())


@pytest.mark.parametrize(
    ("outputs", "is_value"),
    [
        ([Port("policy", "float32", ("batch", 4))], False),
        ([Port("logits", "float32", ("batch", 4))], False),
        ([Port("value", "float32", (17, 17, 17))], True),
        ([Port("out", "float32", ("batch", 4))], True),
        ([Port("out", "float32", ("batch", 17, 169))], False),
        ([Port("out", "float32", None)], False),
        ([Port("a", "float32", (1,)), Port("b", "float32", (1,))], False),
    ],
)
def test_names_of_outputs_come_before_their_shapes(outputs: list[Port], is_value: bool) -> None:
    assert looks_like_value(network(*outputs)) is is_value
