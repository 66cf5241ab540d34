"""The table of commands that the fault bench disturbs; a new changing command is a new row."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable, Sequence

from tests.robustness.faults.sweep import OTHER_WORK, Command, nothing
from tests.support.machine import Machine

ADD = ("add", "../../runs/3/policy_v2.onnx", "../../runs/3/value_v2.onnx", "--tag", "rl-r1-i2")
REMOVE = ("remove", "spare", "--why", "not needed")
HEAL = ("add", "../../runs/9/policy_v2.onnx", "../../runs/9/value_v2.onnx", "--tag", "rl-r9-i9")
ADOPT = ("init", "--adopt", "--no-hooks")
REPAIR = ("repair", "--apply")

STOPPED = """
import os, signal, sys
import git_pbm.transaction.commit as module
from git_pbm.cli import main
module.{name} = lambda *words, **named: os.kill(os.getpid(), signal.SIGKILL)
sys.exit(main(sys.argv[1:]))
"""


def stopped(place: Machine, name: str, *words: str) -> None:
    """Kill a command when it comes to a step of ``git_pbm.transaction.commit``."""
    done = place.run(sys.executable, "-c", STOPPED.format(name=name), *words)
    assert done.status == -signal.SIGKILL, done.err
    assert (place.folder / ".git/pbm/journal.json").exists()


def damage_derived_files(place: Machine) -> None:
    """What ``repair`` is for: a registry that lacks a model, a stale README block, ``current`` elsewhere."""
    registry = json.loads((place.folder / "registry.json").read_text())
    current = registry["current"]
    other = next(name for name in registry["models"] if name != current)
    del registry["models"][other]
    place.write("registry.json", json.dumps(registry))
    readme = (place.folder / "README.md").read_text()
    place.write("README.md", readme.replace(current, "cafecafe"))
    (place.folder / "current").unlink()
    (place.folder / "current").symlink_to(f"models/{other}")


def tear_index(place: Machine) -> None:
    """What a power cut leaves of an index that was not synced."""
    index = place.folder / ".git/index"
    index.write_bytes(index.read_bytes()[:100])


def add_next(place: Machine) -> None:
    """An add whose tag was mistyped."""
    place.pbm(*ADD)


def remove_spare(place: Machine) -> None:
    """A removal, which ``undo`` takes back: networks come again, and files of all kinds."""
    place.pbm(*REMOVE)


def keep_by_hand(place: Machine) -> None:
    """A registry as people keep it without us: in their own layout, without attributes and README block."""
    registry = json.loads((place.folder / "registry.json").read_text())
    registry["models"] = dict(reversed(registry["models"].items()))
    place.write("registry.json", json.dumps(registry, indent=4))
    place.write("README.md", "# Models\n")
    (place.folder / ".gitattributes").unlink()
    place.git("commit", "-q", "--no-verify", "-m", "by hand", "--", "registry.json", "README.md", ".gitattributes")


def keep_in_folders(place: Machine) -> None:
    """As it was kept before there were ids: ``current`` is a folder with a copy in it, another model lies elsewhere."""
    keep_by_hand(place)
    model = os.readlink(place.folder / "current")
    (place.folder / "current").unlink()
    place.git("commit", "-q", "--no-verify", "-m", "no link", "--", "current")
    shutil.copytree(place.folder / model, place.folder / "current")
    place.write("current/metadata.json", '{"tag": "rl-r1-i1"}\n')
    shutil.copytree(place.folder.parent.parent / "runs/3", place.folder / "old/best")
    place.git("add", "old", "current")
    place.git("commit", "-q", "--no-verify", "-m", "folders", "--", "old", "current")


def recovery(
    step: str, *words: str, healed_by: Sequence[str] = REPAIR, before: Callable[[Machine], None] = nothing
) -> Command:
    """The row for a command that recovers first: another was killed at a step of ``git_pbm.transaction.commit``."""

    def prepare(place: Machine) -> None:
        before(place)
        stopped(place, step, *words)

    return Command(healed_by, prepare=prepare, recover=None if healed_by == REPAIR else healed_by, undoes=False)


def play(place: Machine) -> None:
    """A match is beside the registry, as its players wrote it down."""
    (place.folder.parent / "games.csv").write_text("seat,score,unit\nwhite,1,a\nblack,0,a\n")


EVALUATE = ("eval", "add", "current", "--against", "medium@1", "--from", "../games.csv", "--ended", "2026-02-19")
MOVE_IN = (*ADOPT, "--move-in", "old/best=rl-r1-i2")
COMMANDS = {
    "add": Command(ADD, "feat: add rl-r1-i2"),
    "promote": Command(("promote", "supervised-v1"), "chore: promote supervised-v1"),
    "remove": Command(REMOVE, "chore: remove spare"),
    "undo": Command(("undo",), "notes", prepare=remove_spare, recover=HEAL),
    "retag": Command(("retag", "rl-r1-i2", "rl-r1-i7"), "feat: add rl-r1-i7", prepare=add_next, recover=HEAL),
    "eval add": Command(EVALUATE, "test: evaluate rl-r1-i1", prepare=play),
    "deploy": Command(
        ("deploy", "supervised-v1"), recover=("deploy",), proofs=(("deploy", "--check", "supervised-v1"),)
    ),
    "init --adopt": Command(ADOPT, "chore: ", prepare=keep_by_hand, recover=ADOPT),
    "init --adopt, folders": Command(MOVE_IN, "chore: ", prepare=keep_in_folders, recover=ADOPT),
    "repair": Command(REPAIR, prepare=damage_derived_files, recover=REPAIR),
    "repair, torn index": Command(
        REPAIR,
        prepare=tear_index,
        recover=REPAIR,
        left=OTHER_WORK - {"A  staged.txt"} | {"?? staged.txt"},
        index_is_kept=False,
        undoes=False,
    ),
    "recovery of add, back": recovery("private_index", *ADD),
    "recovery of add, forward": recovery("follow_hooks", *ADD),
    "recovery of remove, back": recovery("stage", *REMOVE),
    "recovery of init --adopt, back": recovery("private_index", *MOVE_IN, before=keep_in_folders, healed_by=ADOPT),
    "recovery of init --adopt, forward": recovery("follow_hooks", *MOVE_IN, before=keep_in_folders),
}
