"""Folders of networks that become models, in memory: named by their bytes, refused where nothing tells their name."""

from __future__ import annotations

from dataclasses import replace

import pytest

from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.names import Role
from git_pbm.core.plans.plan import Delete, PutNetwork, WriteText
from git_pbm.core.plans.setup.import_folders import ImportedFolder, import_folders
from git_pbm.core.plans.setup.moved_in import MovedIn, Network
from git_pbm.core.registry.facts import Facts, gather
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import RefusedError
from tests.support.networks import policy_bytes, value_bytes
from tests.support.registries import Tree, good_tree

TREE = good_tree()
FIRST, SECOND, THIRD = TREE.ids


def network(data: bytes, name: str) -> Network:
    return Network(gather(Role.NETWORK, [data]), f"blob of {name}", name)


POLICY, VALUE = network(policy_bytes(2000, 4), "0-policy"), network(value_bytes(2000, 4), "0-value")
MODEL_ID = POLICY.facts.sha256[:8]
FOLDER = MovedIn("runs/best", "rl-r2-i1", 2, POLICY, VALUE, {}, "2026-02-20", ("runs/best/p.onnx", "runs/best/v.onnx"))
HINT = "say it: git pbm init --adopt --move-in runs/best=rl-r<round>-i<iteration> (or =supervised-v<N>)"


def moved(*folders: MovedIn, tree: Tree = TREE) -> tuple[ImportedFolder, ...]:
    registry = Registry(tree.snapshot())
    return import_folders(registry, folders, {name: one.metadata for name, one in registry.models.items()}, {})


def refusal(*folders: MovedIn, tree: Tree = TREE) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        moved(*folders, tree=tree)
    return caught.value


def test_a_folder_becomes_a_model_and_its_files_go() -> None:
    (one,) = moved(FOLDER)
    policy, value = POLICY.facts, VALUE.facts
    metadata = (
        f'{{\n  "hash": "{policy.sha256}",\n  "created": "2026-02-20",\n  "training": "rl_selfplay",\n'
        '  "tag": "rl-r2-i1",\n  "params": "2.0K",\n  "round": 2,\n  "iteration": 1,\n  "files": {\n'
        f'    "policy_v2.onnx": {{\n      "sha256": "{policy.sha256}",\n      "size": {policy.size}\n    }},\n'
        f'    "value_v2.onnx": {{\n      "sha256": "{value.sha256}",\n      "size": {value.size}\n    }}\n'
        "  }\n}\n"
    )
    assert one.edits == (
        PutNetwork(f"models/{MODEL_ID}/policy_v2.onnx", POLICY.facts, "blob of 0-policy", "0-policy"),
        PutNetwork(f"models/{MODEL_ID}/value_v2.onnx", VALUE.facts, "blob of 0-value", "0-value"),
        WriteText(f"models/{MODEL_ID}/metadata.json", metadata.encode()),
    )
    assert one.gone == (Delete("runs/best/p.onnx"), Delete("runs/best/v.onnx"))
    assert one.line.startswith(f"- runs/best: moved in as rl-r2-i1 ({MODEL_ID}): tag rl-r2-i1 from --move-in, hash")
    assert (one.folder, one.model_id) == ("runs/best", MODEL_ID)
    assert one.metadata is not None
    assert one.metadata.text() == metadata


def test_a_network_that_was_taken_in_under_its_own_name_is_found_there() -> None:
    assert PutNetwork("models/0000000a/policy_v2.onnx", POLICY.facts).source == "policy_v2.onnx"
    assert PutNetwork("models/0000000a/policy_v2.onnx", POLICY.facts, "", "0-policy").source == "0-policy"


def test_a_folder_may_have_no_value_net_and_another_version() -> None:
    (one,) = moved(replace(FOLDER, value=None, version=3))
    assert [edit.path for edit in one.edits] == [
        f"models/{MODEL_ID}/policy_v3.onnx",
        f"models/{MODEL_ID}/metadata.json",
    ]


def test_what_somebody_noted_stays_and_what_the_bytes_say_is_written_anew() -> None:
    noted: dict[str, JsonValue] = {
        "hash": "cd" * 32,
        "params": "1.00M",
        "files": {"old.onnx": {}},
        "notes": "good",
        "lab": "west",
        "training": "supervised",
        "round": 9,
    }
    (one,) = moved(replace(FOLDER, document=noted))
    assert one.metadata is not None
    assert (one.metadata.hash, one.metadata.params) == (POLICY.facts.sha256, "2.0K")
    assert (one.metadata.training, one.metadata.round) == ("rl_selfplay", 2)
    assert (one.metadata.notes, one.metadata.extra) == ("good", {"lab": "west"})


@pytest.mark.parametrize(
    ("changes", "tag", "source"),
    [
        ({"tag": "supervised-v7", "document": {"tag": "supervised-v8"}}, "supervised-v7", "--move-in"),
        ({"tag": None, "document": {"tag": "supervised-v8"}}, "supervised-v8", "its metadata.json"),
        ({"tag": None, "folder": "runs/rl-r3-i1"}, "rl-r3-i1", "the folder's name"),
        ({"tag": None, "folder": "supervised"}, "supervised-v2", "the folder's name"),
        ({"tag": "mine", "document": {"training": "supervised"}}, "mine", "--move-in"),
    ],
    ids=["a person", "its metadata", "the folder's name", "a folder `supervised`", "without a convention"],
)
def test_the_tag_is_what_is_said_nearest(changes: dict[str, object], tag: str, source: str) -> None:
    (one,) = moved(replace(FOLDER, **changes), tree=Tree({}))  # type: ignore[arg-type]
    assert one.metadata is not None
    assert one.metadata.tag == tag
    assert f": tag {tag} from {source}, " in one.line


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"tag": None}, "runs/best: holds a model that is not registered, and nothing tells its tag"),
        ({"tag": None, "document": {"tag": 5}}, "holds a model that is not registered, and nothing tells its tag"),
        ({"tag": "No tag"}, "runs/best: its tag 'No tag' cannot be one: a tag is 1 to 64"),
        ({"tag": None, "document": {"tag": "No tag"}}, "runs/best: its tag 'No tag' cannot be one: a tag is 1 to 64"),
        ({"tag": "supervised-v1"}, "runs/best: tag supervised-v1 is the name of another model"),
        ({"tag": "mine"}, "runs/best: the tag mine does not tell how the model was trained"),
    ],
)
def test_a_folder_without_a_usable_tag_is_refused(changes: dict[str, object], message: str) -> None:
    refused = refusal(replace(FOLDER, **changes))  # type: ignore[arg-type]
    assert message in refused.message
    assert refused.hint == HINT


def test_a_hint_quotes_a_folder_for_the_shell() -> None:
    assert "--move-in 'my runs'=" in refusal(replace(FOLDER, folder="my runs", tag=None)).hint


def test_two_folders_do_not_get_one_tag() -> None:
    other = replace(FOLDER, policy=network(policy_bytes(2000, 5), "1-policy"), folder="runs/next")
    assert refusal(FOLDER, other).message == "runs/next: tag rl-r2-i1 is the name of another model"


def test_a_policy_that_cannot_be_read_is_refused() -> None:
    pointer = Network(Facts("ab" * 32, 100, is_pointer=True), "", "0-policy")
    refused = refusal(replace(FOLDER, policy=pointer))
    assert refused.message == "runs/best: its policy cannot be read"
    assert refused.hint == "export it again"


# -- the same policy twice


SAME = replace(
    FOLDER, policy=network(policy_bytes(2000, 2), "0-policy"), value=network(value_bytes(2000, 2), "0-value"), tag=None
)


@pytest.mark.parametrize("value", [SAME.value, None], ids=["both networks", "the policy alone"])
def test_a_copy_of_a_registered_model_goes(value: Network | None) -> None:
    (one,) = moved(replace(SAME, value=value))
    words = f"- runs/best: the same bytes as {SECOND}; one copy is kept"
    assert one == ImportedFolder("runs/best", SECOND, None, (), one.gone, words)
    assert one.gone == (Delete("runs/best/p.onnx"), Delete("runs/best/v.onnx"))


def test_a_copy_of_a_folder_that_was_moved_in_goes() -> None:
    first, second = moved(FOLDER, replace(FOLDER, folder="copy", tag=None))
    assert (first.model_id, second.model_id, second.edits) == (MODEL_ID, MODEL_ID, ())
    first, second = moved(replace(FOLDER, value=None), replace(FOLDER, folder="copy", tag=None, value=None))
    assert second.metadata is None


def test_another_value_net_for_the_same_policy_is_refused() -> None:
    refused = refusal(replace(SAME, value=VALUE))
    assert refused.message == (
        f"runs/best: model {SECOND} has this policy and another value net; a model never changes"
    )
    assert refused.hint == "take the value net out first: git mv runs/best/<value net> elsewhere"
    policy_only = replace(SAME, policy=network(policy_bytes(2000, 3), "0-policy"))
    assert f"model {THIRD} has this policy and no value net" in refusal(policy_only).message


def test_bytes_that_only_share_an_id_are_refused() -> None:
    forged = Network(replace(SAME.policy.facts, sha256=SECOND + "0" * 56), "", "0-policy")
    refused = refusal(replace(SAME, policy=forged))
    assert refused.message == (f"runs/best: its hash begins like that of model {SECOND}, and the bytes are others")
    assert refused.hint == "one of the two may be forged: find out where each comes from"


def test_a_model_without_a_policy_is_not_known_by_its_bytes() -> None:
    tree = TREE.with_file(f"models/{SECOND}/policy_v2.onnx", None)
    (one,) = moved(replace(SAME, tag="rl-r4-i1"), tree=tree)
    assert one.metadata is not None


# -- the same policy under two names


COPY = replace(FOLDER, folder="copy", tag=None)


@pytest.mark.parametrize(
    "copy",
    [
        replace(COPY, tag="rl-r3-i1"),
        replace(COPY, document={"tag": "rl-r3-i1"}),
        replace(COPY, folder="runs/rl-r3-i1"),
    ],
    ids=["a person", "its metadata", "the folder's name"],
)
def test_the_same_bytes_with_two_tags_are_refused(copy: MovedIn) -> None:
    option = f"--move-in {copy.folder}"
    refused = refusal(FOLDER, copy)
    assert refused.message == (
        f"{copy.folder}: its tag is rl-r3-i1, and the same bytes in runs/best have the tag rl-r2-i1; "
        "a model has one tag"
    )
    assert refused.hint == (f"give both the same: git pbm init --adopt --move-in runs/best=rl-r2-i1 {option}=rl-r2-i1")
    first, second = moved(FOLDER, replace(copy, tag="rl-r2-i1"))
    assert first.metadata is not None
    assert (first.metadata.tag, second.metadata) == ("rl-r2-i1", None)
    registered = replace(copy, policy=SAME.policy, value=SAME.value)
    refused = refusal(registered)
    assert refused.message == (
        f"{copy.folder}: its tag is rl-r3-i1, and these bytes are model {SECOND} already, under the tag rl-r1-i1"
    )
    assert refused.hint == f"keep that tag: git pbm init --adopt {option}=rl-r1-i1"
    (one,) = moved(replace(registered, tag="rl-r1-i1"))
    assert one.metadata is None


@pytest.mark.parametrize("folders", [(FOLDER, COPY), (COPY, FOLDER)], ids=["the first", "the second"])
@pytest.mark.parametrize("value", [FOLDER.value, None], ids=["with a value net", "the policy alone"])
def test_the_same_bytes_named_once_are_one_model(folders: tuple[MovedIn, ...], value: Network | None) -> None:
    folders = tuple(replace(one, value=value) if one.tag else one for one in folders)
    found = moved(*folders)
    (metadata,) = [one.metadata for one in found if one.metadata is not None]
    assert metadata.tag == "rl-r2-i1"
    assert metadata.files is not None
    named, other = sorted(found, key=lambda one: one.metadata is None)
    assert ("a folder of the same bytes" in named.line) == (named.folder == "copy")
    assert other.line.endswith("one copy is kept")
    assert sorted(metadata.files) == ["policy_v2.onnx", "value_v2.onnx"]
    assert {one.model_id for one in found} == {MODEL_ID}


def test_what_only_the_other_copy_says_is_named() -> None:
    said: dict[str, JsonValue] = {"tag": "rl-r2-i1", "notes": "strong", "kl": 0.5, "lab": None, "params": "1.00M"}
    kept: dict[str, JsonValue] = {"tag": "rl-r2-i1", "kl": 0.25, "hash": "?"}
    found = moved(replace(FOLDER, document=kept), replace(COPY, document=said))
    assert found[1].line == (
        f"- copy: the same bytes as {MODEL_ID}; one copy is kept, without what the other says of notes, kl"
    )


def test_a_malformed_tag_of_a_copy_is_refused() -> None:
    assert "its tag 'No tag' cannot be one" in refusal(FOLDER, replace(COPY, tag="No tag")).message
    assert "its tag 'No tag' cannot be one" in refusal(replace(SAME, tag="No tag")).message


def test_a_copy_of_a_model_without_a_tag_may_have_any() -> None:
    tree = TREE.edit(f"models/{SECOND}/metadata.json", lambda document: document.__delitem__("tag"))
    (one,) = moved(replace(SAME, tag="rl-r9-i9"), tree=tree)
    assert (one.model_id, one.metadata) == (SECOND, None)
