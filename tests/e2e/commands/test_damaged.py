"""A stored network that was changed in the work tree: noticed before anything else is, and restored as it is told."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.golden import ADD, deployed, id_of
from tests.support.machine import Machine, bytes_below

Way = Callable[[Machine, Path], None]


def overwrite(place: Machine, network: Path) -> None:
    """A script wrote through a link; the size stays."""
    network.write_bytes(network.read_bytes()[:-1] + b"!")


def truncate(place: Machine, network: Path) -> None:
    network.write_bytes(b"")


def delete(place: Machine, network: Path) -> None:
    network.unlink()


def put_a_link(place: Machine, network: Path) -> None:
    network.rename(place.folder.parent / "elsewhere.onnx")
    network.symlink_to(place.folder.parent / "elsewhere.onnx")


def stage_it(place: Machine, network: Path) -> None:
    overwrite(place, network)
    place.git("add", str(network.relative_to(place.folder)))


WAYS = (overwrite, truncate, delete, put_a_link, stage_it)
CHANGES = (
    ADD,
    ("annotate", "supervised-v1", "--notes", "n"),
    ("promote", "supervised-v2"),
    ("promote", "supervised-v1"),
    ("rollback",),
    ("remove", "supervised-v2", "--why", "a test"),
    ("promote", "supervised-v2", "--dry-run"),
)


def damaged(place: Machine, way: Way) -> str:
    """Change the policy of the model that a roll-back returns to; returns its path."""
    policy = f"models/{id_of(place, 'supervised-v1')}/policy_v2.onnx"
    way(place, place.folder / policy)
    return policy


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_a_change_is_refused_before_anything_is_written(golden_copy: Callable[[], Machine], way: Way) -> None:
    place = golden_copy()
    policy = damaged(place, way)
    before = bytes_below(place.folder)
    for words in CHANGES if way is overwrite else CHANGES[:2]:
        refused = place.pbm(*words, status=4).err
        assert f"{policy} is not as it was committed" in refused
        assert bytes_below(place.folder) == before, words
    place.git(*refused.rpartition("restore it: git ")[2].split())
    place.pbm(*CHANGES[2])
    assert place.pbm("check", "--rehash").status == 0


def test_the_damaged_model_itself_can_be_removed(golden_copy: Callable[[], Machine]) -> None:
    place = golden_copy()
    overwrite(place, place.folder / f"models/{id_of(place, 'supervised-v2')}/policy_v2.onnx")
    place.pbm("remove", "supervised-v2", "--why", "a script wrote through a link")
    assert place.pbm("check").status == 0


def test_a_network_that_was_only_touched_is_no_damage(golden_copy: Callable[[], Machine]) -> None:
    place = golden_copy()
    for network in place.folder.glob("models/*/*.onnx"):
        os.utime(network, (1, 1))
    place.pbm("promote", "supervised-v2")


def test_a_damaged_model_is_not_deployed(golden_copy: Callable[[], Machine]) -> None:
    place = deployed(golden_copy())
    engine = bytes_below(place.folder.parent / "engine")
    damaged(place, overwrite)
    refused = place.pbm("deploy", "supervised-v1", status=4).err
    assert bytes_below(place.folder.parent / "engine") == engine
    assert place.run("sh", "-c", refused.rpartition("restore it: ")[2]).status == 0
    place.pbm("deploy", "supervised-v1")


def test_every_damaged_file_is_restored_by_one_command(golden_copy: Callable[[], Machine]) -> None:
    place = golden_copy()
    networks = list(place.folder.glob("models/*/*.onnx"))
    for network in networks:
        overwrite(place, network)
    refused = place.pbm("promote", "supervised-v2", status=4).err
    assert f"(and {len(networks) - 1} more)" in refused
    assert place.run("sh", "-c", refused.rpartition("restore it: ")[2]).status == 0
    place.pbm("promote", "supervised-v2")
