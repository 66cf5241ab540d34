"""A registry that is known to be clean: what its registry.json says is believed, and the metadata are not read."""

from __future__ import annotations

from git_pbm.core.registry.registry import Registry
from tests.support.registries import Tree
from tests.unit.core.test_clean_baseline import ASKED, Watched, stored
from tests.unit.core.test_rules import GOOD


def summaries(tree: Tree) -> dict[str, str | None]:
    registry = Registry(Watched(tree.files, tree.links), is_clean=True)
    ASKED.clear()
    return {name: entry.tag if entry else None for name, entry in registry.summaries.items()}


def test_tags_come_from_the_registry_document_alone() -> None:
    plain = Registry(stored(GOOD.snapshot()))
    assert summaries(GOOD) == {name: entry.tag if entry else None for name, entry in plain.summaries.items()}
    assert [path for path in ASKED if path.startswith("models/")] == []


def test_an_allowance_about_no_model_leaves_every_model_to_be_read() -> None:
    row = '[[allow]]\nrule = "readme-is-up-to-date"\npath = "README.md"\nfound = "1"\nreason = "old"\n'
    summaries(GOOD.with_file(".pbm.toml", row.encode()))
    assert {path.split("/")[1] for path in ASKED if path.startswith("models/")} == set(GOOD.ids)


def test_models_that_an_allowance_names_are_read() -> None:
    name = GOOD.ids[0]
    row = f'[[allow]]\nrule = "params-agree"\npath = "models/{name}/metadata.json"\nfound = "1"\nreason = "old"\n'
    assert summaries(GOOD.with_file(".pbm.toml", row.encode())).keys() == set(GOOD.ids)
    assert [path for path in ASKED if path.startswith("models/")] == [f"models/{name}/metadata.json"]


def test_a_registry_json_that_another_registry_has_read_is_not_read_twice() -> None:
    snapshot = GOOD.snapshot()
    known = Registry(snapshot)
    assert Registry(snapshot, is_clean=True, other=known).document is known.document
    assert Registry(GOOD.snapshot(), is_clean=True, other=known).document == known.document
