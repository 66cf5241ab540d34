"""One model directory as found: what cannot be read says nothing, and several policies are none."""

from __future__ import annotations

import pytest

from git_pbm.core.registry.model import Model
from git_pbm.core.registry.registry import Registry
from tests.support.registries import Tree, good_tree

TREE = good_tree()
NAME = TREE.ids[1]
METADATA = f"models/{NAME}/metadata.json"


def model(tree: Tree, **more: object) -> Model:
    return Registry(tree.snapshot(**more)).models[NAME]


def test_a_field_is_valid_where_the_schema_has_nothing_to_say_about_it_or_anything_in_it() -> None:
    odd = model(TREE.edit(METADATA, lambda document: document.update(kl="low", files={"policy_v2.onnx": {}})))
    assert [name for name in ("kl", "files", "tag", "notes") if odd.field_is_valid(name)] == ["tag", "notes"]
    assert model(TREE).field_is_valid("kl")


@pytest.mark.parametrize("content", [None, b"{"], ids=["absent", "not JSON"])
def test_no_field_of_metadata_that_cannot_be_read_is_valid(content: bytes | None) -> None:
    found = model(TREE.with_file(METADATA, content))
    assert not found.field_is_valid("tag")
    assert (found.metadata, found.document) == (None, None)


def test_metadata_that_this_clone_lacks_says_nothing() -> None:
    found = model(TREE.with_file(METADATA, None), missing=frozenset((METADATA,)))
    assert not found.field_is_valid("tag")
    assert (found.metadata, found.document) == (None, None)


def test_several_policies_are_none() -> None:
    found = model(TREE.with_file(f"models/{NAME}/policy_v3.onnx", b""))
    assert (found.policy, found.value) == (None, "value_v2.onnx")
    assert found.name_matches_hash is None
