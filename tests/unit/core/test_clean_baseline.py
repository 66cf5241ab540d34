"""Models that a clean registry has, too, are not looked at again; the verdict is that of a look at everything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from hashlib import sha1

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_pbm.core.documents import allowances
from git_pbm.core.documents.allowances import Allowance
from git_pbm.core.documents.commit_message import added
from git_pbm.core.findings import Verdict
from git_pbm.core.plans.check import PlanRefusedError, check_plan
from git_pbm.core.plans.plan import Delete, Plan, WriteText
from git_pbm.core.registry.facts import Facts
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import Entry, FileEntry, MemorySnapshot
from git_pbm.core.rules.engine import run_rules
from git_pbm.core.rules.view import View
from tests.support.registries import Tree
from tests.unit.core.test_rules import GOOD, MUTATIONS


@dataclass(frozen=True)
class Stored(MemorySnapshot):
    """A snapshot in memory whose bytes have ids, as git gives them; ``unknown`` are edited and not staged."""

    unknown: frozenset[str] = frozenset()

    @property
    def entries(self) -> Mapping[str, Entry]:
        return {path: self._stored(path, entry) for path, entry in super().entries.items()}

    def _stored(self, path: str, entry: Entry) -> Entry:
        if path in self.unknown:
            return entry
        content = self.files.get(path, repr(entry).encode()) if isinstance(entry, FileEntry) else repr(entry).encode()
        return replace(entry, object_id=sha1(content, usedforsecurity=False).hexdigest())


def stored(snapshot: MemorySnapshot, unknown: frozenset[str] = frozenset()) -> Stored:
    fields = {name: getattr(snapshot, name) for name in MemorySnapshot.__dataclass_fields__ if name != "_facts"}
    return Stored(**fields, unknown=unknown)


CLEAN = stored(GOOD.snapshot())


def test_what_did_not_change_is_not_looked_at() -> None:
    view = View(Registry(CLEAN), Registry(CLEAN))
    assert view.unchanged == frozenset(GOOD.ids)
    assert not view.changed
    assert run_rules(view.registry, clean=view.clean) == Verdict()


@pytest.mark.parametrize(
    ("slug", "snapshot"),
    [(m[0], m[2]) for m in MUTATIONS],
    ids=[f"{number}-{slug}" for number, (slug, *_) in enumerate(MUTATIONS)],
)
def test_each_rule_finds_what_it_found(slug: str, snapshot: MemorySnapshot) -> None:
    if snapshot.given_attributes or snapshot.default_attributes != CLEAN.default_attributes:
        return  # the caller's part: other attributes, no baseline
    for unknown in (frozenset[str](), frozenset(snapshot.files)):
        registry = Registry(stored(snapshot, unknown))
        assert run_rules(registry, clean=Registry(CLEAN)) == run_rules(registry)
        assert slug in {finding.rule for finding in run_rules(registry, clean=Registry(CLEAN)).findings}


PATHS = sorted(GOOD.files)
PLACES = [*PATHS, "models/0badcafe/metadata.json", "models/stray.txt", "models/.gitattributes", ".pbm.toml"]
Edits = list[tuple[str, str | None, int]]
EDITS = st.lists(
    st.tuples(st.sampled_from(PLACES), st.none() | st.sampled_from(PATHS), st.integers(-1, 400)), min_size=1, max_size=3
)


def edited(tree: Tree, edits: Edits) -> Tree:
    """A tree with files deleted, copied over others, and damaged."""
    for path, source, place in edits:
        content = bytearray(tree.files.get(source, b"?") if source else b"")
        if content and place >= 0:
            content[place % len(content)] ^= 1
        tree = tree.with_file(path, bytes(content) if source else None)
    return tree


@given(EDITS)
def test_any_change_gets_the_verdict_of_a_look_at_everything(edits: Edits) -> None:
    registry = Registry(stored(edited(GOOD, edits).snapshot()))
    assert run_rules(registry, clean=Registry(CLEAN)) == run_rules(registry)


@given(EDITS, EDITS)
def test_an_old_flaw_that_is_allowed_stays_allowed_and_is_still_looked_for(first: Edits, second: Edits) -> None:
    flawed = edited(GOOD, [edit for edit in first if edit[0] != ".pbm.toml"])
    found = run_rules(Registry(flawed.snapshot()))
    rows = [Allowance(f.rule, f.path, f.found, "an old flaw") for f in found.findings]
    base = flawed.with_file(".pbm.toml", allowances.with_added("", rows).encode()) if rows else flawed
    if run_rules(Registry(base.snapshot())) != Verdict():
        return  # not clean: unverified, or a flaw that cannot be allowed
    registry = Registry(stored(edited(base, second).snapshot()))
    assert run_rules(registry, clean=Registry(stored(base.snapshot()))) == run_rules(registry)


def test_attributes_below_models_leave_nothing_unchanged() -> None:
    tree = GOOD.with_file("models/.gitattributes", b"*.onnx text\n")
    registry = Registry(stored(tree.snapshot()))
    assert not registry.unchanged_since(Registry(CLEAN))
    assert not registry.unchanged_since(registry)


class Watched(Stored):
    """Notes what facts were asked for."""

    def facts(self, path: str) -> Facts:
        ASKED.append(path)
        return super().facts(path)  # type: ignore[return-value]


ASKED: list[str] = []


def test_a_plan_on_a_clean_base_reads_no_network_of_another_model() -> None:
    base = Watched(GOOD.files, GOOD.links)
    path = f"models/{GOOD.ids[0]}/metadata.json"
    edits = (WriteText(path, GOOD.files[path]), WriteText("notes.txt", b""))
    for clean, expected in ((Registry(base), 0), (None, 5)):
        ASKED.clear()
        checked = check_plan(Plan(edits, added("t", GOOD.ids[0])), base, clean=clean)
        others = {asked for asked in ASKED if asked.endswith(".onnx") and GOOD.ids[0] not in asked}
        assert (checked.models, bool(others)) == (3, bool(expected))


def test_a_plan_that_breaks_a_rule_is_refused_on_a_clean_base_too() -> None:
    plan = Plan((Delete(f"models/{GOOD.ids[0]}/policy_v2.onnx"),), added("t", GOOD.ids[0]))
    with pytest.raises(PlanRefusedError):
        check_plan(plan, CLEAN, clean=Registry(CLEAN))
