"""The change rules over steps of history in memory: what may change later, and what a message must say."""

from __future__ import annotations

import builtins
import os
import subprocess
from collections.abc import Callable

import pytest

from git_pbm.core.documents.lfs_pointer import pointer_text
from git_pbm.core.documents.message_draft import cleaned
from git_pbm.core.findings import Finding, Outcome, Unverified
from git_pbm.core.registry.change import Change
from git_pbm.core.registry.facts import Facts
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.engine import judge_change
from git_pbm.core.rules.table import CHANGE_RULES, IMMUTABILITY
from tests.support.networks import policy_bytes, value_bytes
from tests.support.registries import Json, Tree, good_tree

GOOD = good_tree()
SUPERVISED, RL, ALONE = GOOD.ids
EMPTY = Tree({})


def meta(name: str) -> str:
    return f"models/{name}/metadata.json"


def judged(before: Tree, after: Tree, message: str = "work") -> tuple[Outcome, ...]:
    return judge_change(Change(Registry(before.snapshot()), Registry(after.snapshot()), message))


def slugs(before: Tree, after: Tree, message: str = "work") -> list[str]:
    return [outcome.rule for outcome in judged(before, after, message) if isinstance(outcome, Finding)]


def setting(**fields: object) -> Callable[[Json], None]:
    """A change of a document: fields set, or (None) taken away."""

    def change(document: Json) -> None:
        for name, value in fields.items():
            if value is None:
                del document[name]
            else:
                document[name] = value

    return change


def without(name: str, tree: Tree = GOOD) -> Tree:
    """The registry without a model."""
    for path in [path for path in tree.files if path.startswith(f"models/{name}/")]:
        tree = tree.with_file(path, None)

    def drop(document: Json) -> None:
        models = document["models"]
        assert isinstance(models, dict)
        del models[name]

    return tree.edit("registry.json", drop)


def promoting(name: str, tree: Tree = GOOD) -> Tree:
    return tree.edit("registry.json", setting(current=name)).with_link("current", f"models/{name}")


def as_pointer(name: str, file_name: str, tree: Tree = GOOD) -> Tree:
    facts = Registry(tree.snapshot()).models[name].facts(file_name)
    assert isinstance(facts, Facts)
    return tree.with_file(f"models/{name}/{file_name}", pointer_text(facts.sha256, facts.size))


def in_files(change: Callable[[dict[str, Json]], object]) -> Tree:
    def edit(document: Json) -> None:
        files = document["files"]
        assert isinstance(files, dict)
        change(files)

    return GOOD.edit(meta(SUPERVISED), edit)


POLICY, VALUE = f"models/{SUPERVISED}/policy_v2.onnx", f"models/{SUPERVISED}/value_v2.onnx"

FORBIDDEN: dict[str, Tree] = {
    "another policy": GOOD.with_file(POLICY, policy_bytes(2000, 9)),
    "another value net": GOOD.with_file(VALUE, value_bytes(2000, 9)),
    "a pointer to another value net": GOOD.with_file(VALUE, pointer_text("0" * 64, 8000)),
    "the value net removed": GOOD.with_file(VALUE, None),
    "metadata removed": GOOD.with_file(meta(SUPERVISED), None),
    "metadata that is no JSON any more": GOOD.with_file(meta(SUPERVISED), b"{"),
    "metadata that is not an object any more": GOOD.with_file(meta(SUPERVISED), b"[]"),
    "a network added later": GOOD.with_file(f"models/{ALONE}/value_v2.onnx", value_bytes(2000, 9)),
    "a link dropped into it": GOOD.with_link(f"models/{SUPERVISED}/{RL}", f"models/{RL}"),
    "a file dropped into it": GOOD.with_file(f"models/{SUPERVISED}/notes.txt", b"hello"),
    "a link instead of the value net": GOOD.with_file(VALUE, None).with_link(VALUE, "/srv/value_v2.onnx"),
    "another hash": GOOD.edit(meta(SUPERVISED), setting(hash="0" * 64)),
    "another tag": GOOD.edit(meta(SUPERVISED), setting(tag="supervised-v7")),
    "no tag any more": GOOD.edit(meta(SUPERVISED), setting(tag=None)),
    "another training": GOOD.edit(meta(SUPERVISED), setting(training="rl_selfplay")),
    "another parent": GOOD.edit(meta(RL), setting(parent=ALONE)),
    "its parent taken away": GOOD.edit(meta(RL), setting(parent=None)),
    "another round": GOOD.edit(meta(RL), setting(round=2)),
    "a round of another type": GOOD.edit(meta(RL), setting(round=True)),
    "another iteration": GOOD.edit(meta(RL), setting(iteration=7)),
    "a second policy that `files` does not list": GOOD.with_file(f"models/{ALONE}/policy_v3.onnx", b"more"),
    "another day": GOOD.edit(meta(SUPERVISED), setting(created="2026-02-11")),
    "another digest": in_files(lambda files: files["value_v2.onnx"].update(sha256="0" * 64)),
    "another size": in_files(lambda files: files["value_v2.onnx"].update(size=1)),
    "a digest taken away": in_files(lambda files: files.pop("value_v2.onnx")),
    "all digests taken away": GOOD.edit(meta(ALONE), setting(files=None)),
}


@pytest.mark.parametrize("after", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_a_registered_model_does_not_change(after: Tree) -> None:
    findings = judged(GOOD, after)
    assert [f.rule for f in findings if isinstance(f, Finding)] == ["models-are-immutable"]
    finding = findings[0]
    assert isinstance(finding, Finding)
    assert finding.path.startswith("models/")
    assert finding.found
    assert finding.remedy


def test_a_value_net_swapped_together_with_its_digest_is_two_findings() -> None:
    swapped = in_files(lambda files: files["value_v2.onnx"].update(sha256="0" * 64)).with_file(VALUE, b"other")
    assert slugs(GOOD, swapped) == ["models-are-immutable"] * 2


FREE: dict[str, Tree] = {
    "nothing": GOOD,
    "notes and metrics": GOOD.edit(meta(RL), setting(notes="strong as Austria", kl=0.2, best_loss=-1.5)),
    "params and a field of one's own": GOOD.edit(meta(RL), setting(params="2.1K", cluster="b")),
    "metrics taken away": GOOD.edit(meta(RL), setting(kl=None)),
    "a pointer to the same bytes": as_pointer(SUPERVISED, "value_v2.onnx", as_pointer(SUPERVISED, "policy_v2.onnx")),
    "a digest of a further file": in_files(lambda files: files.update({"x.onnx": {"sha256": "0" * 64, "size": 1}})),
    "other files of the repository": GOOD.with_file("README.md", b"hello").with_file(".pbm.toml", b""),
    "a stray file below models/": GOOD.with_file("models/notes.txt", b"hello"),
}


@pytest.mark.parametrize("after", FREE.values(), ids=FREE.keys())
def test_what_may_change_later_may_change_by_hand(after: Tree) -> None:
    assert judged(GOOD, after) == ()


UNLISTED = GOOD.edit(meta(ALONE), setting(files=None))

CORRECTED: dict[str, tuple[Tree, Tree]] = {
    "the day was none": (GOOD.edit(meta(RL), setting(created="2026-02-31")), GOOD),
    "the parent was not noted": (GOOD.edit(meta(RL), setting(parent=None)), GOOD),
    "the parent was null": (GOOD.edit(meta(RL), lambda document: document.update(parent=None)), GOOD),
    "the day was not noted": (GOOD.edit(meta(RL), setting(created=None)), GOOD),
    "the hash was not the policy's": (GOOD.edit(meta(RL), setting(hash="0" * 64)), GOOD),
    "the tag broke the grammar": (GOOD.edit(meta(RL), setting(tag="RL round 1")), GOOD),
    "the training was a word of their own": (GOOD.edit(meta(RL), setting(training="selfplay")), GOOD),
    "the parent was not an id": (GOOD.edit(meta(RL), setting(parent="the first")), GOOD),
    "the round was a text": (GOOD.edit(meta(RL), setting(round="1")), GOOD),
    "the value net was damaged": (GOOD.with_file(VALUE, b"damaged"), GOOD),
    "the policy was missing": (GOOD.with_file(POLICY, None), GOOD),
    "the metadata was unreadable": (GOOD.with_file(meta(RL), b"{"), GOOD),
    "the metadata was missing": (GOOD.with_file(meta(RL), None), GOOD),
    "a link lay inside": (GOOD.with_link(f"models/{RL}/{ALONE}", f"models/{ALONE}"), GOOD),
    "a file lay inside": (GOOD.with_file(f"models/{RL}/notes.txt", b"hello"), GOOD),
    "a second policy lay inside": (GOOD.with_file(f"models/{RL}/policy_v3.onnx", policy_bytes(2000, 9)), GOOD),
    "the parent stood in the registry alone": (GOOD.edit(meta(RL), setting(parent=None)), GOOD),
    "the round was not noted": (GOOD.edit(meta(RL), setting(round=None)), GOOD),
    "a digest was none": (in_files(lambda files: files.update({"value_v2.onnx": "none"})), GOOD),  # type: ignore[dict-item]
    "a second policy of a model whose files were not listed": (
        UNLISTED.with_file(f"models/{ALONE}/policy_v3.onnx", policy_bytes(2000, 9)),
        UNLISTED,
    ),
    "a damaged policy whose digest only `hash` states": (
        UNLISTED.with_file(f"models/{ALONE}/policy_v2.onnx", b"damaged"),
        UNLISTED,
    ),
    "a value net that no digest states became a pointer": (
        GOOD.edit(meta(SUPERVISED), setting(files=None)),
        as_pointer(SUPERVISED, "value_v2.onnx", GOOD.edit(meta(SUPERVISED), setting(files=None))),
    ),
    "the files were not listed": (GOOD.edit(meta(RL), setting(files=None)), GOOD),
    "the directory was wrongly named": (GOOD.moved(f"models/{ALONE}", "models/0badcafe"), GOOD),
    "the directory was not an id": (GOOD.moved(f"models/{ALONE}", "models/third"), GOOD),
}


@pytest.mark.parametrize(("before", "after"), CORRECTED.values(), ids=CORRECTED.keys())
def test_what_other_rules_ask_to_correct_can_be_corrected(before: Tree, after: Tree) -> None:
    assert slugs(before, after, "put supervised-v2 right") == []


def test_a_bad_file_mode_can_be_taken_back_and_not_be_given() -> None:
    plain, executable = GOOD.snapshot(), GOOD.snapshot(executables=frozenset({POLICY}))
    assert judge_change(Change(Registry(executable), Registry(plain), "chmod")) == ()
    findings = judge_change(Change(Registry(plain), Registry(executable), "chmod"))
    assert [f.found for f in findings if isinstance(f, Finding)] == ["made executable"]


@pytest.mark.parametrize(
    "message",
    [
        f"chore: remove supervised-v2 model ({ALONE})\n\nit never won",
        f"chore: remove supervised-v2 model ({ALONE}) (#12)\n",
        f"Clean up (#12)\n\n* chore: remove supervised-v2 model ({ALONE})\n",
    ],
)
def test_a_model_goes_by_a_commit_that_says_so(message: str) -> None:
    assert judged(GOOD, without(ALONE), message) == ()


@pytest.mark.parametrize(
    "message",
    [
        "clean up",
        f"remove supervised-v2 ({ALONE})",
        'Revert "feat: add supervised-v2 model"',
        f"chore: promote supervised-v2 model ({ALONE})",
    ],
)
def test_a_model_that_goes_without_a_word_is_found(message: str) -> None:
    assert "models-are-immutable" in slugs(GOOD, without(ALONE), message)


def test_a_removal_says_which_one() -> None:
    findings = judged(GOOD, without(ALONE), f"chore: remove supervised-v1 model ({SUPERVISED})")
    rules = [f.rule for f in findings if isinstance(f, Finding)]
    assert rules == ["models-are-immutable", "message-names-the-change"]
    assert isinstance(findings[0], Finding)
    assert f"chore: remove supervised-v2 model ({ALONE})" in findings[0].remedy


@pytest.mark.parametrize(
    "message",
    [
        f"feat: add supervised-v2 model ({ALONE})",
        f"feat: add supervised-v2 model ({ALONE}) (#12)",
        "register supervised-v2, the policy without a value net",
        "Supervised-v2.",
        f"new model\n\nit is {ALONE}",
        f"models/{ALONE}/policy_v2.onnx",
    ],
)
def test_a_commit_that_names_its_model_is_fine(message: str) -> None:
    assert judged(without(ALONE), GOOD, message) == ()


@pytest.mark.parametrize("message", ["more models", "supervised-v20", "supervised-v2.1", "unsupervised-v2", ""])
def test_a_commit_that_adds_without_a_name_is_found(message: str) -> None:
    assert slugs(without(ALONE), GOOD, message) == ["message-names-the-change"]


def test_each_of_several_added_models_is_named() -> None:
    before = without(ALONE, without(SUPERVISED))
    assert slugs(before, GOOD, "supervised-v1 and supervised-v2") == []
    assert slugs(before, GOOD, f"two models (#12)\n\n* supervised-v1\n* {ALONE}") == []
    findings = judged(before, GOOD, "supervised-v1 and another one")
    assert [f.path for f in findings if isinstance(f, Finding)] == [f"models/{ALONE}"]


@pytest.mark.parametrize(
    ("message", "rules"),
    [
        (f"chore: promote supervised-v2 model ({ALONE})", []),
        (f"chore: roll back to supervised-v2 model ({ALONE})", []),
        ("play supervised-v2 from now on", []),
        ("another one", ["message-names-the-change"]),
        (f"chore: promote rl-r1-i1 model ({RL})", ["message-names-the-change"]),
        (f"chore: promote rl-r1-i1 model ({ALONE})", ["message-names-the-change"]),
        (f"feat: add supervised-v2 model ({ALONE})", ["message-names-the-change"]),
        (f"docs: annotate supervised-v2 model ({ALONE})", ["message-names-the-change"]),
    ],
)
def test_a_promotion_is_named_truly(message: str, rules: list[str]) -> None:
    assert slugs(GOOD, promoting(ALONE), message) == rules


REVERTED = {
    "an add": (GOOD, without(ALONE), f'Revert "feat: add supervised-v2 model ({ALONE})"', []),
    "an add, by a host": (GOOD, without(ALONE), f'Revert "feat: add supervised-v2 model ({ALONE}) (#1)" (#2)', []),
    "an add that promoted": (
        GOOD,
        promoting(SUPERVISED, without(RL)),
        f'Revert "feat: add rl-r1-i1 model ({RL})"\n\nThis reverts commit 0123.',
        [],
    ),
    "the add of another": (
        GOOD,
        without(ALONE),
        f'Revert "feat: add supervised-v1 model ({SUPERVISED})"',
        ["models-are-immutable", "message-names-the-change"],
    ),
    "an add with another promotion": (
        GOOD,
        promoting(SUPERVISED, without(ALONE)),
        f'Revert "feat: add supervised-v2 model ({ALONE})"',
        ["message-names-the-change"],
    ),
    "a removal": (without(ALONE), GOOD, f'Revert "chore: remove supervised-v2 model ({ALONE})"', []),
    "a reapplied removal": (GOOD, without(ALONE), f'Reapply "chore: remove supervised-v2 model ({ALONE})"', []),
    "a promotion": (promoting(ALONE), GOOD, f'Revert "chore: promote supervised-v2 model ({ALONE})"', []),
    "a roll-back": (promoting(ALONE), GOOD, f'Revert "chore: roll back to supervised-v2 model ({ALONE})"', []),
    "a reapplied promotion": (GOOD, promoting(ALONE), f'Reapply "chore: promote supervised-v2 model ({ALONE})"', []),
    "a promotion of another": (
        promoting(ALONE),
        GOOD,
        f'Revert "chore: promote supervised-v1 model ({SUPERVISED})"',
        ["message-names-the-change"],
    ),
    "a promotion that only adds": (
        without(ALONE),
        GOOD,
        f'Revert "chore: promote rl-r1-i1 model ({RL})"',
        ["message-names-the-change"],
    ),
}


@pytest.mark.parametrize(("before", "after", "message", "rules"), REVERTED.values(), ids=REVERTED.keys())
def test_a_revert_names_what_results(before: Tree, after: Tree, message: str, rules: list[str]) -> None:
    assert slugs(before, after, message) == rules


def test_a_link_that_is_turned_to_what_the_registry_says_needs_no_name() -> None:
    assert judged(GOOD.with_link("current", f"models/{ALONE}"), GOOD, "chore: repair the registry") == ()


def test_an_annotation_in_our_words_names_the_model_that_it_changes() -> None:
    after = GOOD.edit(meta(RL), setting(notes="strong"))
    assert judged(GOOD, after, f"docs: annotate rl-r1-i1 model ({RL})") == ()
    assert slugs(GOOD, after, f"docs: annotate supervised-v2 model ({ALONE})") == ["message-names-the-change"]


def test_a_commit_that_touches_no_model_may_say_anything() -> None:
    assert judged(GOOD, GOOD.with_file("README.md", b"x"), f"feat: add supervised-v2 model ({ALONE})") == ()


def test_the_first_commit_of_a_registry_may_say_anything() -> None:
    assert judged(EMPTY, GOOD, "import") == ()
    assert judged(EMPTY.with_file("README.md", b"x"), GOOD, "chore: set up git pbm") == ()
    by_hand = Tree({path: data for path, data in GOOD.files.items() if path != "registry.json"}, GOOD.links)
    assert judged(by_hand, GOOD, "chore: set up git pbm") == ()


def test_content_that_is_not_here_is_unverified_and_never_ok() -> None:
    lost = GOOD.with_file(VALUE, None).snapshot(missing=frozenset({VALUE}))
    outcomes = judge_change(Change(Registry(lost), Registry(GOOD.edit(meta(RL), setting(files=None)).snapshot()), "x"))
    assert Unverified(VALUE, f"object of {VALUE}") not in outcomes, "metadata states what the value net always was"
    unknown = GOOD.edit(meta(SUPERVISED), setting(files=None))
    lost = unknown.with_file(VALUE, None).snapshot(missing=frozenset({VALUE}))
    outcomes = judge_change(Change(Registry(lost), Registry(unknown.snapshot()), "x"))
    assert outcomes == (Unverified(VALUE, f"object of {VALUE}"),)


def test_metadata_that_is_not_here_is_unverified_and_states_nothing() -> None:
    lost = GOOD.with_file(meta(RL), None).snapshot(missing=frozenset({meta(RL)}))
    outcomes = judge_change(Change(Registry(lost), Registry(GOOD.snapshot()), "x"), IMMUTABILITY)
    assert outcomes == (Unverified(meta(RL), f"object of {meta(RL)}"),)


def test_a_value_net_of_a_model_without_metadata_is_kept() -> None:
    bare = GOOD.with_file(meta(SUPERVISED), None)
    assert "models-are-immutable" in slugs(bare, bare.with_file(VALUE, b"other"))
    assert "models-are-immutable" in slugs(bare, bare.with_file(VALUE, None))


def test_a_name_that_cannot_be_looked_up_is_unverified() -> None:
    before, after = Registry(without(ALONE).snapshot()), GOOD.with_file(meta(ALONE), None)
    lost = Registry(after.snapshot(missing=frozenset({meta(ALONE)})))
    assert judge_change(Change(before, lost, "supervised-v2")) == (Unverified(meta(ALONE), f"object of {meta(ALONE)}"),)
    assert judge_change(Change(before, lost, ALONE)) == ()
    unlisted = GOOD.with_file("registry.json", None).snapshot(missing=frozenset({"registry.json"}))
    assert judge_change(Change(before, Registry(unlisted), "more")) == (
        Unverified("registry.json", "object of registry.json"),
    )


def test_a_merge_is_free_in_its_message_and_held_to_the_rest() -> None:
    change = Change(Registry(GOOD.snapshot()), Registry(promoting(ALONE).snapshot()), "Merge branch 'x'")
    assert judge_change(change, IMMUTABILITY) == ()


def test_every_change_rule_explains_why_it_exists_and_how_to_fix_it() -> None:
    assert [rule.slug for rule in CHANGE_RULES] == [
        "models-are-immutable",
        "message-names-the-change",
        "evals-are-append-only",
        "evals-name-known-models",
        "gate-is-met",
    ]
    for rule in CHANGE_RULES:
        assert "To fix it:" in rule.explanation
        assert len(rule.explanation) > 150


def test_change_rules_open_nothing_and_start_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    before, after = GOOD.snapshot(), FORBIDDEN["another tag"].snapshot()
    for snapshot in (before, after):
        for path in snapshot.files:
            snapshot.facts(path)

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("a rule reached for the outside")

    for owner, name in ((builtins, "open"), (os, "open"), (os, "listdir"), (subprocess, "Popen")):
        monkeypatch.setattr(owner, name, forbidden)
    assert len(judge_change(Change(Registry(before), Registry(after), "x"))) == 1


@pytest.mark.parametrize(
    ("draft", "comment", "text"),
    [
        ("feat: x\n\n# Please enter\n# the message\n", "#", "feat: x\n"),
        ("feat: x\n# ------------------------ >8 ------------------------\ndiff --git a b\n", "#", "feat: x\n"),
        ("# feat\n; Please enter\n", ";", "# feat\n"),
        ("feat: x\n\n% Please enter\n% the message\n", "auto", "feat: x\n"),
        ("\n\nfeat: x  \n\n\n\nbody\n\n", "#", "feat: x\n\nbody\n"),
        ("# only a comment\n", "#", ""),
    ],
)
def test_a_draft_is_cleaned_as_git_does_it(draft: str, comment: str, text: str) -> None:
    assert cleaned(draft, comment) == text


def test_a_message_that_nobody_edited_may_begin_with_a_hash() -> None:
    assert cleaned("#12 is done\n", comments=False) == "#12 is done\n"


def test_a_merge_may_give_a_new_tag_to_a_model_that_shared_one() -> None:
    after = GOOD.edit(meta(RL), setting(tag="rl-r2-i5", round=2, iteration=5))
    change = Change(Registry(GOOD.snapshot()), Registry(after.snapshot()), "merge", "HEAD", frozenset({RL}))
    assert judge_change(change, IMMUTABILITY) == ()
    assert len(judged(GOOD, after)) >= 3
    odd = GOOD.edit(meta(RL), setting(tag="rl-r2-i5", round=7, iteration=5))
    change = Change(Registry(GOOD.snapshot()), Registry(odd.snapshot()), "merge", "HEAD", frozenset({RL}))
    (found,) = judge_change(change, IMMUTABILITY)
    assert isinstance(found, Finding)
    assert found.found == "round: 7"


def test_the_remedy_names_the_commit_and_what_was_added() -> None:
    after = GOOD.with_file(f"models/{RL}/value_v3.onnx", value_bytes(2000, 9))
    (found,) = judge_change(Change(Registry(GOOD.snapshot()), Registry(after.snapshot()), "x"), IMMUTABILITY)
    assert isinstance(found, Finding)
    assert found.remedy.startswith(f"undo it: git rm -qf models/{RL}/value_v3.onnx; ")
    (found,) = judge_change(Change(Registry(GOOD.snapshot()), Registry(after.snapshot()), "x", "abc"), IMMUTABILITY)
    assert isinstance(found, Finding)
    assert found.remedy.startswith("undo it: git rebase -i abc, and in that commit: git rm ")
