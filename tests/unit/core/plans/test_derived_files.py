"""Generated files have one writer: what passes the rules needs no repair, and what is written keeps own fields."""

from __future__ import annotations

import json

import pytest

from git_pbm.core.documents.metadata import Metadata
from git_pbm.core.documents.registry_document import RegistryEntry
from git_pbm.core.plans.derived_files import entry_for, registry_text
from git_pbm.core.plans.repair import plan_repair
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import MemorySnapshot
from git_pbm.core.rules.engine import run_rules
from git_pbm.errors import RefusedError
from tests.support.registries import good_tree
from tests.unit.core.test_examples import cases, snapshot_of
from tests.unit.core.test_rules import MUTATIONS

REPAIR = "git pbm repair --apply"
STATES = [(case.name, snapshot_of(case)) for kind in ("valid", "invalid") for case in cases(kind)]
STATES += [(f"{slug}: {what}", snapshot) for slug, what, snapshot in MUTATIONS]


@pytest.mark.parametrize(("name", "snapshot"), STATES, ids=[name for name, _ in STATES])
def test_repair_has_something_to_do_exactly_where_a_finding_says_so(name: str, snapshot: MemorySnapshot) -> None:
    registry = Registry(snapshot)
    findings = run_rules(registry).errors
    try:
        is_idle = plan_repair(registry) is None
    except RefusedError:
        assert "directory" in " ".join(finding.message for finding in findings)
        return
    advised = [finding for finding in findings if REPAIR in finding.remedy]
    assert is_idle == (not advised), [f"{finding.rule}: {finding.remedy}" for finding in findings]


def metadata(**more: object) -> Metadata:
    read = Metadata.from_json({"hash": "0" * 64, "created": "2026-02-01", "tag": "t", "training": "supervised", **more})  # type: ignore[dict-item]
    assert read is not None
    return read


@pytest.mark.parametrize(
    ("listed", "described", "kept"),
    [
        ({"stars": 5}, {}, {"stars": 5}),
        ({"stars": 5}, {"stars": 4}, {"stars": 4}),
        ({"kl": 0.5}, {"kl": 0.1}, {"kl": 0.1}),
        ({"kl": 0.5}, {}, {}),
        ({}, {"stars": 4}, {}),
    ],
    ids=["an own field", "metadata has it too", "a metric", "a metric that metadata lacks", "only in metadata"],
)
def test_an_entry_keeps_own_fields_and_repeats_metadata(
    listed: dict[str, object], described: dict[str, object], kept: dict[str, object]
) -> None:
    entry = entry_for(metadata(**described), RegistryEntry("old", "2025-01-01", "supervised", None, listed))  # type: ignore[arg-type]
    assert entry.extra == kept
    assert (entry.tag, entry.date) == ("t", "2026-02-01")


def test_a_change_of_one_model_leaves_every_other_entry_as_it_stands() -> None:
    tree = good_tree()
    document = json.loads(tree.files["registry.json"])
    document["models"][tree.ids[0]] = {"odd": True}
    registry = Registry(tree.with_file("registry.json", json.dumps(document).encode()).snapshot())
    written = json.loads(registry_text(registry, {tree.ids[2]: None}, tree.ids[1]))
    assert written["models"][tree.ids[0]] == {"odd": True}
    assert sorted(written["models"]) == sorted(tree.ids[:2])


def test_a_registry_that_cannot_be_read_is_never_written_over() -> None:
    tree = good_tree()
    registry = Registry(tree.with_file("registry.json", b"{").snapshot())
    with pytest.raises(RefusedError, match="cannot be read"):
        registry_text(registry, {}, None)
