"""Merges of metadata by git alone, in memory: no model gets what was said about another."""

from __future__ import annotations

from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.change.mixed_metadata import mixed_metadata
from tests.support.registries import Json, Tree, good_tree

GOOD = good_tree()
SUPERVISED, RL, ALONE = GOOD.ids
PATH = f"models/{ALONE}/metadata.json"


def with_notes(tree: Tree, name: str, notes: str) -> Tree:
    def change(document: Json) -> None:
        document["notes"] = notes

    return tree.edit(f"models/{name}/metadata.json", change)


def without(tree: Tree, name: str) -> Tree:
    return Tree({path: data for path, data in tree.files.items() if f"/{name}/" not in path}, tree.links, tree.ids)


def problems(parents: list[Tree], after: Tree, path: str = PATH) -> list[tuple[str, str]]:
    found = mixed_metadata([Registry(tree.snapshot()) for tree in parents], Registry(after.snapshot()), [path])
    return [(problem.path, problem.found) for problem in found]


ALONE_ADDED = without(GOOD, SUPERVISED)
SUPERVISED_NOTED = without(with_notes(GOOD, SUPERVISED, "our first"), ALONE)


def test_what_was_said_about_a_removed_model_is_found_at_the_one_that_got_it() -> None:
    merged = with_notes(ALONE_ADDED, ALONE, "our first")
    assert problems([ALONE_ADDED, SUPERVISED_NOTED], merged) == [(PATH, f"notes of {SUPERVISED}")]


def test_what_some_parent_said_about_the_model_itself_is_fine() -> None:
    merged = with_notes(ALONE_ADDED, ALONE, "our first")
    assert problems([merged, SUPERVISED_NOTED], merged) == []


def test_new_words_that_no_removed_model_had_are_fine() -> None:
    assert problems([ALONE_ADDED, SUPERVISED_NOTED], with_notes(ALONE_ADDED, ALONE, "another note")) == []


def test_a_model_that_stays_may_have_the_same_words() -> None:
    both = with_notes(GOOD, SUPERVISED, "our first")
    assert problems([both, GOOD], with_notes(both, ALONE, "our first")) == []


def test_a_model_that_no_parent_has_and_a_file_that_is_no_metadata_are_passed_over() -> None:
    merged = with_notes(ALONE_ADDED, ALONE, "our first")
    assert problems([SUPERVISED_NOTED, SUPERVISED_NOTED], merged) == []
    assert problems([ALONE_ADDED, SUPERVISED_NOTED], merged, f"models/{ALONE}/policy_v2.onnx") == []
    assert problems([ALONE_ADDED, SUPERVISED_NOTED], without(merged, ALONE)) == []
