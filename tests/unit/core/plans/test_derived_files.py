"""Generated files have one writer: what passes the rules needs no repair, and what is written keeps own fields."""

from __future__ import annotations

import json

import pytest

from git_pbm.core.documents.metadata import Metadata
from git_pbm.core.documents.registry_document import RegistryDocument, RegistryEntry
from git_pbm.core.plans.derived_files import entry_for, rebuilt, registry_text, with_derived
from git_pbm.core.plans.plan import Delete, SetLink, WriteText
from git_pbm.core.plans.repair import plan_repair
from git_pbm.core.registry.readme_block import MARKER_BEGIN, MARKER_END
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


EMPTY = b'{\n  "current": null,\n  "models": {}\n}\n'


def test_where_there_is_no_registry_an_empty_one_is_begun() -> None:
    assert registry_text(Registry(MemorySnapshot()), {}, None) == EMPTY


def test_a_list_of_models_that_is_no_object_gives_way() -> None:
    registry = Registry(MemorySnapshot({"registry.json": b'{"models": [], "owner": "us"}'}))
    text = registry_text(registry, {"0000000a": metadata()}, None)
    assert text == (
        b'{\n  "current": null,\n  "models": {\n    "0000000a": {\n      "tag": "t",\n      "date": "2026-02-01",\n'
        b'      "training": "supervised"\n    }\n  },\n  "owner": "us"\n}\n'
    )


def test_an_entry_that_is_no_object_is_written_anew() -> None:
    registry = Registry(MemorySnapshot({"registry.json": b'{"models": {"0000000a": 5}}'}))
    written = json.loads(registry_text(registry, {"0000000a": metadata()}, None))
    assert written["models"]["0000000a"] == {"tag": "t", "date": "2026-02-01", "training": "supervised"}


def test_where_metadata_cannot_be_read_the_entry_stays_and_none_is_made_up() -> None:
    entry = RegistryEntry("t", "2026-02-01", "supervised")
    text = rebuilt(RegistryDocument(None, {"0000000a": entry}), {"0000000a": None, "0000000b": None}, None)
    assert json.loads(text)["models"] == {"0000000a": entry.to_json()}
    assert rebuilt(None, {"0000000a": None}, None) == EMPTY


def test_nothing_is_written_where_nothing_differs() -> None:
    tree = good_tree()
    assert with_derived(Registry(tree.snapshot()), (), {}, tree.ids[1]) == ()


@pytest.mark.parametrize(
    ("readme", "written"),
    [
        (b"# Mine\n", None),
        (
            f"# Mine \udcff\r\n{MARKER_BEGIN}\r\n{MARKER_END}\r\n".encode("utf-8", "surrogateescape"),
            f"# Mine \udcff\r\n{MARKER_BEGIN}\r\nNo model is current yet.\r\n{MARKER_END}\r\n",
        ),
        (f"{MARKER_BEGIN}\nNo model is current yet.\n{MARKER_END}\n".encode(), None),
    ],
    ids=["without a block", "out of date, with CRLF and a byte that is not UTF-8", "up to date"],
)
def test_a_readme_is_written_where_its_block_differs(readme: bytes, written: str | None) -> None:
    registry = Registry(MemorySnapshot({"registry.json": EMPTY, "README.md": readme}))
    edits = () if written is None else (WriteText("README.md", written.encode("utf-8", "surrogateescape")),)
    assert with_derived(registry, (), {}, None) == edits


def test_the_link_follows_and_goes_where_nothing_is_current() -> None:
    tree = good_tree()
    registry = Registry(tree.snapshot())
    *_, link = with_derived(registry, (), {}, tree.ids[0])
    assert link == SetLink("current", f"models/{tree.ids[0]}")
    *_, link = with_derived(registry, (), {}, None)
    assert link == Delete("current")
    assert with_derived(Registry(MemorySnapshot({"registry.json": EMPTY})), (), {}, None) == ()
