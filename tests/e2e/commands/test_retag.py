"""A tag that was mistyped, or given to two models on two branches: there is a way out, and it is the told one."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.support.golden import ADD, POLICY, VALUE, deployed, id_of
from tests.support.machine import Machine, bytes_below

NEW = "rl-r1-i7"


def added(place: Machine, *more: str) -> str:
    """Add a model under a tag; returns its id."""
    place.pbm(*ADD, *more)
    return id_of(place, "rl-r1-i2")


# -- the add that nobody else has


@pytest.mark.parametrize("more", [(), ("--no-promote", "-m", "why it was added\n\nat length")])
def test_the_last_add_gets_another_tag_as_if_it_had_been_added_so(
    golden_copy: Callable[[], Machine], more: tuple[str, ...]
) -> None:
    other = golden_copy()
    other.pbm(*[NEW if word == "rl-r1-i2" else word for word in ADD], *more)
    wanted = bytes_below(other.folder), other.git("log", "--format=%P %T %an %ae %ad %s%n%b", "-1")
    place = golden_copy()
    model_id = added(place, *more)
    before = place.git("rev-parse", "HEAD")
    assert "rl-r1-i7" in place.pbm("retag", "rl-r1-i2", NEW, "--dry-run").out
    assert place.git("rev-parse", "HEAD") == before
    done = place.pbm("retag", "rl-r1-i2", NEW)
    assert f"feat: add {NEW} model ({model_id})" in done.out
    assert (bytes_below(place.folder), place.git("log", "--format=%P %T %an %ae %ad %s%n%b", "-1")) == wanted
    assert place.git("status", "--porcelain") == ""
    place.pbm("check", "--range", "HEAD~1..HEAD")
    assert "has the tag" in place.pbm("retag", model_id, NEW).out
    place.pbm("undo")
    assert place.git("rev-parse", "HEAD") == place.git("rev-parse", f"{before.strip()}~1")


def test_hooks_hold_it_to_the_rules(golden_copy: Callable[[], Machine]) -> None:
    place = golden_copy()
    hooks = {"pre-commit": "pbm-verify", "commit-msg": 'pbm-message "$1"'}
    for name, words in hooks.items():
        place.write(f".git/hooks/{name}", f"#!/bin/sh\nexec git-pbm-hook {words}\n").chmod(0o755)
    added(place)
    place.pbm("retag", "rl-r1-i2", NEW)
    place.pbm("check", "--range", "HEAD~1..HEAD")


def test_the_receipt_in_the_engine_follows(golden_copy: Callable[[], Machine]) -> None:
    place = deployed(golden_copy())
    added(place)
    place.pbm("retag", "rl-r1-i2", NEW)
    receipt = json.loads((place.folder.parent / "engine/.pbm-deploy.json").read_text())
    assert (receipt["tag"], receipt["commit"]) == (NEW, place.git("rev-parse", "HEAD").strip())
    place.pbm("deploy", "--check")


def push(place: Machine) -> None:
    place.git("init", "-q", "--bare", "../server.git")
    place.git("remote", "add", "origin", "../server.git")
    place.git("push", "-q", "origin", "main")


def promote(place: Machine) -> None:
    place.pbm("promote", "supervised-v1")


def own_commit(place: Machine) -> None:
    place.write("notes.txt", "x")
    place.git("add", "notes.txt")
    place.git("commit", "-q", "-m", "notes")


@pytest.mark.parametrize("later", [push, promote, own_commit])
def test_an_add_that_others_may_have_or_that_is_not_the_last_keeps_its_tag(
    golden_copy: Callable[[], Machine], later: Callable[[Machine], None]
) -> None:
    place = golden_copy()
    model_id = added(place, "--no-promote")
    later(place)
    before = place.git("rev-parse", "HEAD")
    hint = place.pbm("retag", "rl-r1-i2", NEW, status=4).err.partition("under the other tag: ")[2].rstrip("\n")
    assert place.git("rev-parse", "HEAD") == before
    remove, add = hint.split("; ")
    place.pbm(*remove.replace("TEXT", "mistyped").split()[2:])
    words = add.replace("POLICY [VALUE]", f"{POLICY.format(4)} {VALUE.format(4)}").split()[2:]
    place.pbm(*words)
    assert id_of(place, NEW) == model_id
    place.pbm("check", "--range", f"{before.strip()}..HEAD")


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ("supervised-v1", "is the name of model"),
        ("supervised-v9", "is said to be trained otherwise"),
        ("No tag", "a tag is 1 to 64"),
    ],
)
def test_a_tag_that_will_not_do_is_refused(golden_copy: Callable[[], Machine], tag: str, words: str) -> None:
    place = golden_copy()
    added(place)
    before = bytes_below(place.folder)
    done = place.run("git", "pbm", "retag", "rl-r1-i2", tag)
    assert done.status in (2, 4)
    assert words in done.err
    assert bytes_below(place.folder) == before


def test_round_and_iteration_follow_the_tag(golden_copy: Callable[[], Machine]) -> None:
    place = golden_copy()
    added(place)
    place.pbm("retag", "rl-r1-i2", "rl-r3-i9")
    metadata = json.loads((place.folder / f"models/{id_of(place, 'rl-r3-i9')}/metadata.json").read_text())
    assert (metadata["round"], metadata["iteration"]) == (3, 9)


# -- one tag for two models, on two branches


def two_branches(place: Machine, *, ours: int = 4, theirs: int = 5) -> tuple[str, str]:
    """Each branch adds a candidate under one tag; the merge of ``topic`` is refused by the hook. Returns the ids."""
    ids = []
    place.git("branch", "topic")
    for branch, seed in (("topic", theirs), ("main", ours)):
        place.git("checkout", "-q", branch)
        place.pbm("add", POLICY.format(seed), VALUE.format(seed), "--tag", "rl-r1-i2", "--no-promote")
        ids.append(id_of(place, "rl-r1-i2"))
    for name in ("pre-commit", "pre-merge-commit"):
        place.write(f".git/hooks/{name}", "#!/bin/sh\nexec git-pbm-hook pbm-verify\n").chmod(0o755)
    assert place.run("git", "merge", "-q", "--no-edit", "topic").status != 0
    return ids[1], ids[0]


def sound(place: Machine) -> None:
    place.git("commit", "-q", "--no-edit")
    place.pbm("check")
    place.pbm("check", "--range", "main~1..HEAD")
    place.pbm("check", "--range", "topic~1..HEAD")
    place.pbm("check", "--range", "topic..HEAD")


@pytest.fixture
def driven(golden_copy: Callable[[], Machine]) -> Callable[[], Machine]:
    def made() -> Machine:
        place = golden_copy()
        place.pbm("init", "--no-hooks")  # the merge driver
        return place

    return made


@pytest.mark.parametrize("side", [0, 1])
def test_a_merge_gives_one_of_them_another_tag(driven: Callable[[], Machine], side: int) -> None:
    place = driven()
    ids = two_branches(place)
    assert f"git pbm resolve --retag {max(ids)}=TAG" in place.pbm("resolve", status=1).err
    assert "is ambiguous" in place.pbm("resolve", "--retag", f"rl-r1-i2={NEW}", status=2).err
    done = place.pbm("resolve", "--retag", f"{ids[side]}={NEW}")
    assert "go on with: git commit" in done.err
    assert id_of(place, NEW) == ids[side]
    sound(place)
    assert place.git("log", "-1", "--format=%P").count(" ") == 1


def test_the_hint_drops_one_of_them(driven: Callable[[], Machine]) -> None:
    place = driven()
    ids = two_branches(place)
    drop = place.pbm("resolve", status=1).err.partition("or drop it: ")[2].partition("\n")[0]
    done = place.run("sh", "-c", drop)
    assert done.status == 0, done.err
    assert not (place.folder / "models" / max(ids)).exists()
    place.pbm("check", "--range", "topic~1..HEAD")
    place.pbm("check", "--range", "main~1..HEAD")


def test_no_other_tag_changes_in_a_merge(driven: Callable[[], Machine]) -> None:
    place = driven()
    ids = two_branches(place)
    for model in ("supervised-v1", "rl-r1-i1"):
        assert "its tag stays" not in (done := place.pbm("resolve", "--retag", f"{model}={NEW}", status=4)).out
        assert "stays: the other side gave it to no other model" in done.err
    place.pbm("resolve", "--retag", f"{ids[0]}={NEW}")
    metadata = place.folder / f"models/{id_of(place, 'supervised-v2')}/metadata.json"
    metadata.write_text(metadata.read_text().replace('"supervised-v2"', '"supervised-v8"'))
    place.git("add", "-A")
    place.pbm("repair", "--apply")
    place.git("commit", "-q", "--no-edit", "--no-verify")
    found = place.pbm("check", "--range", "main~1..HEAD", status=1).out
    assert found.count("models-are-immutable") == 1
    assert "`tag` was supervised-v2 and is supervised-v8 now" in found


def test_outside_a_merge_the_answer_leads_on(driven: Callable[[], Machine]) -> None:
    place = driven()
    model_id = added(place)
    hint = place.pbm("resolve", "--retag", f"rl-r1-i2={NEW}", status=4).err.rpartition("git pbm ")[2].split()
    place.pbm(*hint)
    assert id_of(place, NEW) == model_id
    assert "is not MODEL=TAG" in place.pbm("resolve", "--retag", "rl-r1-i2", status=2).err


# -- by hand


@pytest.mark.parametrize("staged", [False, True])
def test_a_tag_that_is_edited_by_hand_is_said_to_be_what_never_changes(
    golden_copy: Callable[[], Machine], staged: bool
) -> None:
    place = golden_copy()
    path = f"models/{id_of(place, 'rl-r1-i1')}/metadata.json"
    metadata = place.folder / path
    metadata.write_text(metadata.read_text().replace('"rl-r1-i1"', '"rl-r1-i3"'))
    if staged:
        place.git("add", path)
    lines = place.pbm("check", *(["--staged"] if staged else []), status=1).out.splitlines()
    (line,) = [line for line in lines if line.startswith(f"{path}: ")]
    assert "models-are-immutable: in a registered model" not in line
    assert line.startswith(f"{path}: models-are-immutable: `tag` was rl-r1-i1 and is rl-r1-i3 now")
    command = line.partition("undo it: ")[2].partition(";")[0]
    place.git(*command.split()[1:])
    place.pbm("check")


def test_a_model_that_is_new_may_be_edited(golden_copy: Callable[[], Machine]) -> None:
    place = golden_copy()
    place.pbm(*ADD, "--no-commit")
    metadata = place.folder / f"models/{id_of(place, 'rl-r1-i2')}/metadata.json"
    metadata.write_text(metadata.read_text().replace('"rl-r1-i2"', '"rl-r1-i3"'))
    assert "tag-agrees-with-fields" in place.pbm("check", status=1).out
