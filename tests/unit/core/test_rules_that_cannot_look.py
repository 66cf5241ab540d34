"""Rules over registries of which a part is not here: that is never ok, and never an allowance's fault."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cached_property
from hashlib import sha256

import pytest

from git_pbm.core.documents.lfs_pointer import pointer_text
from git_pbm.core.findings import Finding
from git_pbm.core.registry.facts import Unavailable
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import Entry, LinkEntry, MemorySnapshot
from git_pbm.core.rules.engine import run_rules
from git_pbm.core.rules.table import STATE_RULES, rules_of
from tests.support.registries import Json, Tree, good_tree

GOOD = good_tree()
SUPERVISED, RL, ALONE = GOOD.ids
TEXT = b"not a network at all"


def meta(name: str) -> str:
    return f"models/{name}/metadata.json"


def lacking(tree: Tree, path: str) -> MemorySnapshot:
    """The tree in a clone that lacks the object of one path."""
    return tree.with_file(path, None).snapshot(missing=frozenset({path}))


def allowing(tree: Tree) -> Tree:
    """The tree with an allowance for everything that is wrong with it."""
    findings = run_rules(Registry(tree.snapshot())).findings
    assert findings
    return tree.with_file(".pbm.toml", "".join(map(allowance, findings)).encode())


def allowance(finding: Finding) -> str:
    return (
        f"[[allow]]\nrule = '{finding.rule}'\npath = '{finding.path}'\n"
        f"found = '{finding.found}'\nreason = 'an old flaw'\n"
    )


def with_wrong_hash() -> Tree:
    def change(document: Json) -> None:
        document["hash"] = "0" * 64

    return GOOD.edit(meta(RL), change)


def with_one_tag_twice() -> Tree:
    def change(document: Json) -> None:
        document["tag"] = "supervised-v1"

    def entry(document: Json) -> None:
        models = document["models"]
        assert isinstance(models, dict)
        models[ALONE]["tag"] = "supervised-v1"

    return GOOD.edit(meta(ALONE), change).edit("registry.json", entry)


def with_text_for_a_network() -> Tree:
    """The value net of the RL model is text, and everything else agrees with that."""

    def change(document: Json) -> None:
        files = document["files"]
        assert isinstance(files, dict)
        files["value_v2.onnx"] = {"sha256": sha256(TEXT).hexdigest(), "size": len(TEXT)}

    return GOOD.with_file(f"models/{RL}/value_v2.onnx", TEXT).edit(meta(RL), change)


@pytest.mark.parametrize("path", sorted(GOOD.files))
def test_whatever_is_not_here_is_unverified(path: str) -> None:
    verdict = run_rules(Registry(lacking(GOOD, path)))
    assert verdict.findings == ()
    assert [item.path for item in verdict.unverified] == [path]


@pytest.mark.parametrize("path", ["README.md", ".pbm.toml"])
def test_a_text_that_is_not_here_is_unverified(path: str) -> None:
    verdict = run_rules(Registry(lacking(GOOD, path)))
    assert verdict.findings == ()
    assert [item.path for item in verdict.unverified] == [path]


@pytest.mark.parametrize(
    ("hook", "path"),
    [
        ("pbm-model-hash", f"models/{ALONE}/policy_v2.onnx"),
        ("pbm-model-hash", meta(ALONE)),
        ("pbm-metadata", meta(ALONE)),
        ("pbm-registry", meta(ALONE)),
        ("pbm-registry", "registry.json"),
        ("pbm-registry", "README.md"),
        ("pbm-registry", ".pbm.toml"),
        ("pbm-current", "registry.json"),
        ("pbm-onnx", f"models/{ALONE}/policy_v2.onnx"),
    ],
)
def test_a_single_hook_says_that_it_could_not_look(hook: str, path: str) -> None:
    verdict = run_rules(Registry(lacking(GOOD, path)), rules_of(hook))
    assert [item.path for item in verdict.unverified] == [path]


def test_a_hook_does_not_report_what_only_others_needed() -> None:
    snapshot = lacking(allowing(with_wrong_hash()), f"models/{RL}/policy_v2.onnx")
    assert run_rules(Registry(snapshot), rules_of("pbm-current")).unverified == ()


@pytest.mark.parametrize(
    ("tree", "path"),
    [
        (with_wrong_hash(), f"models/{RL}/policy_v2.onnx"),
        (with_wrong_hash(), meta(RL)),
        (with_one_tag_twice(), meta(SUPERVISED)),
        (with_text_for_a_network(), f"models/{RL}/value_v2.onnx"),
    ],
    ids=["the policy of a wrong hash", "the metadata of a wrong hash", "the other one of a tag", "a network of text"],
)
def test_an_allowance_whose_rule_could_not_look_counts_as_used(tree: Tree, path: str) -> None:
    allowed = allowing(tree)
    assert run_rules(Registry(allowed.snapshot())).findings == ()
    verdict = run_rules(Registry(lacking(allowed, path)))
    assert verdict.findings == ()
    assert [item.path for item in verdict.unverified] == [path]


def test_an_allowance_about_content_that_lies_in_lfs_counts_as_used() -> None:
    pointer = pointer_text(sha256(TEXT).hexdigest(), len(TEXT))
    tree = allowing(with_text_for_a_network()).with_file(f"models/{RL}/value_v2.onnx", pointer)
    verdict = run_rules(Registry(tree.snapshot()))
    assert verdict.findings == ()
    assert [item.path for item in verdict.not_inspected] == [f"models/{RL}/value_v2.onnx"]


def test_an_allowance_that_lfs_cannot_excuse_is_found_unused() -> None:
    content = GOOD.files[f"models/{RL}/value_v2.onnx"]
    pointer = pointer_text(sha256(content).hexdigest(), len(content))
    fixed = GOOD.with_file(".pbm.toml", allowing(with_wrong_hash()).files[".pbm.toml"])
    verdict = run_rules(Registry(fixed.with_file(f"models/{RL}/value_v2.onnx", pointer).snapshot()))
    assert [finding.rule for finding in verdict.findings] == ["allowances-are-used"]


def test_what_is_missing_elsewhere_excuses_no_unused_allowance() -> None:
    fixed = GOOD.with_file(".pbm.toml", allowing(with_wrong_hash()).files[".pbm.toml"])
    verdict = run_rules(Registry(lacking(fixed, f"models/{ALONE}/policy_v2.onnx")))
    assert [finding.rule for finding in verdict.findings] == ["allowances-are-used"]


def test_an_allowance_for_an_old_name_hides_no_dangling_link() -> None:
    allowed = allowing(GOOD.moved(f"models/{ALONE}", "models/0badcafe"))
    assert run_rules(Registry(allowed.snapshot())).findings == ()

    def change(document: Json) -> None:
        document["current"] = "deadbeef"

    dangling = allowed.with_link("current", "models/deadbeef").edit("registry.json", change)
    assert [finding.rule for finding in run_rules(Registry(dangling.snapshot())).findings] == ["current-resolves"]


def test_unused_allowances_are_the_affair_of_the_hook_that_runs_the_rule() -> None:
    fixed = GOOD.with_file(".pbm.toml", allowing(with_wrong_hash()).files[".pbm.toml"])
    registry = Registry(fixed.snapshot())
    finders = {rule.hook for rule in STATE_RULES if run_rules(registry, rules_of(rule.hook)).findings}
    assert finders == {"pbm-registry"}


class WithoutAttributes(MemorySnapshot):
    """A clone that lacks the file that says how git treats the bytes of networks."""

    def attributes(self, paths: Collection[str]) -> Unavailable:  # type: ignore[override]  # as Snapshot has it
        return Unavailable("object of .gitattributes", ".gitattributes")


def test_attributes_that_are_not_here_are_unverified() -> None:
    verdict = run_rules(Registry(WithoutAttributes(GOOD.files, GOOD.links)))
    assert verdict.findings == ()
    assert [item.path for item in verdict.unverified] == [".gitattributes"]


def test_a_link_whose_text_is_not_here_is_unverified() -> None:
    class WithoutLink(MemorySnapshot):
        @cached_property
        def entries(self) -> Mapping[str, Entry]:
            return {**super().entries, "current": LinkEntry(None, "object of current")}

    verdict = run_rules(Registry(WithoutLink(GOOD.files)), rules_of("pbm-current"))
    assert verdict.findings == ()
    assert [item.path for item in verdict.unverified] == ["current"]
