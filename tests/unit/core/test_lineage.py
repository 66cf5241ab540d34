"""The forest that parents make, with its circles and its gaps."""

from __future__ import annotations

import json
from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from git_pbm.core.registry.lineage import Lineage
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import MemorySnapshot

Parents = Mapping[str, str | None]

names = st.sampled_from([f"0000000{digit}" for digit in range(8)])
any_parents: st.SearchStrategy[Parents] = st.dictionaries(names, st.none() | names)


def test_a_lineage_is_read_from_metadata() -> None:
    parents = {"0000000a": None, "0000000c": "0000000a", "0000000b": "0000000a", "0000000d": "0000000c"}
    files = {f"models/{name}/metadata.json": json.dumps({"parent": p}).encode() for name, p in parents.items()}
    files["models/0000000e/metadata.json"] = b"not JSON"
    lineage = Lineage.of(Registry(MemorySnapshot(files)))
    assert lineage.roots() == ("0000000a", "0000000e")
    assert lineage.parent("0000000b") == "0000000a"
    assert lineage.children("0000000a") == ("0000000b", "0000000c")
    assert lineage.ancestors("0000000d") == ("0000000c", "0000000a")
    assert lineage.descendants("0000000a") == ("0000000b", "0000000c", "0000000d")
    assert [lineage.nth_ancestor("0000000d", steps) for steps in range(4)] == ["0000000d", "0000000c", "0000000a", None]


def test_a_parent_that_is_missing_stays_named_and_ends_the_lineage() -> None:
    lineage = Lineage.from_parents({"b": "a", "c": "b"})
    assert lineage.parents["b"] == "a"
    assert lineage.parent("b") is None
    assert lineage.children("a") == ("b",)
    assert lineage.ancestors("c") == ("b",)
    assert lineage.roots() == ("b",)


def test_a_circle_ends_and_what_hangs_off_it_is_no_root() -> None:
    lineage = Lineage.from_parents({"a": "c", "b": "c", "c": "b", "s": "s", "r": "s"})
    assert lineage.circle("b") == ("b", "c")
    assert lineage.circle("s") == ("s",)
    assert lineage.circle("a") == lineage.circle("r") == ()
    assert lineage.ancestors("a") == ("c", "b")
    assert lineage.ancestors("s") == ()
    assert lineage.roots() == ("b", "s")


def test_children_and_roots_are_sorted_whatever_the_order_of_models() -> None:
    lineage = Lineage.from_parents({"d": "b", "c": "b", "b": None, "a": None})
    assert lineage.children("b") == ("c", "d")
    assert lineage.roots() == ("a", "b")


def test_unknown_names_have_no_relatives() -> None:
    lineage = Lineage.from_parents({"a": None})
    assert lineage.parent("x") is None
    assert (lineage.children("x"), lineage.ancestors("x"), lineage.descendants("x"), lineage.circle("x")) == ((),) * 4


@given(any_parents)
def test_roots_and_their_descendants_are_every_model_once(parents: Parents) -> None:
    lineage = Lineage.from_parents(parents)
    reached = [name for root in lineage.roots() for name in (root, *lineage.descendants(root))]
    assert sorted(reached) == sorted(parents)


@given(any_parents)
def test_a_model_descends_from_its_ancestors_and_from_no_other(parents: Parents) -> None:
    lineage = Lineage.from_parents(parents)
    for name in parents:
        above = lineage.ancestors(name)
        assert set(above) == {other for other in parents if name in lineage.descendants(other)}
        assert [lineage.nth_ancestor(name, steps) for steps in range(len(above) + 1)] == [name, *above]
        assert bool(lineage.circle(name)) == (lineage.parent(name) == name or name in _above(lineage, above))


def _above(lineage: Lineage, path: tuple[str, ...]) -> set[str | None]:
    return {lineage.parent(name) for name in path}


def test_a_long_lineage_takes_linear_time() -> None:
    count = 50_000
    chain: Parents = {f"{n:08x}": f"{n - 1:08x}" if n else None for n in range(count)}
    lineage = Lineage.from_parents(chain)
    assert len(lineage.ancestors(f"{count - 1:08x}")) == len(lineage.descendants("00000000")) == count - 1
    assert lineage.roots() == ("00000000",)
    ring = Lineage.from_parents({**chain, "00000000": f"{count - 1:08x}"})
    assert len(ring.circle("00000000")) == count
    assert ring.roots() == ("00000000",)
