"""A repository that was kept by hand, adopted in memory: what can be derived is, and what stays wrong is allowed."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from git_pbm.core.documents.allowances import Allowance, parse
from git_pbm.core.documents.strict_json import JsonValue, text_of
from git_pbm.core.names import Role
from git_pbm.core.plans.plan import Delete, Edit, SetLink, WriteText
from git_pbm.core.plans.setup.accepted_findings import with_allowances
from git_pbm.core.plans.setup.adopt import Adopted, Adoption, adopt
from git_pbm.core.plans.setup.moved_in import MovedIn, Network
from git_pbm.core.registry.facts import Facts, gather
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import RefusedError, UnverifiedError
from tests.support.networks import policy_bytes
from tests.support.registries import Tree, good_tree

TREE = good_tree()
FIRST, SECOND, THIRD = TREE.ids
TODAY = "2026-03-01"
POLICY = gather(Role.NETWORK, [policy_bytes(2000, 4)])
NEW = POLICY.sha256[:8]
FOLDER = MovedIn("current", "rl-r2-i1", 2, Network(POLICY, "", "0-policy"), None, {}, "2026-02-20", ("current/p.onnx",))
NO_CURRENT = ("no model is current: git pbm promote MODEL",)


def adopted(tree: Tree, *moved: MovedIn, born: str | None = None, contents: Facts | None = None) -> Adopted:
    known = {} if contents is None else {contents.sha256: contents}
    # A snapshot in memory has no blob ids: each is empty.
    adoption = Adoption({} if born is None else {"": born}, moved, TODAY, known)
    return adopt(Registry(tree.snapshot()), adoption)


def document(**fields: JsonValue) -> bytes:
    return text_of(fields).encode()


def with_metadata(model_id: str, content: bytes | None) -> Tree:
    return TREE.with_file(f"models/{model_id}/metadata.json", content)


def with_current(value: JsonValue, link: str | None) -> Tree:
    return TREE.edit("registry.json", lambda registry: registry.update(current=value)).with_link("current", link)


def test_a_registry_without_flaws_is_left_alone() -> None:
    assert adopted(TREE) == Adopted()


def test_an_empty_repository_gets_an_empty_registry_and_no_warning() -> None:
    assert adopted(Tree({})) == Adopted(
        edits=(WriteText("registry.json", b'{\n  "current": null,\n  "models": {}\n}\n'),),
    )


# -- metadata


def test_missing_metadata_is_made_from_what_is_known() -> None:
    policy = TREE.files[f"models/{THIRD}/policy_v2.onnx"]
    found = adopted(with_metadata(THIRD, None))
    text = (
        f'{{\n  "hash": "{gather(Role.NETWORK, [policy]).sha256}",\n  "created": "2026-02-03",\n'
        '  "training": "supervised",\n  "tag": "supervised-v2",\n  "params": "2.0K",\n  "files": {\n'
        f'    "policy_v2.onnx": {{\n      "sha256": "{gather(Role.NETWORK, [policy]).sha256}",\n'
        f'      "size": {len(policy)}\n    }}\n  }}\n}}\n'
    )
    assert found.edits == (WriteText(f"models/{THIRD}/metadata.json", text.encode()),)
    assert found.report == (
        f"- supervised-v2 ({THIRD}): hash from the policy's bytes, tag supervised-v2 from registry.json, "
        "training supervised from the tag, created 2026-02-03 from registry.json, params 2.0K from the policy's graph, "
        "files from the files' bytes",
    )
    assert found.last == ()


def test_a_model_that_nothing_names_is_called_by_its_id_and_dated_by_its_commit() -> None:
    bare = with_metadata(THIRD, None).with_file("registry.json", None)
    found = adopted(bare, born="2026-01-03")
    assert found.report == (
        f"- {THIRD}: hash from the policy's bytes, created 2026-01-03 from the commit that brought the policy, "
        "params 2.0K from the policy's graph, files from the files' bytes",
    )


def test_well_formed_fields_stay_and_only_the_form_of_the_text_changes() -> None:
    path = f"models/{THIRD}/metadata.json"
    squeezed = json.dumps(json.loads(TREE.files[path])).encode()
    found = adopted(TREE.with_file(path, squeezed))
    assert found.edits == (WriteText(path, TREE.files[path]),)
    assert found.report == (f"- supervised-v2 ({THIRD}): written in canonical form",)


def test_malformed_parameters_are_counted_anew() -> None:
    path = f"models/{THIRD}/metadata.json"
    found = adopted(TREE.edit(path, lambda metadata: metadata.update(params="unknown")))
    assert found.edits == (WriteText(path, TREE.files[path]),)
    assert found.report == (f"- supervised-v2 ({THIRD}): params 2.0K from the policy's graph",)


def test_metadata_that_cannot_be_read_are_left_and_their_entry_with_them() -> None:
    assert adopted(with_metadata(THIRD, b"{")) == Adopted()


def test_a_pointer_is_read_where_the_local_store_has_what_it_stands_for() -> None:
    path = f"models/{THIRD}/policy_v2.onnx"
    content = gather(Role.NETWORK, [TREE.files[path]])
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{content.sha256}\nsize {content.size}\n"
    tree = with_metadata(THIRD, None).with_file(path, pointer.encode())
    assert "params 2.0K from the policy's graph" in adopted(tree, contents=content).report[0]
    assert "params" not in adopted(tree).report[0]


def test_a_clone_that_lacks_a_file_of_a_model_says_nothing_about_it() -> None:
    path = f"models/{THIRD}/policy_v2.onnx"
    partial = TREE.with_file(path, None).snapshot(missing=frozenset((path,)))
    with pytest.raises(UnverifiedError) as refusal:
        adopt(Registry(partial), Adoption({}, (), TODAY, {}))
    assert refusal.value.message == (
        f"this clone lacks 1 of the models' files ({path}), so nothing can be said about them"
    )
    assert refusal.value.hint == "git pbm check --rev HEAD --fetch"


# -- registry.json


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"{", "not JSON: Expecting property name enclosed in double quotes"),
        (b"[]", "not a JSON object"),
    ],
)
def test_a_registry_that_cannot_be_read_is_made_anew(content: bytes, problem: str) -> None:
    found = adopted(TREE.with_file("registry.json", content))
    (edit,) = found.edits
    assert edit.path == "registry.json"
    assert edit == WriteText("registry.json", TREE.files["registry.json"])
    assert len(found.report) == 1
    assert found.report[0].startswith("- registry.json: made anew from the models, it could not be read (")
    assert problem in found.report[0]


def test_entries_without_a_model_go_and_are_named() -> None:
    stale = TREE.moved(f"models/{THIRD}", "models/0000000a")
    found = adopted(stale)
    assert found.report == (f"- registry.json: no longer lists {THIRD}, which does not exist",)
    (edit,) = found.edits
    assert isinstance(edit, WriteText)
    assert list(json.loads(edit.content)["models"]) == sorted((FIRST, SECOND))


# -- folders that come in


def test_a_folder_comes_in_and_goes_where_it_was() -> None:
    tree = TREE.with_link("current", None).edit("registry.json", lambda registry: registry.update(current=None))
    found = adopted(tree, FOLDER)
    assert [edit.path for edit in found.edits] == [
        f"models/{NEW}/policy_v2.onnx",
        f"models/{NEW}/metadata.json",
        "registry.json",
    ]
    assert found.last == (Delete("current/p.onnx"), SetLink("current", f"models/{NEW}"))
    assert found.report == (
        f"- current: moved in as rl-r2-i1 ({NEW}): tag rl-r2-i1 from --move-in, hash from the policy's bytes, "
        "training rl_selfplay from the tag, created 2026-02-20 from the commit that brought the policy, "
        "params 2.0K from the policy's graph, round 2 from the tag, iteration 1 from the tag, "
        "files from the files' bytes",
    )
    assert found.warnings == ()


def test_a_copy_of_a_model_goes_and_adds_none() -> None:
    same = gather(Role.NETWORK, [policy_bytes(2000, 3)])
    found = adopted(TREE, replace(FOLDER, folder="old", tag=None, policy=Network(same, "", "0-policy")))
    assert (found.edits, found.last) == ((), (Delete("current/p.onnx"),))
    assert found.report == (f"- old: the same bytes as {THIRD}; one copy is kept",)


def test_a_copy_of_a_model_is_not_given_another_tag() -> None:
    same = gather(Role.NETWORK, [policy_bytes(2000, 3)])
    with pytest.raises(RefusedError, match=f"these bytes are model {THIRD} already, under the tag supervised-v2"):
        adopted(TREE, replace(FOLDER, policy=Network(same, "", "0-policy")))


def test_a_model_that_nothing_names_gets_the_tag_of_a_folder_of_its_bytes() -> None:
    same = gather(Role.NETWORK, [policy_bytes(2000, 3)])
    bare = with_metadata(THIRD, None).with_file("registry.json", None)
    found = adopted(bare, replace(FOLDER, tag="supervised-v7", policy=Network(same, "", "0-policy")), born="2026-01-03")
    assert "tag supervised-v7 from a folder of the same bytes, training supervised from the tag" in found.report[0]
    assert found.report[1] == f"- current: the same bytes as {THIRD}; one copy is kept"


def test_a_tag_of_a_model_is_not_given_to_a_folder() -> None:
    with pytest.raises(RefusedError, match="tag supervised-v1 is the name of another model"):
        adopted(TREE, replace(FOLDER, tag="supervised-v1"))


# -- current


@pytest.mark.parametrize(
    ("said", "link", "current"),
    [
        (THIRD, f"models/{FIRST}", THIRD),
        (f"models/{THIRD}/", None, THIRD),
        (THIRD + "0" * 56, None, THIRD),
        ("supervised-v2", None, THIRD),
        ("0000000a", f"./models/{FIRST}", FIRST),
        (None, f"/home/us/models/{FIRST}/", FIRST),
        (5, f"models/{FIRST}", FIRST),
        ("runs/best", None, NEW),
        (None, "/home/us/runs/best", NEW),
        (None, "/home/us/other/best", None),
        ("", None, None),
        (None, None, None),
    ],
)
def test_current_is_what_the_registry_says_then_the_link(
    said: JsonValue, link: str | None, current: str | None
) -> None:
    found = adopted(with_current(said, link), replace(FOLDER, folder="runs/best"))
    (written,) = [edit for edit in found.edits if isinstance(edit, WriteText) and edit.path == "registry.json"]
    assert json.loads(written.content)["current"] == current
    assert found.warnings == (NO_CURRENT if current is None else ())


def test_a_tag_that_two_models_have_names_none() -> None:
    path = f"models/{THIRD}/metadata.json"
    twice = with_current("supervised-v1", None).edit(path, lambda metadata: metadata.update(tag="supervised-v1"))
    assert adopted(twice).warnings == NO_CURRENT


@pytest.mark.parametrize(
    ("tree", "led_to"),
    [
        (TREE.with_link("current", "models/0000000a"), "models/0000000a"),
        (TREE.with_link("current", None).with_file("current", b"?"), "nothing"),
    ],
)
def test_a_current_that_names_no_model_is_taken_away(tree: Tree, led_to: str) -> None:
    lost = tree.edit("registry.json", lambda registry: registry.update(current=None))
    found = adopted(lost)
    assert found.report == (f"- current: taken away, it led to {led_to}, which is not a model",)
    assert found.last == (Delete("current"),)
    assert found.warnings == NO_CURRENT


# -- what stays wrong


STRAY = TREE.with_file(f"models/{FIRST}/notes.txt", b"mine")
EDIT = WriteText("AGENTS.md", b"")


def allowed(tree: Tree, *edits: Edit) -> tuple[tuple[Edit, ...], tuple[Allowance, ...]]:
    return with_allowances(Registry(tree.snapshot()), edits, TODAY)


def test_where_nothing_is_wrong_nothing_is_allowed() -> None:
    assert allowed(TREE, EDIT) == ((EDIT,), ())


def test_each_error_that_is_left_is_allowed_as_it_was_found() -> None:
    (first, second), (fresh,) = allowed(STRAY, EDIT)
    assert second == EDIT
    text = (
        f'[[allow]]\nrule = "{fresh.rule}"\npath = "{fresh.path}"\nfound = "{fresh.found}"\n'
        'reason = "there when the repository was adopted, 2026-03-01"\n'
    )
    assert first == WriteText(".pbm.toml", text.encode())
    assert fresh.path.startswith(f"models/{FIRST}")
    assert allowed(STRAY.with_file(".pbm.toml", text.encode())) == ((), ())


def test_allowances_of_what_is_gone_go() -> None:
    (edit, *_), fresh = allowed(STRAY)
    assert isinstance(edit, WriteText)
    kept = "# Ours\n"
    settled = TREE.with_file(".pbm.toml", kept.encode() + edit.content)
    assert allowed(settled) == ((WriteText(".pbm.toml", kept.encode()),), ())
    other = settled.with_file(f"models/{SECOND}/notes.txt", b"mine")
    (changed, *_), added = allowed(other)
    assert isinstance(changed, WriteText)
    assert parse(changed.content.decode()) == added
    assert fresh != added


def test_allowances_that_cannot_be_read_are_left_to_a_person() -> None:
    with pytest.raises(RefusedError, match=r"\.pbm\.toml: unknown key x") as refusal:
        allowed(TREE.with_file(".pbm.toml", b"x = 1\n"))
    assert refusal.value.hint == "correct it and commit: git commit -- .pbm.toml"


def test_what_is_accepted_is_said_after_what_was_done() -> None:
    said = Adopted(report=("- done",)).saying((Allowance("stray-file", "models/x", "y", "why"),))
    assert said.report == ("- done", "- accepted: models/x: stray-file")
