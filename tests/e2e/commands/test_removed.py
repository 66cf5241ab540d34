"""A removed model is remembered: whoever names it, or has its bytes, is told when and why it went."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from tests.support.golden import ADD, POLICY, id_of
from tests.support.machine import Machine

WHY = "it diverged"
BY_NAME = (
    ("show", "MODEL"),
    ("path", "MODEL"),
    ("promote", "MODEL"),
    ("annotate", "MODEL", "--notes", "n"),
    ("remove", "MODEL", "--why", "again"),
    ("diff", "supervised-v1", "MODEL"),
    ("deploy", "MODEL", "--to", ".."),
    ("add", POLICY.format(4), "--tag", "rl-r9-i9", "--parent", "MODEL"),
)


@pytest.fixture
def removed(golden_copy: Callable[[], Machine]) -> tuple[Machine, str, str]:
    """A registry, the id of a model that was removed from it, and the commit that did it."""
    place = golden_copy()
    model_id = id_of(place, "supervised-v2")
    place.pbm("remove", "supervised-v2", "--why", WHY)
    return place, model_id, place.git("rev-parse", "HEAD").strip()


def test_every_command_says_when_and_why_it_was_removed(removed: tuple[Machine, str, str]) -> None:
    place, model_id, commit = removed
    for words in BY_NAME:
        for name in ("supervised-v2", model_id, model_id[:5], "supervised-v2^"):
            done = place.pbm(*[word.replace("MODEL", name) for word in words], status=2)
            assert f"supervised-v2 ({model_id}) was removed in {commit[:10]}: {WHY} -> " in done.err, (words, name)
    error = json.loads(place.pbm("show", "supervised-v2", "--json", status=2).out)["error"]
    assert error["id"] == "model-removed"


def test_the_hint_brings_it_back(removed: tuple[Machine, str, str]) -> None:
    place, model_id, _ = removed
    hints = place.pbm("show", model_id, status=2).err.rstrip("\n").partition("see it: ")[2]
    see, back = hints.split("; bring it back: ")
    assert WHY in place.run(*see.split()).out
    assert place.run(*back.split(), "--no-edit").status == 0
    assert place.pbm("show", model_id).out.startswith("supervised-v2 (")
    place.pbm("check", "--range", "HEAD~2..HEAD")
    place.pbm("add", POLICY.format(3), "--tag", "supervised-v2")


def test_its_bytes_are_known(removed: tuple[Machine, str, str]) -> None:
    place, model_id, commit = removed
    policy = POLICY.format(3)
    found = place.pbm("which", policy, status=1)
    sentence = f"supervised-v2 ({model_id}) was removed in {commit[:10]}: {WHY}"
    assert found.out == f"{policy}: policy of a removed model: {sentence}\n"
    row = json.loads(place.pbm("which", policy, "--json", status=1).out)["files"][0]["removed"]
    assert row == {"id": model_id, "tag": "supervised-v2", "commit": commit, "why": WHY}
    before = place.git("rev-parse", "HEAD")
    for more in ((), ("--dry-run",), ("--tag", "supervised-v7")):
        refused = place.pbm("add", policy, "--tag", "supervised-v2", *more, status=4).err
        assert f"was removed in {commit[:10]}: {WHY} -> to add them all the same, say --again" in refused
    assert place.git("rev-parse", "HEAD") == before
    place.pbm("add", policy, "--tag", "supervised-v2", "--again")
    assert place.pbm("which", policy).out.startswith(f"{policy}: supervised-v2 ")
    place.pbm("check", "--range", "HEAD~2..HEAD")


@pytest.mark.parametrize("message", ["cleanup (#7)\n\n* chore: remove supervised-v2 model ({})\n* docs: more", None])
def test_squashes_and_reverts_are_removals_too(golden_copy: Callable[[], Machine], message: str | None) -> None:
    place = golden_copy()
    model_id = id_of(place, "supervised-v2")
    if message is None:
        place.git("revert", "--no-edit", "HEAD")  # of the add
    else:
        place.pbm("remove", "supervised-v2", "--why", WHY)
        place.git("commit", "-q", "--amend", "--no-verify", "-m", message.format(model_id))
    assert f"supervised-v2 ({model_id}) was removed in " in place.pbm("show", "supervised-v2", status=2).err


def test_only_this_branch_counts_and_what_was_never_there_is_unknown(removed: tuple[Machine, str, str]) -> None:
    place, model_id, _ = removed
    assert "no model is called supervised-v9" in place.pbm("show", "supervised-v9", status=2).err
    assert "no model is called supervised " in place.pbm("show", "supervised", status=2).err
    place.git("checkout", "-q", "-b", "other", "HEAD~1")
    assert place.pbm("show", model_id).out.startswith("supervised-v2 (")


def test_what_was_undone_was_never_there(golden_copy: Callable[[], Machine]) -> None:
    place = golden_copy()
    place.pbm(*ADD)
    model_id = id_of(place, "rl-r1-i2")
    place.pbm("undo")
    assert "no model is called" in place.pbm("show", model_id, status=2).err
    place.pbm(*ADD)


def test_a_shallow_clone_says_only_what_it_knows(removed: tuple[Machine, str, str]) -> None:
    place, model_id, _ = removed
    place.pbm("annotate", "supervised-v1", "--notes", "later")
    place.git("clone", "-q", "--depth=1", f"file://{place.folder}", "../shallow")
    shallow = place.at(place.folder.parent / "shallow")
    assert "no model is called" in shallow.pbm("show", model_id, status=2).err
