"""A person's own fields, in registry.json and in metadata.json, survive every command and every merge."""

from __future__ import annotations

import json

import pytest

from tests.conftest import Trainer
from tests.support.machine import Machine


def load(place: Machine) -> dict[str, object]:
    document: dict[str, object] = json.loads((place.folder / "registry.json").read_text())
    return document


def id_of(place: Machine, tag: str) -> str:
    return str(json.loads(place.pbm("show", tag, "--json").out)["model"]["id"])


def entry(place: Machine, tag: str, document: dict[str, object] | None = None) -> dict[str, object]:
    models = (document or load(place))["models"]
    assert isinstance(models, dict)
    found: dict[str, object] = models[id_of(place, tag)]
    return found


def set_field(place: Machine, tag: str | None, name: str, value: object) -> None:
    """Set an own field in an entry, or at the top level, and commit it by hand."""
    document = load(place)
    (document if tag is None else entry(place, tag, document))[name] = value
    place.write("registry.json", json.dumps(document, indent=2) + "\n")
    place.git("commit", "-qm", f"chore: set {name}", "--", "registry.json")


def described(place: Machine, tag: str) -> None:
    path = f"models/{id_of(place, tag)}/metadata.json"
    document = json.loads((place.folder / path).read_text())
    place.write(path, json.dumps({**document, "mood": "good"}, indent=2) + "\n")
    place.git("commit", "-qm", "chore: a field", "--", path)


def holds_own_fields(place: Machine, tag: str) -> None:
    place.pbm("check")
    assert entry(place, tag)["stars"] == 5
    assert load(place)["owner"] == "us"
    assert json.loads(place.pbm("show", tag, "--json").out)["model"]["metadata"]["mood"] == "good"


@pytest.fixture
def starred(registry: Machine) -> Machine:
    set_field(registry, "supervised-v1", "stars", 5)
    set_field(registry, None, "owner", "us")
    described(registry, "supervised-v1")
    holds_own_fields(registry, "supervised-v1")
    return registry


def test_own_fields_survive_every_changing_command(starred: Machine, train: Trainer) -> None:
    for command in (
        ("add", *train(7), "--tag", "rl-r7-i1"),
        ("annotate", "supervised-v1", "--notes", "still ours"),
        ("promote", "supervised-v1"),
        ("rollback",),
        ("add", *train(8), "--tag", "rl-r8-i1", "--no-promote"),
        ("remove", "rl-r8-i1", "--why", "a test"),
        ("repair", "--apply"),
        ("init", "--adopt", "--no-hooks"),
    ):
        starred.pbm(*command)
        holds_own_fields(starred, "supervised-v1")


def test_repair_keeps_own_fields_where_it_rebuilds_the_entry(starred: Machine) -> None:
    document = load(starred)
    entry(starred, "supervised-v1", document)["date"] = "2020-01-01"
    starred.write("registry.json", json.dumps(document, indent=2) + "\n")
    starred.pbm("repair", "--apply")
    holds_own_fields(starred, "supervised-v1")


def two_branches(place: Machine, ours: object, theirs: object) -> None:
    place.git("checkout", "-qb", "topic")
    set_field(place, "supervised-v1", "stars", theirs)
    place.git("checkout", "-q", "-")
    set_field(place, "supervised-v1", "stars", ours)
    place.git("commit", "-q", "--allow-empty", "-m", "chore: ours goes on")


def test_own_fields_of_both_sides_merge(registry: Machine) -> None:
    registry.git("checkout", "-qb", "topic")
    set_field(registry, "supervised-v1", "stars", 5)
    registry.git("checkout", "-q", "-")
    set_field(registry, "supervised-v1", "mood", "good")
    registry.git("merge", "-q", "--no-edit", "topic")
    registry.pbm("check")
    assert {"stars": 5, "mood": "good"}.items() <= entry(registry, "supervised-v1").items()


@pytest.mark.parametrize(("side", "value"), [("--ours", 6), ("--theirs", 5)])
def test_two_different_values_stay_a_conflict_until_a_side_is_taken(registry: Machine, side: str, value: int) -> None:
    two_branches(registry, 6, 5)
    assert registry.run("git", "merge", "topic").status != 0
    before = registry.git("status", "--porcelain")
    asked = registry.pbm("resolve", status=1)
    assert "`stars` of" in asked.err
    assert "git pbm resolve --ours" in asked.err
    assert registry.git("status", "--porcelain") == before
    registry.pbm("resolve", side)
    registry.git("commit", "-q", "--no-edit")
    registry.pbm("check")
    assert entry(registry, "supervised-v1")["stars"] == value


def test_the_same_value_on_both_sides_is_no_conflict(registry: Machine) -> None:
    two_branches(registry, 5, 5)
    registry.git("merge", "-q", "--no-edit", "topic")
    assert entry(registry, "supervised-v1")["stars"] == 5
