"""MODEL expressions: what each means, and what is said where one means nothing or too much."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_pbm.core.documents.lfs_pointer import pointer_text
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.revisions import parse, resolve
from git_pbm.core.registry.snapshot import MemorySnapshot
from git_pbm.errors import UsageError
from tests.support.registries import good_tree

ROOT, CHILD, GRANDCHILD, ALONE = "aaaa0001", "aaaa0002", "bbbb0003", "cccc0004"

Documents = Mapping[str, Mapping[str, str | None]]

FAMILY: Documents = {
    ROOT: {"tag": "supervised-v1"},
    CHILD: {"tag": "rl-r1-i1", "parent": ROOT},
    GRANDCHILD: {"tag": "rl-r1-i2", "parent": CHILD},
    ALONE: {"tag": "abc"},
}


def registry_of(documents: Documents, current: str | None = None, **more: bytes) -> Registry:
    files = {f"models/{name}/metadata.json": json.dumps(document).encode() for name, document in documents.items()}
    files["registry.json"] = json.dumps({"current": current, "models": {}}).encode()
    return Registry(MemorySnapshot({**files, **more}))


REGISTRY = registry_of(FAMILY, GRANDCHILD)


def never(changes: int) -> str | None:
    raise AssertionError(f"nobody asked what was current {changes} changes ago")


def meant(text: str, registry: Registry = REGISTRY, was_current: Callable[[int], str | None] = never) -> str:
    return resolve(parse(text), registry, was_current)


def refusal(text: str, registry: Registry = REGISTRY, was_current: Callable[[int], str | None] = never) -> UsageError:
    with pytest.raises(UsageError) as caught:
        meant(text, registry, was_current)
    return caught.value


@pytest.mark.parametrize(
    ("text", "model_id"),
    [
        (ROOT, ROOT),
        ("AAAA0002", CHILD),
        ("bbbb", GRANDCHILD),
        ("bbbb000", GRANDCHILD),
        ("abc", ALONE),
        ("rl-r1-i1", CHILD),
        ("current", GRANDCHILD),
        ("current@{0}", GRANDCHILD),
        ("current^", CHILD),
        ("current~", CHILD),
        ("current~1", CHILD),
        ("current^^", ROOT),
        ("current~2", ROOT),
        ("current~^", ROOT),
        ("current~1~1", ROOT),
        ("rl-r1-i2~0", GRANDCHILD),
        ("bbbb^~0^", ROOT),
    ],
)
def test_an_expression_names_its_model(text: str, model_id: str) -> None:
    assert meant(text) == model_id


@pytest.mark.parametrize(
    "text",
    [
        "",
        "^",
        "~1",
        "a b",
        "current\n",
        "current@{}",
        "current@{-1}",
        "current@{1",
        "rl-r1-i1@{1}",
        "current^2",
        "current~x",
        "current~1234567",
        "current@{1}@{1}",
        "a..b",
        "../../etc/passwd",
        "\x1b[31m",
        "x" * 65,
    ],
)
def test_any_other_text_is_refused(text: str) -> None:
    error = refusal(text)
    assert error.message.isprintable()
    assert len(error.message) < 200
    assert error.hint


def test_a_full_hash_and_any_longer_prefix_are_compared_with_the_whole_hash() -> None:
    tree = good_tree()
    registry = Registry(tree.snapshot())
    model_id = tree.ids[0]
    digest = sha256(tree.files[f"models/{model_id}/policy_v2.onnx"]).hexdigest()
    for length in (4, 8, 9, 40, 64):
        assert meant(digest[:length], registry) == model_id
    wrong = digest[:-1] + ("0" if digest[-1] != "0" else "1")
    assert refusal(wrong, registry).hint == "git pbm list shows what there is"
    assert "does not name a model" in refusal(digest + "0", registry).message


def test_a_hash_is_known_from_a_pointer_and_else_from_metadata() -> None:
    digest = ROOT + "0" * 56
    through_lfs = registry_of({}, None, **{f"models/{ROOT}/policy_v2.onnx": pointer_text(digest, 7)})
    assert meant(digest, through_lfs) == ROOT
    stated = registry_of({ROOT: {"hash": digest}})
    assert meant(digest, stated) == ROOT
    assert refusal(digest, REGISTRY).message == f"no model is called {digest}"


def test_a_prefix_of_several_models_lists_them() -> None:
    error = refusal("aaaa")
    assert error.message == f"aaaa is ambiguous: {ROOT} (supervised-v1), {CHILD} (rl-r1-i1)"
    assert error.hint == "give more digits, or the tag"
    many = registry_of({f"dddd000{n}": {} for n in range(8)})
    assert refusal("dddd", many).message.endswith("dddd0004 and 3 more")


def test_a_tag_that_two_models_have_is_ambiguous() -> None:
    twice = registry_of({ROOT: {"tag": "run-1"}, CHILD: {"tag": "run-1"}})
    assert refusal("run-1", twice).message == f"run-1 is ambiguous: {ROOT} (run-1), {CHILD} (run-1)"
    assert meant(CHILD, twice) == CHILD


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("rl-r1-i3", "did you mean rl-r1-i2, rl-r1-i1?"),
        ("Supervised-V1", "did you mean supervised-v1?"),
        ("bbbb0004", f"did you mean {GRANDCHILD}"),
        ("zzz", "git pbm list shows what there is"),
    ],
)
def test_an_unknown_name_brings_the_nearest(text: str, hint: str) -> None:
    error = refusal(text)
    assert error.message == f"no model is called {text}"
    assert error.hint.startswith(hint)


def test_a_step_beyond_the_root_says_so() -> None:
    root = f"at {ROOT} (supervised-v1), which has no parent"
    assert refusal("supervised-v1^").message == f"supervised-v1^: the lineage ends 0 steps up, {root}"
    assert refusal("current~3").message == f"current~3: the lineage ends 2 steps up, {root}"
    assert refusal("rl-r1-i1~999999").message == f"rl-r1-i1~999999: the lineage ends 1 step up, {root}"


def test_a_lineage_that_is_broken_says_how() -> None:
    orphan = registry_of({CHILD: {"parent": ROOT}, ALONE: {"parent": "\x1b[31m"}})
    assert refusal(f"{CHILD}^", orphan).message.endswith(f"at {CHILD}, which has a parent that is not here ({ROOT})")
    assert refusal(f"{ALONE}^", orphan).message.isprintable()
    circle = registry_of({ROOT: {"parent": CHILD}, CHILD: {"parent": ROOT}})
    assert meant(f"{ROOT}^", circle) == CHILD
    assert refusal(f"{ROOT}^^", circle).message.endswith(f"1 step up, at {CHILD}, which descends from itself")


def test_models_with_broken_metadata_are_found_by_id() -> None:
    registry = registry_of({}, None, **{f"models/{ROOT}/metadata.json": b"{", f"models/{CHILD}/stray": b""})
    assert meant(ROOT, registry) == ROOT
    assert meant("aaaa0002", registry) == CHILD
    assert "has no parent" in refusal(f"{ROOT}^", registry).message


def test_a_directory_that_is_no_id_is_not_handed_on() -> None:
    registry = registry_of({"mine": {"tag": "run-1"}, ROOT: {"tag": "run-2", "parent": "mine"}, "aaaa": {}})
    for text in ("run-1", "run-2^"):
        assert refusal(text, registry).message == f"{text}: that model's directory is called 'mine', which is not an id"
    assert meant("aaaa", registry) == ROOT


def test_free_text_in_tags_reaches_no_message() -> None:
    registry = registry_of({ROOT: {"tag": "\x1b[31mred"}, CHILD: {"tag": "aaab two"}})
    assert refusal("aaaa", registry).message == f"aaaa is ambiguous: {ROOT}, {CHILD}"
    assert "\x1b" not in refusal("red", registry).hint


def test_current_must_be_promoted_and_be_there() -> None:
    assert refusal("current", registry_of(FAMILY)).message == "no model is current yet"
    assert "deadbeef, which has no directory" in refusal("current", registry_of(FAMILY, "deadbeef")).message


def test_what_was_current_is_asked_of_history() -> None:
    asked: list[int] = []

    def was_current(changes: int) -> str | None:
        asked.append(changes)
        return {1: CHILD, 2: "deadbeef"}.get(changes)

    assert meant("current@{1}", was_current=was_current) == CHILD
    assert meant("current@{1}^", was_current=was_current) == ROOT
    assert "current@{2} is deadbeef" in refusal("current@{2}", was_current=was_current).message
    assert "has not changed that often" in refusal("current@{3}", was_current=was_current).message
    assert asked == [1, 1, 2, 3]


def test_an_id_is_found_without_reading_metadata() -> None:
    registry = registry_of(FAMILY)
    assert meant("bbbb0003", registry) == GRANDCHILD
    assert not any("metadata" in vars(model) for model in registry.models.values())
    assert meant("rl-r1-i2", registry) == GRANDCHILD
    assert all("metadata" in vars(model) for model in registry.models.values())


steps = st.lists(st.sampled_from(["^", "~", "~0", "~1", "~2", "~10"]), max_size=6).map("".join)
bases = st.sampled_from([*FAMILY, "current", *(str(fields["tag"]) for fields in FAMILY.values())])


@given(bases, steps)
def test_steps_climb_one_parent_at_a_time(base: str, climb: str) -> None:
    height = sum(int(number or 1) for number in re.findall(r"[\^~](\d*)", climb))
    model: str | None = meant(base)
    for _ in range(height):
        model = FAMILY[model].get("parent") if model is not None else None
    if model is None:
        refusal(base + climb)
    else:
        assert meant(base + climb) == model
        assert parse(base + climb).steps_up == height


@given(st.text(alphabet=st.sampled_from("abc0123^~@{}.-rlcurent \n\x00"), max_size=20) | st.text(max_size=20))
def test_every_text_names_a_model_or_is_refused_with_a_hint(text: str) -> None:
    refused: UsageError | None = None
    found = None
    try:
        found = meant(text, was_current=lambda _: None)
    except UsageError as error:
        refused = error
    if refused is None:
        assert found in FAMILY
    else:
        assert refused.message.isprintable()
        assert refused.hint


@given(st.sets(st.from_regex(r"[0-9a-f]{8}", fullmatch=True), min_size=1, max_size=12), st.integers(4, 8))
def test_a_prefix_means_a_model_exactly_where_it_is_unique(model_ids: set[str], length: int) -> None:
    registry = registry_of({model_id: {} for model_id in model_ids})
    for model_id in model_ids:
        if sum(other.startswith(model_id[:length]) for other in model_ids) == 1:
            assert meant(model_id[:length], registry) == model_id
        else:
            assert "ambiguous" in refusal(model_id[:length], registry).message
