"""Plans that rebuild generated files, in memory: a person's own fields are kept."""

from __future__ import annotations

import json

from git_pbm.core.plans.plan import WriteText
from git_pbm.core.plans.repair import plan_repair
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.engine import run_rules
from tests.support.registries import Json, Tree, good_tree


def with_own_fields(tree: Tree) -> Tree:
    """A field of a person's own in an entry, and one at the top level."""

    def change(document: Json) -> None:
        entry(document, tree.ids[1])["stars"] = 5
        document["owner"] = "us"

    return tree.edit("registry.json", change)


def entry(document: Json, model_id: str) -> Json:
    models = document["models"]
    assert isinstance(models, dict)
    found: Json = models[model_id]
    return found


def repaired(tree: Tree) -> Json:
    plan = plan_repair(Registry(tree.snapshot()))
    assert plan is not None
    written = [edit.content for edit in plan.edits if isinstance(edit, WriteText) and edit.path == "registry.json"]
    document: Json = json.loads(written[0])
    return document


def test_a_registry_that_passes_its_rules_needs_no_repair_whatever_own_fields_it_has() -> None:
    registry = Registry(with_own_fields(good_tree()).snapshot())
    assert not run_rules(registry).errors
    assert plan_repair(registry) is None


def test_own_fields_are_kept_where_an_entry_is_repaired() -> None:
    tree = with_own_fields(good_tree())
    stale = tree.edit("registry.json", lambda document: entry(document, tree.ids[1]).update(tag="rl-r9-i9"))
    document = repaired(stale)
    assert entry(document, tree.ids[1]) == {
        "tag": "rl-r1-i1",
        "date": "2026-02-02",
        "training": "rl_selfplay",
        "parent": tree.ids[0],
        "stars": 5,
    }
    assert document["owner"] == "us"


def test_a_field_that_metadata_has_repeats_it() -> None:
    tree = good_tree()
    wrong = tree.edit("registry.json", lambda document: entry(document, tree.ids[1]).update(kl=0.5))
    assert entry(repaired(wrong), tree.ids[1])["kl"] == 0.01


def test_a_field_of_the_schema_that_metadata_has_not_goes() -> None:
    tree = good_tree()
    wrong = tree.edit("registry.json", lambda document: entry(document, tree.ids[1]).update(entropy=0.5))
    assert run_rules(Registry(wrong.snapshot())).errors
    assert "entropy" not in entry(repaired(wrong), tree.ids[1])


def test_a_missing_registry_is_rebuilt_from_metadata() -> None:
    tree = good_tree()
    document = repaired(tree.with_file("registry.json", None))
    assert document["current"] == tree.ids[1]
    assert document["models"] == json.loads(tree.files["registry.json"])["models"]
