"""A merge in which both sides promoted, settled by ``git pbm resolve`` in every kind of clone that can merge."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.integration.clones.kinds import cloned
from tests.integration.clones.test_clone_kinds import KINDS, WHOLE, clone_of, counted, origin_at
from tests.support.machine import Machine, sealed_environment

CANNOT_MERGE = ("partial, nothing checked out", "partial and bare", "bare", "shallow")
"""git itself refuses: there is no work tree, nothing in it, or no common history."""
DIFFERENT = ("a linked worktree", "line ends converted", "no symbolic links", "partial and sparse")
FETCHING = ("partial, no blobs", "partial and sparse")
MERGING = [name for name in KINDS if name not in CANNOT_MERGE and (WHOLE or name in DIFFERENT)]


@dataclass(frozen=True)
class Server:
    """A repository with two branches that both promoted, and the tree that comes of them in an ordinary clone."""

    folder: Path
    driver: str
    topic: str
    merged: str


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Server:
    folder = tmp_path_factory.mktemp("merging")
    (folder / "home").mkdir()
    machine = Machine(folder, sealed_environment(folder / "home"))
    origin = machine.at(origin_at(machine, "sha1"))
    origin.git("checkout", "-q", "-b", "topic")
    origin.pbm("add", "../runs/4/policy_v2.onnx", "--tag", "rl-r1-i3")
    origin.git("checkout", "-q", "main")
    origin.pbm("promote", "supervised-v1")
    driver, topic = (origin.git(*words).strip() for words in (("config", "merge.pbm.driver"), ("rev-parse", "topic")))
    place = cloned(folder="ordinary")(machine, str(origin.folder))
    place.git("config", "merge.pbm.driver", driver)
    assert place.run("git", "merge", topic).status == 1
    place.pbm("resolve", "--current", "rl-r1-i3")
    place.pbm("check", "--staged")
    return Server(origin.folder, driver, topic, place.git("write-tree"))


@pytest.mark.parametrize("name", MERGING)
def test_a_merge_is_settled_in_every_kind_of_clone(machine: Machine, server: Server, name: str) -> None:
    place = clone_of(machine, server.folder, KINDS[name].make)
    place.git("config", "merge.pbm.driver", server.driver)
    assert place.run("git", "merge", server.topic).status == 1
    shown, fetched = counted(place, "resolve")
    assert (shown.status, fetched) == (1, int(name in FETCHING)), shown.err
    assert shown.err.count("git pbm resolve --current ") == 2
    assert "supervised-v1 (" in shown.out
    done, fetched = counted(place, "resolve", "--current", "rl-r1-i3")
    assert (done.status, fetched) == (0, 0), done.err
    assert place.git("write-tree") == server.merged
    assert place.git("diff", "--name-only") == ""
    if name == "partial and sparse":
        place.pbm("check", "--staged", "--fetch")
    place.git("commit", "-q", "--no-edit")
    assert place.git("status", "--porcelain") == ""
