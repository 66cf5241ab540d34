"""Sweeps: one command, killed or failed at each of its mutating calls; the next command must recover each."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.robustness.faults.states import state_left
from tests.support.machine import Done, Machine, bytes_below

Seen = dict[str, object]

KILL = "kill"
FAULTS = {
    "SIGKILL": KILL,
    "ENOSPC": str(errno.ENOSPC),
    "EIO": str(errno.EIO),
    "disk full from there on": f"{errno.ENOSPC}+",
}
KEPT = frozenset(("lock", "facts", "sound", "sound-base", "sound-evaluations"))
"""What git pbm leaves in its folder on purpose."""

TOLD = (0, 4, 5, 128)
"""The exit codes that a command may end with on a bad disk."""

NOT_UNDONE = ("could not all be undone", "may hold files of two models")
"""How a command says that the disk let it neither go on nor back."""

OTHER_WORK = frozenset(("A  staged.txt", " M notes.txt", "?? untracked.txt"))
"""``git status`` of the work that is none of ours, before and after."""

HEALER = """
import sys
from git_pbm.cli import main
recover = sys.argv[1:]
sys.exit(main(recover) or main(["check", "--rehash"]) or main(["deploy", "--check"]))
"""


def build_shim(folder: Path) -> Path:
    """Compile the shim; the caller has made sure that there is a compiler."""
    library = folder / "shim.so"
    source = Path(__file__).with_name("shim.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library


def nothing(_: Machine) -> None:
    """There is nothing to prepare."""


@dataclass(frozen=True)
class Command:
    """A row of the bench: the command, what happened before it, and what recovers it.

    ``subject`` begins the message of the commit that it makes, if it makes one; ``proofs`` are commands that find
    nothing once it has said that it is done; ``left`` is ``git status`` after recovery; ``recover`` None means that
    another ``add`` does. What ``undoes`` leaves everything as it was wherever it refuses.
    """

    words: Sequence[str]
    subject: str = ""
    proofs: Sequence[Sequence[str]] = (("check",), ("check", "--rev", "HEAD"), ("deploy", "--check"))
    undoes: bool = True
    prepare: Callable[[Machine], None] = nothing
    recover: Sequence[str] | None = None
    left: frozenset[str] = OTHER_WORK
    index_is_kept: bool = True


@dataclass
class Sweep:
    """What a sweep tried and what it found; ``broken`` must stay empty.

    ``states`` are the different ones that the points left behind; each was recovered, or is in ``broken``.
    """

    points: int = 0
    states: set[str] = field(default_factory=set)
    recovered: int = 0
    broken: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Bench:
    """A prepared registry in ``original`` that is copied to ``ground`` for each point, and the disturbed command."""

    machine: Machine
    original: Path
    ground: Path
    shim: Path
    name: str
    command: Command
    recover: Sequence[str]

    def run(self, fault: str, points: Callable[[int], Sequence[int]]) -> Sweep:
        """Disturb the command at the calls that ``points`` picks from their number."""
        sweep = Sweep()
        total = self.calls()
        for point in points(total):
            sweep.points += 1
            before = self._prepare()
            done = self._disturbed(point, fault)
            state = f"{done.status} {state_left(self.place)}"
            flaw = visible_flaw(self.place)
            if not flaw and state not in sweep.states:
                sweep.states.add(state)
                flaw = self._flaw(done, fault, before)
                sweep.recovered += not flaw
            if flaw:
                sweep.broken.append(f"{fault} at call {point} of {total}, exit {done.status}: {flaw}")
        return sweep

    def calls(self) -> int:
        """How many mutating calls the undisturbed command makes."""
        self._prepare()
        status = self._disturbed(0, KILL).status
        assert status == 0, f"undisturbed, the command ends with {status}"
        counter: int = struct.unpack("q", (self.ground / "counter").read_bytes())[0]
        return counter

    def disturbed(self, point: int, fault: str) -> int:
        """Run the command on a fresh copy with a fault at one call; returns its status."""
        self._prepare()
        return self._disturbed(point, fault).status

    @property
    def place(self) -> Machine:
        return self.machine.at(self.ground / "disturbed" / "models-repo")

    def _prepare(self) -> Seen:
        copy, made = self.ground / "disturbed", self.ground / "before" / self.name
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(made if made.exists() else self.original, copy, symlinks=True)
        if not made.exists():
            self.command.prepare(self.place)
            shutil.copytree(copy, made, symlinks=True)
        return seen(self.place)

    def _disturbed(self, point: int, fault: str) -> Done:
        """Run the command with a fault at a call."""
        counter = self.ground / "counter"
        counter.write_bytes(bytes(8))
        running = self.place.start(
            "git-pbm",
            *self.command.words,
            LD_PRELOAD=str(self.shim),
            FAULT_COUNTER=str(counter),
            FAULT_AT=str(point),
            FAULT_HOW=fault,
            PYTHONDONTWRITEBYTECODE="1",
        )
        out, words = running.communicate(timeout=300)
        if "Traceback" in words:
            raise AssertionError(f"{fault} at call {point}: {words}")
        return Done(running.returncode, out, words)

    def _flaw(self, told: Done, fault: str, before: Seen) -> str | None:
        place, command = self.place, self.command
        if fault != KILL:
            wrong = self._wrongly_told(told, before)
            if wrong:
                return wrong
        work = other_work(place)[: 4 if command.index_is_kept else 3]
        recover = command.recover or self.recover
        done = place.run(sys.executable, "-c", HEALER, *recover)
        if done.status != 0:
            return f"not recovered by git pbm {recover[0]}: {done.status} {done.out.strip()} {done.err.strip()}"
        left = set(place.git("status", "--porcelain").splitlines())
        if left != command.left:
            return f"after recovery, git status: {sorted(left)}"
        if other_work(place)[: len(work)] != work:
            return "the user's other work was touched"
        fsck = place.run("git", "fsck", "--strict", "--no-dangling")
        if fsck.status != 0:
            return f"git fsck: {fsck.err.strip()}"
        litter = [path.name for path in (place.folder / ".git/pbm").iterdir() if path.name not in KEPT]
        litter += [path.name for path in (place.folder.parent / "engine").iterdir() if path.name.endswith("-tmp")]
        return f"left lying about: {litter}" if litter else None

    def _wrongly_told(self, told: Done, before: Seen) -> str | None:
        """Whether the exit code says something else than the tree."""
        place, status = self.place, told.status
        if status not in TOLD:
            return "no exit code for trouble with the disk"
        if status in (0, 5):
            if not place.git("log", "-1", "--format=%s").startswith(self.command.subject):
                return "it says that it is done, and nothing is committed"
            for proof in self.command.proofs if status == 0 else (("check", "--rev", "HEAD"),):
                proven = place.run("git", "pbm", *proof)
                if proven.status != 0:
                    return f"it says that it is done, and {' '.join(proof)}: {proven.out.strip()} {told.err.strip()}"
            return None
        now = seen(place)
        if now["head"] != before["head"]:
            return "it says that nothing was changed, and there is a new commit"
        changed = sorted(name for name in now | before if now.get(name) != before.get(name))
        if changed and self.command.undoes and not any(words in told.err for words in NOT_UNDONE):
            return f"it says that all was undone, and {changed} changed: {told.err.strip()}"
        return None


def seen(place: Machine) -> Seen:
    """Everything that a refused command must leave as it was."""
    files = {**bytes_below(place.folder), **bytes_below(place.folder.parent / "engine")}
    found = {name: content for name, content in files.items() if not name.endswith("-tmp")}
    return {**found, "head": place.git("rev-parse", "HEAD"), "staged": place.run("git", "ls-files", "-s").out}


def other_work(place: Machine) -> list[str]:
    """The user's own files, byte for byte, and what of them is staged."""
    files = [(place.folder / name).read_text() for name in ("notes.txt", "staged.txt", "untracked.txt")]
    return [*files, place.run("git", "ls-files", "-s", "notes.txt", "staged.txt").out]


def visible_flaw(place: Machine) -> str | None:
    """Corruption that a reader could see: each file is the old one or the new one, whole."""
    folder = place.folder
    try:
        registry = json.loads((folder / "registry.json").read_text())
    except (OSError, ValueError) as error:
        return f"registry.json: {error}"
    if not os.path.lexists(folder / "current"):
        return "current is gone"
    if not (folder / "current").exists():
        return f"current dangles: {os.readlink(folder / 'current')}"
    if not {"policy_v2.onnx", "value_v2.onnx"} <= set(os.listdir(folder / "current")):
        return f"current holds half a model: {os.listdir(folder / 'current')}"
    for name in registry["models"]:
        try:
            metadata = json.loads((folder / f"models/{name}/metadata.json").read_text())
            for file, record in metadata.get("files", {}).items():
                if digest(folder / f"models/{name}/{file}") != record["sha256"]:
                    return f"models/{name}/{file} holds other bytes"
        except (OSError, ValueError) as error:
            return f"models/{name}: {error}"
    known = {digest(path) for path in folder.glob("models/*/*.onnx")} | {
        digest(path) for path in (folder.parent.parent / "runs").glob("*/*.onnx")
    }
    torn = [path.name for path in (folder.parent / "engine").glob("*.onnx") if digest(path) not in known]
    return f"torn in the engine: {torn}" if torn else None


def digest(path: Path) -> str:
    """The SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
