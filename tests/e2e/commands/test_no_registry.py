"""Where there is no registry, or one that was kept by hand: each answer says what this place is, and leads on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.machine import Machine
from tests.support.networks import write_pair


@pytest.fixture
def by_hand(machine: Machine) -> Machine:
    """Two models below ``models/<id>``, and neither ``registry.json`` nor ``current``."""
    place = machine.at(machine.folder / "by-hand")
    place.folder.mkdir()
    place.git("init", "-q")
    for seed in (1, 2):
        policy, _ = write_pair(machine.folder / "runs" / str(seed), 3000, seed)
        digest = machine.run("sha256sum", policy).out[:8]
        place.write(f"models/{digest}/policy_v2.onnx", policy.read_bytes())
    place.commit("models by hand")
    return place


def test_a_registry_that_was_kept_by_hand_is_adopted(by_hand: Machine) -> None:
    assert "git pbm init --adopt" in by_hand.pbm("check", status=1).out
    assert "git pbm init --adopt" in by_hand.pbm("status").out
    assert by_hand.pbm("list").err.endswith("see: git pbm check\n")
    refused = by_hand.pbm("repair", "--apply", status=4).err
    assert "git pbm init --adopt" in refused + by_hand.pbm("check", status=1).out


def engine_of_somebody(place: Machine) -> None:
    """An engine with a ``models/`` folder of its own."""
    place.write("models/opening_book.bin", b"book")
    place.write("src/main.rs", "fn main() {}\n")
    place.commit("an engine")


@pytest.mark.parametrize("words", ["status", "list", "show", "history", "lineage", "path"])
def test_an_engine_s_own_models_folder_is_no_registry(empty: Machine, words: str) -> None:
    engine_of_somebody(empty)
    refused = empty.pbm(*words.split(), status=4).err
    assert "is not a models registry" in refused
    assert "name yours: git config pbm.registry DIR, or PBM_REGISTRY=DIR" in refused


def test_what_it_says_to_configure_works(empty: Machine, registry: Machine) -> None:
    engine_of_somebody(empty)
    empty.git("config", "pbm.registry", str(registry.folder))
    assert "rl-r1-i1" in empty.pbm("status").out


def test_a_registry_in_a_folder_is_explained(empty: Machine, registry: Machine) -> None:
    registry.git("archive", "--format=tar", "-o", "../all.tar", "HEAD")
    below = empty.folder / "weights"
    below.mkdir()
    assert empty.run("tar", "xf", Path("../all.tar"), "-C", below).status == 0
    empty.commit("a registry in a folder")
    refused = empty.pbm("list", status=4).err
    assert "weights/registry.json is, and a registry lies at the top of a repository of its own" in refused
    hint = refused.partition("make it one: ")[2]
    assert empty.run("sh", "-c", hint).status == 0
    assert "rl-r1-i1" in empty.at(below).pbm("list").out
