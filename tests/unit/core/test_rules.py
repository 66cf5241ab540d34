"""Every rule over registries in memory: each has mutations that trip it, and only it."""

from __future__ import annotations

import builtins
import os
import subprocess
from collections.abc import Callable

import pytest

from git_pbm.core.documents.allowances import LIMIT
from git_pbm.core.documents.lfs_pointer import pointer_text
from git_pbm.core.findings import NotInspected
from git_pbm.core.registry.facts import TEXT_LIMIT, Facts
from git_pbm.core.registry.readme_block import MARKER_BEGIN, MARKER_END, block_of
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import EntryKind, MemorySnapshot
from git_pbm.core.rules.engine import run_rules
from git_pbm.core.rules.rule import EachEvaluation
from git_pbm.core.rules.table import STATE_RULES, rules_of
from tests.support.forged import forged_pair
from tests.support.networks import policy_bytes, value_bytes
from tests.support.registries import Json, Tree, good_tree

GOOD = good_tree()
SUPERVISED, RL, ALONE = GOOD.ids
REGISTRY = "registry.json"


def meta(name: str) -> str:
    return f"models/{name}/metadata.json"


def setting(**fields: object) -> Callable[[Json], None]:
    """A change of a document: fields set, or (None) taken away."""

    def change(document: Json) -> None:
        for name, value in fields.items():
            if value is None:
                del document[name]
            else:
                document[name] = value

    return change


def in_entry(name: str, **fields: object) -> Callable[[Json], None]:
    def change(document: Json) -> None:
        models = document["models"]
        assert isinstance(models, dict)
        setting(**fields)(models[name])

    return change


def drop_entry(name: str) -> Callable[[Json], None]:
    def change(document: Json) -> None:
        models = document["models"]
        assert isinstance(models, dict)
        del models[name]

    return change


def flipped(data: bytes) -> bytes:
    """One bit of a weight turned: in the middle of the file, where the tensors lie."""
    middle = len(data) // 2
    return data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]


def with_readme(text: str) -> Tree:
    return GOOD.with_file("README.md", text.encode())


def same_tag() -> Tree:
    tree = GOOD.edit(meta(ALONE), setting(tag="supervised-v1"))
    return tree.edit(REGISTRY, in_entry(ALONE, tag="supervised-v1"))


def as_pointer() -> Tree:
    policy = f"models/{ALONE}/policy_v2.onnx"
    digest = Registry(GOOD.snapshot()).models[ALONE].facts("policy_v2.onnx")
    assert isinstance(digest, Facts)
    return GOOD.with_file(policy, pointer_text(digest.sha256, digest.size))


def circle() -> Tree:
    tree = GOOD.edit(meta(SUPERVISED), setting(parent=RL, training="supervised"))
    return tree.edit(REGISTRY, in_entry(SUPERVISED, parent=RL))


def rehashed(content: bytes) -> Tree:
    """The policy-only model with other policy bytes, everything else following."""
    from hashlib import sha256

    digest = sha256(content).hexdigest()
    tree = GOOD.with_file(f"models/{ALONE}/policy_v2.onnx", content).moved(f"models/{ALONE}", f"models/{digest[:8]}")
    files = {"policy_v2.onnx": {"sha256": digest, "size": len(content)}}
    tree = tree.edit(meta(digest[:8]), setting(hash=digest, files=files))

    def rename(document: Json) -> None:
        models = document["models"]
        assert isinstance(models, dict)
        models[digest[:8]] = models.pop(ALONE)

    return tree.edit(REGISTRY, rename)


def external() -> bytes:
    import onnx

    model = onnx.load_from_string(policy_bytes(2000, 3))
    tensor = model.graph.initializer[0]
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="policy_v2.onnx.data")
    tensor.ClearField("raw_data")
    return bytes(model.SerializeToString())


def wrong_set(name: str, content: bytes) -> MemorySnapshot:
    """A network too many, while `files` stays as it is."""
    return GOOD.with_file(name, content).snapshot()


def with_fresh_readme() -> Tree:
    return with_readme(f"# Models\n{block_of(Registry(GOOD.snapshot()))}\n")


def without_folder(name: str) -> Tree:
    return Tree({n: d for n, d in GOOD.files.items() if not n.startswith(f"models/{name}/")}, GOOD.links, GOOD.ids)


def misspelt_key(document: Json) -> None:
    models = document["models"]
    assert isinstance(models, dict)
    models["DEADBEEF"] = models[ALONE]


def nothing_current(document: Json) -> None:
    document["current"] = None


FILTERED = {"text": "unset", "filter": "lfs"}
MUTATIONS: list[tuple[str, str, MemorySnapshot]] = [
    ("dir-name-is-policy-hash", "another name", GOOD.moved(f"models/{ALONE}", "models/0badcafe").snapshot()),
    ("dir-name-is-policy-hash", "the current one", GOOD.moved(f"models/{RL}", "models/0badcafe").snapshot()),
    ("dir-name-is-policy-hash", "upper case", GOOD.moved(f"models/{ALONE}", f"models/{ALONE.upper()}X").snapshot()),
    ("dir-name-is-policy-hash", "a parent", GOOD.moved(f"models/{SUPERVISED}", "models/0badcafe").snapshot()),
    (
        "dir-name-is-policy-hash",
        "one flipped bit",
        GOOD.with_file(f"models/{RL}/policy_v2.onnx", flipped(GOOD.files[f"models/{RL}/policy_v2.onnx"])).snapshot(),
    ),
    ("metadata-hash-is-policy-hash", "8 digits", GOOD.edit(meta(RL), setting(hash=RL + "0" * 56)).snapshot()),
    ("metadata-hash-is-policy-hash", "another", GOOD.edit(meta(RL), setting(hash="0" * 64)).snapshot()),
    (
        "files-match-digests",
        "a flipped bit in the value net",
        GOOD.with_file(f"models/{RL}/value_v2.onnx", flipped(GOOD.files[f"models/{RL}/value_v2.onnx"])).snapshot(),
    ),
    ("files-match-digests", "a file gone", GOOD.with_file(f"models/{RL}/value_v2.onnx", None).snapshot()),
    (
        "files-match-digests",
        "a file too much",
        GOOD.with_file(f"models/{ALONE}/value_v2.onnx", value_bytes(2000, 3)).snapshot(),
    ),
    (
        "one-policy-per-model",
        "two",
        GOOD.with_file(f"models/{ALONE}/policy_v3.onnx", policy_bytes(2000, 9))
        .edit(meta(ALONE), setting(files=None))
        .snapshot(),
    ),
    (
        "one-policy-per-model",
        "versions differ",
        GOOD.with_file(f"models/{ALONE}/value_v3.onnx", value_bytes(2000, 9))
        .edit(meta(ALONE), setting(files=None))
        .snapshot(),
    ),
    ("one-policy-per-model", "none", GOOD.with_file(f"models/{ALONE}/policy_v2.onnx", None).snapshot()),
    (
        "one-policy-per-model",
        "two, one unlisted",
        wrong_set(f"models/{ALONE}/policy_v3.onnx", policy_bytes(2000, 9)),
    ),
    (
        "one-policy-per-model",
        "another version, unlisted",
        wrong_set(f"models/{ALONE}/value_v3.onnx", value_bytes(2000, 9)),
    ),
    ("one-policy-per-model", "two values", wrong_set(f"models/{RL}/value_v3.onnx", value_bytes(2000, 9))),
    (
        "no-stray-entries",
        "a submodule for a model",
        without_folder(ALONE).snapshot(others={f"models/{ALONE}": EntryKind.SUBMODULE}),
    ),
    ("no-stray-entries", "a link for a model", without_folder(ALONE).with_link(f"models/{ALONE}", "../x").snapshot()),
    (
        "no-stray-entries",
        "a file for models/",
        MemorySnapshot({"models": b"x", REGISTRY: b'{"current": null, "models": {}}'}),
    ),
    ("no-stray-entries", "a file", GOOD.with_file(f"models/{RL}/notes.txt", b"x").snapshot()),
    ("no-stray-entries", "a file in models/", GOOD.with_file("models/notes.txt", b"x").snapshot()),
    ("no-stray-entries", "a folder", GOOD.with_file(f"models/{RL}/old/policy_v2.onnx", b"x").snapshot()),
    ("no-stray-entries", "a link", GOOD.with_link(f"models/{SUPERVISED}/{RL}", f"models/{RL}").snapshot()),
    ("no-stray-entries", "a submodule", GOOD.snapshot(others={f"models/{RL}/x": EntryKind.SUBMODULE})),
    ("no-stray-entries", "executable", GOOD.snapshot(executables=frozenset({meta(RL)}))),
    (
        "no-stray-entries",
        "conflict",
        GOOD.with_file(REGISTRY, None).snapshot(others={REGISTRY: EntryKind.CONFLICT}),
    ),
    (
        "no-stray-entries",
        "a conflict in a text",
        GOOD.snapshot(others={".pbm.toml": EntryKind.CONFLICT}),
    ),
    ("onnx-is-binary", "unspecified", GOOD.snapshot(default_attributes={})),
    ("onnx-is-binary", "auto", GOOD.snapshot(default_attributes={"text": "auto"})),
    ("onnx-is-binary", "a filter", GOOD.snapshot(default_attributes={"text": "unset", "filter": "clean"})),
    (
        "onnx-is-binary",
        "another encoding",
        GOOD.snapshot(default_attributes={"text": "unset", "working-tree-encoding": "UTF-16"}),
    ),
    ("lfs-is-pointer", "raw", GOOD.snapshot(given_attributes={f"models/{RL}/policy_v2.onnx": FILTERED})),
    ("metadata-is-strict-json", "missing", GOOD.with_file(meta(ALONE), None).snapshot()),
    ("metadata-is-strict-json", "NaN", GOOD.with_file(meta(ALONE), b'{"kl": NaN}').snapshot()),
    ("metadata-is-strict-json", "repeated", GOOD.with_file(meta(ALONE), b'{"tag": "a", "tag": "b"}').snapshot()),
    ("metadata-is-strict-json", "a list", GOOD.with_file(meta(ALONE), b"[]").snapshot()),
    ("metadata-matches-schema", "no date", GOOD.edit(meta(ALONE), setting(created=None)).snapshot()),
    ("metadata-matches-schema", "a date of none", GOOD.edit(meta(ALONE), setting(created="2026-02-30")).snapshot()),
    ("metadata-matches-schema", "a tag of hex", GOOD.edit(meta(ALONE), setting(tag="deadbeef")).snapshot()),
    ("metadata-matches-schema", "a final newline", GOOD.edit(meta(ALONE), setting(tag="supervised-v2\n")).snapshot()),
    ("metadata-matches-schema", "a float round", GOOD.edit(meta(RL), setting(round=1.0)).snapshot()),
    ("metadata-matches-schema", "unknown params", GOOD.edit(meta(ALONE), setting(params="unknown")).snapshot()),
    ("metadata-matches-schema", "round of none", GOOD.edit(meta(ALONE), setting(round=1)).snapshot()),
    ("tag-agrees-with-fields", "round", GOOD.edit(meta(RL), setting(round=2)).snapshot()),
    ("tag-agrees-with-fields", "iteration", GOOD.edit(meta(RL), setting(iteration=7)).snapshot()),
    (
        "tag-agrees-with-fields",
        "training",
        GOOD.edit(meta(ALONE), setting(training="rl_selfplay"))
        .edit(REGISTRY, in_entry(ALONE, training="rl_selfplay"))
        .snapshot(),
    ),
    (
        "parent-exists",
        "unknown",
        GOOD.edit(meta(ALONE), setting(parent="0badcafe"))
        .edit(REGISTRY, in_entry(ALONE, parent="0badcafe"))
        .snapshot(),
    ),
    ("lineage-is-a-forest", "a circle", circle().snapshot()),
    (
        "lineage-is-a-forest",
        "its own parent",
        GOOD.edit(meta(ALONE), setting(parent=ALONE)).edit(REGISTRY, in_entry(ALONE, parent=ALONE)).snapshot(),
    ),
    ("registry-is-strict-json", "missing", GOOD.with_file(REGISTRY, None).snapshot()),
    ("registry-is-strict-json", "torn", GOOD.with_file(REGISTRY, GOOD.files[REGISTRY][:100]).snapshot()),
    ("registry-is-strict-json", "a list", GOOD.with_file(REGISTRY, b"[]").snapshot()),
    ("registry-matches-schema", "no tag", GOOD.edit(REGISTRY, in_entry(ALONE, tag=None)).snapshot()),
    ("registry-matches-schema", "a date of none", GOOD.edit(REGISTRY, in_entry(RL, date="yesterday")).snapshot()),
    ("registry-matches-schema", "a bad current", GOOD.edit(REGISTRY, setting(current="../../etc")).snapshot()),
    ("registry-matches-schema", "a key in upper case", GOOD.edit(REGISTRY, misspelt_key).snapshot()),
    (
        "registry-matches-schema",
        "a bad current above a README",
        with_fresh_readme().edit(REGISTRY, setting(current="../../etc")).snapshot(),
    ),
    ("registry-lists-every-model", "not listed", GOOD.edit(REGISTRY, drop_entry(ALONE)).snapshot()),
    ("registry-lists-every-model", "too much", without_folder(ALONE).snapshot()),
    ("registry-agrees-with-metadata", "date", GOOD.edit(REGISTRY, in_entry(RL, date="2026-01-01")).snapshot()),
    ("registry-agrees-with-metadata", "a parent too few", GOOD.edit(REGISTRY, in_entry(RL, parent=None)).snapshot()),
    ("registry-agrees-with-metadata", "parent", GOOD.edit(REGISTRY, in_entry(RL, parent=ALONE)).snapshot()),
    ("registry-agrees-with-metadata", "more", GOOD.edit(REGISTRY, in_entry(RL, kl=0.5)).snapshot()),
    ("registry-agrees-with-metadata", "true is not 1", GOOD.edit(REGISTRY, in_entry(RL, round=True)).snapshot()),
    ("registry-agrees-with-metadata", "1.0 is not 1", GOOD.edit(REGISTRY, in_entry(RL, round=1.0)).snapshot()),
    ("tags-are-unique", "two of one", same_tag().snapshot()),
    ("readme-is-up-to-date", "stale", with_readme(f"# Hi\n{MARKER_BEGIN}\nold\n{MARKER_END}\n").snapshot()),
    (
        "allowances-are-used",
        "unused",
        GOOD.with_file(".pbm.toml", b'[[allow]]\nrule="parent-exists"\npath="x"\nfound="y"\nreason="z"\n').snapshot(),
    ),
    ("allowances-are-used", "too long", GOOD.with_file(".pbm.toml", b"#" * (LIMIT + 1)).snapshot()),
    ("allowances-are-used", "longer than kept", GOOD.with_file(".pbm.toml", b"#" * (TEXT_LIMIT + 1)).snapshot()),
    ("allowances-are-used", "no TOML", GOOD.with_file(".pbm.toml", b"[[").snapshot()),
    (
        "allowances-are-used",
        "no reason",
        GOOD.with_file(".pbm.toml", b'[[allow]]\nrule="x"\npath="x"\nfound="y"\nreason=" "\n').snapshot(),
    ),
    ("current-is-a-link", "absolute", GOOD.with_link("current", f"/srv/models/{RL}").snapshot()),
    ("current-is-a-link", "a final slash", GOOD.with_link("current", f"models/{RL}/").snapshot()),
    ("current-is-a-link", "out of it", GOOD.with_link("current", "../elsewhere").snapshot()),
    (
        "current-is-a-link",
        "a submodule",
        GOOD.with_link("current", None).snapshot(others={"current": EntryKind.SUBMODULE}),
    ),
    ("current-is-a-link", "a file", GOOD.with_link("current", None).with_file("current", RL.encode()).snapshot()),
    (
        "current-is-a-link",
        "a directory",
        GOOD.with_link("current", None).with_file("current/policy_v2.onnx", b"x").snapshot(),
    ),
    (
        "current-resolves",
        "dangling",
        GOOD.with_link("current", "models/0badcafe").edit(REGISTRY, setting(current="0badcafe")).snapshot(),
    ),
    (
        "current-resolves",
        "dangling above a README",
        with_fresh_readme()
        .with_link("current", "models/0badcafe")
        .edit(REGISTRY, setting(current="0badcafe"))
        .snapshot(),
    ),
    ("registry-current-agrees", "a link and no current", GOOD.edit(REGISTRY, nothing_current).snapshot()),
    ("registry-current-agrees", "another", GOOD.with_link("current", f"models/{ALONE}").snapshot()),
    ("registry-current-agrees", "no link", GOOD.with_link("current", None).snapshot()),
    ("onnx-is-a-model", "text", rehashed(b"not a network at all").snapshot()),
    ("onnx-is-a-model", "truncated", rehashed(policy_bytes(2000, 3)[:-9]).snapshot()),
    ("onnx-is-self-contained", "external", rehashed(external()).snapshot()),
    ("policy-is-well-formed", "a misspelt key", GOOD.with_file(".pbm.toml", b"[arena.x]\nseat = 2\n").snapshot()),
    ("params-agree", "another count", GOOD.edit(meta(ALONE), setting(params="15.36M")).snapshot()),
]


def slugs(snapshot: MemorySnapshot) -> set[str]:
    return {finding.rule for finding in run_rules(Registry(snapshot)).findings}


def test_a_good_registry_has_no_findings() -> None:
    verdict = run_rules(Registry(GOOD.snapshot()))
    assert (verdict.findings, verdict.unverified, verdict.not_inspected) == ((), (), ())


@pytest.mark.parametrize(
    ("slug", "snapshot"), [(m[0], m[2]) for m in MUTATIONS], ids=[f"{m[0]}: {m[1]}" for m in MUTATIONS]
)
def test_a_mutation_trips_its_rule_and_only_it(slug: str, snapshot: MemorySnapshot) -> None:
    findings = run_rules(Registry(snapshot)).findings
    assert [finding.rule for finding in findings] == [slug]
    assert findings[0].remedy
    assert findings[0].message


def test_every_rule_has_a_mutation() -> None:
    of_evaluations = {rule.slug for rule in rules_of("pbm-evals") if isinstance(rule.scope, EachEvaluation)}
    assert {rule.slug for rule in STATE_RULES} - of_evaluations == {mutation[0] for mutation in MUTATIONS}


def test_every_rule_explains_why_it_exists_and_how_to_fix_it() -> None:
    for rule in STATE_RULES:
        assert "To fix it:" in rule.explanation
        assert len(rule.explanation) > 150


def test_an_unresolved_conflict_in_the_registry_names_the_command_that_settles_it() -> None:
    text = b'{\n<<<<<<< ours\n  "current": null\n=======\n  "current": 1\n>>>>>>> theirs\n}\n'
    (finding,) = run_rules(Registry(GOOD.with_file(REGISTRY, text).snapshot())).findings
    assert (finding.message, finding.remedy) == (
        "line 2, column 1: an unresolved merge conflict",
        "settle the merge: git pbm resolve",
    )


def test_a_warning_is_no_error() -> None:
    verdict = run_rules(Registry(GOOD.edit(meta(ALONE), setting(params="15.36M")).snapshot()))
    assert not verdict.errors
    assert [finding.rule for finding in verdict.warnings] == ["params-agree"]


def test_a_forged_policy_under_the_same_id_is_found_by_its_full_hash() -> None:
    first, second = forged_pair()
    tree = rehashed(first)
    name = next(name for name in Registry(tree.snapshot()).models if name not in GOOD.ids)
    forged = tree.with_file(f"models/{name}/policy_v2.onnx", second)
    assert slugs(forged.snapshot()) == {"metadata-hash-is-policy-hash", "files-match-digests"}
    message = next(f for f in run_rules(Registry(forged.snapshot())).findings if f.rule.startswith("metadata")).message
    assert "forged" in message


def test_a_pointer_proves_identity_and_its_content_is_not_inspected() -> None:
    verdict = run_rules(Registry(as_pointer().snapshot()))
    assert verdict.findings == ()
    assert verdict.not_inspected == (NotInspected(f"models/{ALONE}/policy_v2.onnx"),)


def test_a_missing_object_is_unverified_and_never_ok() -> None:
    path = f"models/{ALONE}/policy_v2.onnx"
    verdict = run_rules(Registry(GOOD.with_file(path, None).snapshot(missing=frozenset({path}))))
    assert verdict.findings == ()
    assert [item.path for item in verdict.unverified] == [path]


def test_no_registry_at_all_has_no_findings() -> None:
    assert run_rules(Registry(MemorySnapshot({"README.md": b"# hello"}))).findings == ()


def test_a_readme_without_markers_is_nobodys_business() -> None:
    assert slugs(with_readme("# Models\nthe current one is gone\n").snapshot()) == set()


def test_a_fresh_readme_block_passes() -> None:
    block = block_of(Registry(GOOD.snapshot()))
    assert slugs(with_readme(f"# Models\n{block}\nmore\n").snapshot()) == set()


def test_one_misnamed_directory_hides_no_other_mistake() -> None:
    misnamed = GOOD.moved(f"models/{ALONE}", "models/0badcafe")
    dangling = misnamed.with_link("current", "models/deadbeef").edit(REGISTRY, setting(current="deadbeef"))
    assert slugs(dangling.snapshot()) == {"dir-name-is-policy-hash", "current-resolves"}

    def ghost(document: Json) -> None:
        models = document["models"]
        assert isinstance(models, dict)
        models["deadbeef"] = models[ALONE]

    assert slugs(misnamed.edit(REGISTRY, ghost).snapshot()) == {"dir-name-is-policy-hash", "registry-lists-every-model"}


def test_tags_that_the_schema_refuses_are_not_compared_as_well() -> None:
    tree = GOOD.edit(meta(ALONE), setting(tag="Bad")).edit(meta(SUPERVISED), setting(tag="Bad"))
    assert slugs(tree.snapshot()) == {"metadata-matches-schema"}


def test_an_allowance_accepts_exactly_what_it_is_pinned_to() -> None:
    flawed = GOOD.edit(meta(ALONE), setting(created="unknown"))
    finding = run_rules(Registry(flawed.snapshot())).findings[0]
    allow = (
        f'[[allow]]\nrule = "{finding.rule}"\npath = "{finding.path}"\n'
        f"found = '{finding.found}'\nreason = \"nobody noted the day\"\n"
    ).encode()
    assert slugs(flawed.with_file(".pbm.toml", allow).snapshot()) == set()
    worse = flawed.edit(meta(ALONE), setting(created="2026-13-01"))
    assert slugs(worse.with_file(".pbm.toml", allow).snapshot()) == {finding.rule, "allowances-are-used"}


def test_one_hook_finds_what_its_own_rules_find() -> None:
    registry = Registry(GOOD.with_link("current", "models/x").edit(meta(ALONE), setting(created=None)).snapshot())
    for hook, slug in (("pbm-current", "current-is-a-link"), ("pbm-metadata", "metadata-matches-schema")):
        assert {finding.rule for finding in run_rules(registry, rules_of(hook)).findings} == {slug}
    assert run_rules(registry, rules_of("pbm-onnx")).findings == ()


def test_rules_open_nothing_and_start_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = GOOD.snapshot()
    for path in snapshot.entries:
        if path in snapshot.files:
            snapshot.facts(path)

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a rule reached for the outside")

    for owner, name in ((builtins, "open"), (os, "open"), (os, "listdir"), (subprocess, "Popen")):
        monkeypatch.setattr(owner, name, forbidden)
    assert run_rules(Registry(snapshot)).findings == ()


def test_metadata_that_are_a_link_are_a_stray_entry_and_not_missing_as_well() -> None:
    tree = GOOD.with_file(meta(ALONE), None).with_link(meta(ALONE), "elsewhere.json")
    assert slugs(tree.snapshot()) == {"no-stray-entries"}


def test_without_a_registry_json_the_link_leads_to_adoption() -> None:
    tree = GOOD.with_file(REGISTRY, None).with_link("current", "models/elsewhere")
    remedies = {finding.rule: finding.remedy for finding in run_rules(Registry(tree.snapshot())).findings}
    assert "git pbm init --adopt" in remedies["current-is-a-link"]
    assert "git pbm init --adopt" in remedies["registry-is-strict-json"]
