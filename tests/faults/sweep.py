"""Sweeps: one command, killed or failed at each of its mutating calls; after each point the next command must heal."""

from __future__ import annotations

import errno
import json
import os
import shutil
import struct
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.machine import Machine

KILL = "kill"
FAULTS = {"SIGKILL": KILL, "ENOSPC": str(errno.ENOSPC), "EIO": str(errno.EIO)}


def build_shim(folder: Path) -> Path:
    """Compile the shim; the caller has made sure that there is a compiler."""
    library = folder / "shim.so"
    source = Path(__file__).with_name("shim.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"], check=True)
    return library


@dataclass
class Sweep:
    """What a sweep tried and what it found; ``broken`` must stay empty."""

    points: int = 0
    healed: int = 0
    broken: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Bench:
    """A prepared registry that is copied for each point, and the command that is disturbed."""

    machine: Machine
    original: Path
    shim: Path
    words: Sequence[str]
    heal: Sequence[str]

    def run(self, fault: str, step: int = 1, first: int = 1, last: int = 10**6) -> Sweep:
        """Disturb the command at every ``step``-th call from ``first`` to ``last``."""
        sweep = Sweep()
        total = self.disturbed(0, KILL)[1]
        for point in range(first, min(total, last) + 1, step):
            sweep.points += 1
            status, _ = self.disturbed(point, fault)
            flaw = self._flaw(status, fault)
            if flaw:
                sweep.broken.append(f"{fault} at call {point} of {total}: {flaw}")
            else:
                sweep.healed += 1
        return sweep

    @property
    def place(self) -> Machine:
        return self.machine.at(self.machine.folder / "disturbed" / "models-repo")

    def disturbed(self, point: int, fault: str) -> tuple[int, int]:
        """Run the command on a fresh copy with a fault at a call; returns its status and the calls made."""
        copy = self.machine.folder / "disturbed"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.original, copy, symlinks=True)
        counter = self.machine.folder / "counter"
        counter.write_bytes(bytes(8))
        running = self.place.start(
            "git-pbm",
            *self.words,
            LD_PRELOAD=str(self.shim),
            FAULT_COUNTER=str(counter),
            FAULT_AT=str(point),
            FAULT_HOW=fault,
            PYTHONDONTWRITEBYTECODE="1",
        )
        _, words = running.communicate(timeout=120)
        if "Traceback" in words:
            raise AssertionError(f"{fault} at call {point}: {words}")
        return running.returncode, struct.unpack("q", counter.read_bytes())[0]

    def _flaw(self, status: int, fault: str) -> str | None:
        place = self.place
        seen = visible_flaw(place)
        if seen:
            return f"visible: {seen}"
        if fault != KILL and status == 0 and place.run("git", "pbm", "check", "--rev", "HEAD").status != 0:
            return "exit 0 with a wrong tree"
        notes = (place.folder / "notes.txt").read_text()
        done = place.run("git", "pbm", *self.heal)
        if done.status != 0:
            return f"not healed by git pbm {self.heal[0]}: {done.status} {done.err.strip()}"
        for words in (("check", "--rehash"), ("check", "--staged"), ("check", "--rev", "HEAD")):
            checked = place.run("git", "pbm", *words)
            if checked.status != 0:
                return f"after healing, {' '.join(words)}: {checked.out.strip()}"
        left = set(place.git("status", "--porcelain").splitlines())
        if left != {"A  staged.txt", " M notes.txt"}:
            return f"after healing, git status: {sorted(left)}"
        if (place.folder / "notes.txt").read_text() != notes or place.git("show", ":staged.txt") != "staged\n":
            return "the user's other work was touched"
        return None


def visible_flaw(place: Machine) -> str | None:
    """Corruption that a reader could see: each file is the old one or the new one, whole."""
    folder = place.folder
    try:
        registry = json.loads((folder / "registry.json").read_text())
    except (OSError, ValueError) as error:
        return f"registry.json: {error}"
    if not (folder / "current").exists():
        return f"current dangles: {os.readlink(folder / 'current')}"
    for name in registry["models"]:
        done = subprocess.run(["sha256sum", folder / f"models/{name}/policy_v2.onnx"], capture_output=True, text=True)
        if not done.stdout.startswith(name):
            return f"models/{name}: {done.stdout[:8]} {done.stderr.strip()}"
    return None
