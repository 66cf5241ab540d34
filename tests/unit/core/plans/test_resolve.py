"""Plans that settle a merge, in memory: generated files follow, and one question is left to a person."""

from __future__ import annotations

import json
from collections.abc import Collection

import pytest

from git_pbm.core.documents.registry_document import RegistryDocument
from git_pbm.core.documents.strict_json import JsonValue, text_of
from git_pbm.core.plans.plan import Delete, Plan, SetLink, WriteText
from git_pbm.core.plans.resolve import MergedDocument, has_conflict, merged_document, plan_resolve, settled_current
from git_pbm.core.registry.readme_block import MARKER_BEGIN, MARKER_END, block_of
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import EntryKind, MemorySnapshot, Snapshot
from tests.support.registries import Tree, good_tree

TREE = good_tree()
FIRST, SECOND, THIRD = TREE.ids
LISTED: dict[str, JsonValue] = json.loads(TREE.files["registry.json"])
EMPTY_BLOCK = f"{MARKER_BEGIN}\n{MARKER_END}"


def text(**changes: JsonValue) -> bytes:
    """The text of the good registry with other values at its top."""
    return text_of({**LISTED, **changes}).encode()


def with_field(model_id: str, name: str, value: JsonValue) -> bytes:
    models = LISTED["models"]
    assert isinstance(models, dict)
    entry = models[model_id]
    assert isinstance(entry, dict)
    return text(models={**models, model_id: {**entry, name: value}})


def current_of(document: MergedDocument) -> str | None:
    assert document.file is not None
    return document.file.current


# -- registry.json as the merge has it


def test_what_one_side_changed_is_taken_without_a_question() -> None:
    merged = merged_document(text(), text(current=FIRST), text())
    assert not merged.contested
    assert merged.clashes == ()
    assert current_of(merged) == FIRST
    assert merged.file == merged.theirs


def test_two_promotions_are_contested_and_each_side_can_be_taken() -> None:
    merged = merged_document(text(), text(current=FIRST), text(current=THIRD))
    assert merged.contested
    assert merged.clashes == (("current",),)
    ours, theirs = merged.taking(theirs=False), merged.taking(theirs=True)
    assert (current_of(ours), current_of(theirs)) == (FIRST, THIRD)
    assert (ours.clashes, theirs.clashes) == ((), ())


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [(b"", text()), (text(), b""), (b"{", text()), (text(), b"{")],
    ids=["we have none", "they have none", "ours cannot be read", "theirs cannot be read"],
)
def test_one_side_alone_is_taken(ours: bytes, theirs: bytes) -> None:
    merged = merged_document(text(current=FIRST), ours, theirs)
    assert current_of(merged) == SECOND
    assert merged.contested == (b"" in (ours, theirs))


@pytest.mark.parametrize("sides", [(b"{", b"["), (b"", b"")], ids=["neither can be read", "neither side has one"])
def test_without_a_readable_side_there_is_no_document(sides: tuple[bytes, bytes]) -> None:
    assert merged_document(text(), *sides) == MergedDocument(None, contested=True)


# -- a person's own fields


def own_clashes(ours: bytes, theirs: bytes, tree: Tree = TREE) -> tuple[str, ...]:
    return merged_document(text(), ours, theirs).own_clashes(Registry(tree.snapshot()))


def test_own_fields_that_both_sides_set_are_named() -> None:
    assert own_clashes(text(owner="us"), text(owner="them")) == ("`owner`",)
    assert own_clashes(with_field(SECOND, "stars", 4), with_field(SECOND, "stars", 5)) == (f"`stars` of {SECOND}",)


def test_fields_that_follow_from_something_else_are_not_asked_about() -> None:
    assert own_clashes(text(current=FIRST), text(current=THIRD)) == ()
    assert own_clashes(with_field(SECOND, "tag", "a1"), with_field(SECOND, "tag", "a2")) == ()
    assert own_clashes(with_field(SECOND, "kl", 0.1), with_field(SECOND, "kl", 0.2)) == ()


def test_an_own_field_follows_metadata_that_has_it_too() -> None:
    tree = TREE.edit(f"models/{SECOND}/metadata.json", lambda document: document.update(stars=3))
    assert own_clashes(with_field(SECOND, "stars", 4), with_field(SECOND, "stars", 5), tree) == ()


def test_an_own_field_of_a_model_without_readable_metadata_is_asked_about() -> None:
    tree = TREE.with_file(f"models/{SECOND}/metadata.json", b"{")
    assert own_clashes(with_field(SECOND, "stars", 4), with_field(SECOND, "stars", 5), tree) == (
        f"`stars` of {SECOND}",
    )


def with_entry(ours: JsonValue, theirs: JsonValue) -> tuple[bytes, bytes]:
    models = LISTED["models"]
    assert isinstance(models, dict)
    return text(models={**models, "0000000a": ours}), text(models={**models, "0000000a": theirs})


def test_an_own_field_of_an_entry_whose_model_is_gone_is_not_asked_about() -> None:
    merged = merged_document(text(), *with_entry({"stars": 4}, {"stars": 5}))
    assert merged.clashes == (("models", "0000000a", "stars"),)
    assert merged.own_clashes(Registry(TREE.snapshot())) == ()


# -- which model is current


def merged_with(current: str | None, *, contested: bool = False) -> MergedDocument:
    return MergedDocument(RegistryDocument(current, {}), contested)


NOTHING_READ = MergedDocument(None, contested=True)


@pytest.mark.parametrize(
    ("merged", "link", "unmerged", "settled"),
    [
        (merged_with(FIRST), SECOND, (), (FIRST, True)),
        (merged_with(FIRST), SECOND, ("current",), (FIRST, True)),
        (merged_with("0000000a"), SECOND, (), ("0000000a", False)),
        (merged_with(FIRST, contested=True), SECOND, (), (SECOND, True)),
        (merged_with(FIRST, contested=True), SECOND, ("current",), (None, False)),
        (merged_with(FIRST, contested=True), "0000000a", (), ("0000000a", False)),
        (merged_with(FIRST, contested=True), None, (), (None, False)),
        (NOTHING_READ, SECOND, (), (SECOND, True)),
        (NOTHING_READ, SECOND, ("current",), (None, False)),
        (merged_with(None), SECOND, (), (None, True)),
        (merged_with(None), SECOND, ("current",), (None, False)),
    ],
)
def test_what_is_current_is_settled_by_one_side_or_by_what_a_person_staged(
    merged: MergedDocument, link: str | None, unmerged: Collection[str], settled: tuple[str | None, bool]
) -> None:
    tree = TREE.with_link("current", None if link is None else f"models/{link}")
    assert settled_current(Registry(tree.snapshot()), merged, unmerged) == settled


# -- the edits


def plan(tree: Tree | Snapshot, merged: MergedDocument, current: str | None, readme: str | None = None) -> Plan:
    found = plan_resolve(Registry(tree.snapshot() if isinstance(tree, Tree) else tree), merged, current, readme)
    assert found is not None
    assert found.message.text() == "chore: settle the merge of the registry\n"
    assert found.deploys is None
    return found


def test_where_nothing_differs_there_is_nothing_to_settle() -> None:
    merged = merged_document(text(), text(), text())
    assert plan_resolve(Registry(TREE.snapshot()), merged, SECOND, None) is None


def test_the_registry_and_the_link_follow_the_answer() -> None:
    merged = merged_document(text(), text(current=FIRST), text(current=THIRD))
    assert plan(TREE, merged, THIRD).edits == (
        WriteText("registry.json", text(current=THIRD)),
        SetLink("current", f"models/{THIRD}"),
    )


def test_where_nothing_is_current_the_link_goes() -> None:
    assert plan(TREE, merged_document(text(), text(), text()), None).edits[-1] == Delete("current")


def test_a_registry_that_no_side_has_readable_is_rebuilt_from_metadata() -> None:
    tree = TREE.with_file("registry.json", b"<<<<<<< ours\n")
    assert plan(tree, NOTHING_READ, SECOND).edits == (WriteText("registry.json", TREE.files["registry.json"]),)


def test_an_answer_to_a_clash_of_own_fields_is_kept() -> None:
    merged = merged_document(text(), with_field(SECOND, "stars", 4), with_field(SECOND, "stars", 5))
    (edit,) = plan(TREE, merged.taking(theirs=True), SECOND).edits
    assert isinstance(edit, WriteText)
    assert edit.content == with_field(SECOND, "stars", 5)


def test_the_block_is_put_into_the_readme_that_is_given() -> None:
    block = block_of(Registry(TREE.snapshot()))
    merged = merged_document(text(), text(), text())
    assert plan(TREE, merged, SECOND, f"# Ours\n\n{EMPTY_BLOCK}\n").edits == (
        WriteText("README.md", f"# Ours\n\n{block}\n".encode()),
    )


def test_a_readme_in_conflict_is_written_even_where_its_text_is_up_to_date() -> None:
    readme = f"# Ours\n\n{block_of(Registry(TREE.snapshot()))}\n"
    merged = merged_document(text(), text(), text())
    whole = TREE.with_file("README.md", readme.encode())
    assert plan_resolve(Registry(whole.snapshot()), merged, SECOND, readme) is None
    conflict = TREE.with_file("README.md", None).snapshot(others={"README.md": EntryKind.CONFLICT})
    assert plan(conflict, merged, SECOND, readme).edits == (WriteText("README.md", readme.encode()),)


def test_an_empty_tree_is_settled_to_an_empty_registry() -> None:
    found = plan_resolve(Registry(MemorySnapshot()), NOTHING_READ, None, None)
    assert found is not None
    assert found.edits == (WriteText("registry.json", b'{\n  "current": null,\n  "models": {}\n}\n'),)


@pytest.mark.parametrize(
    ("readme", "expected"),
    [
        (f"<<<<<<< ours\n# A\n=======\n# B\n>>>>>>> theirs\n{EMPTY_BLOCK}\n", True),
        (f"# A\n{MARKER_BEGIN}\n<<<<<<< ours\n=======\n>>>>>>> theirs\n{MARKER_END}\n", False),
        ("<<<<<<< ours\n", True),
        (f"# A\n{EMPTY_BLOCK}\n", False),
        ("see <<<<<<<\n", False),
    ],
    ids=["around the block", "in the block", "without a block", "none", "in the middle of a line"],
)
def test_a_conflict_around_the_block_is_a_persons_own(readme: str, expected: bool) -> None:
    assert has_conflict(readme) is expected
