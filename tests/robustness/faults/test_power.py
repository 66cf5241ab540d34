"""The power fails: an ext4 image as the disk holds it at a call is whole, or recovered (``make test-power``)."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.robustness.faults.commands import ADD, HEAL, REPAIR
from tests.robustness.faults.conftest import STEP
from tests.robustness.faults.sweep import KILL, Bench, Command, visible_flaw
from tests.support.figures import record
from tests.support.machine import Machine, need

pytestmark = pytest.mark.skipif(
    os.environ.get("PBM_POWER") != "true", reason="needs root and loop mounts: make test-power"
)


@dataclass
class Disk:
    """An ext4 image, mounted at ``folder``; what was never synced is only in memory."""

    image: Path
    folder: Path

    def mount(self) -> None:
        subprocess.run(["mount", "-o", "loop", self.image, self.folder], check=True)

    def unmount(self) -> None:
        subprocess.run(["umount", self.folder], check=True)

    def lose_power(self) -> None:
        """Keep what the disk holds at this moment, and nothing of what is only in memory."""
        lost = self.image.with_suffix(".lost")
        shutil.copyfile(self.image, lost)
        self.unmount()
        os.replace(lost, self.image)
        self.mount()


@pytest.fixture
def disk(tmp_path: Path, prepared: Path, ground: Path) -> Iterator[Disk]:
    for program in ("mount", "losetup", "mkfs.ext4"):
        need(program)
    if os.geteuid() != 0:
        pytest.skip("only root may mount an image")
    disk = Disk(ground / "disk.img", tmp_path / "disk")
    disk.folder.mkdir()
    with disk.image.open("wb") as file:
        file.truncate(64 << 20)
    subprocess.run(["mkfs.ext4", "-q", disk.image], check=True)
    done = subprocess.run(["mount", "-o", "loop", disk.image, disk.folder], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.skip(f"this machine mounts no images: {done.stderr.strip()}")
    shutil.copytree(ground / "runs", disk.folder / "runs")
    shutil.copytree(prepared, disk.folder / "disturbed", symlinks=True)
    disk.unmount()
    yield disk
    if os.path.ismount(disk.folder):
        disk.unmount()


def test_whatever_the_disk_holds_when_the_power_fails_is_healed(
    bench_machine: Machine, prepared: Path, disk: Disk, ground: Path, shim: Path
) -> None:
    """The command is killed at a call and the image taken at once: that is what a power cut leaves."""
    whole = disk.image.with_suffix(".whole")
    shutil.copyfile(disk.image, whole)
    total = Bench(bench_machine, prepared, ground, shim, "add", Command(ADD), HEAL).calls()
    place = bench_machine.at(disk.folder / "disturbed" / "models-repo")
    broken, points = [], range(1, total + 2, STEP)
    for point in points:
        shutil.copyfile(whole, disk.image)
        disk.mount()
        counter = ground / "counter"
        counter.write_bytes(bytes(8))
        running = place.start(
            "git-pbm",
            *ADD,
            LD_PRELOAD=str(shim),
            FAULT_COUNTER=str(counter),
            FAULT_AT=str(point),
            FAULT_HOW=KILL,
            PYTHONDONTWRITEBYTECODE="1",
        )
        running.communicate(timeout=300)
        disk.lose_power()
        flaw = flaw_of(place)
        if flaw:
            broken.append(f"power lost at call {point} of {total}: {flaw}")
        disk.unmount()
    record("power", "add", points=len(points), recovered=len(points) - len(broken), not_healed=len(broken))
    assert not broken, "\n".join(broken)


def flaw_of(place: Machine) -> str | None:
    """What is wrong after the power is back, first to be seen and then after ``repair`` and another ``add``."""
    seen = visible_flaw(place)
    if seen:
        return f"visible: {seen}"
    for words in (REPAIR, HEAL, ("check", "--rehash"), ("check", "--rev", "HEAD"), ("deploy", "--check")):
        done = place.run("git", "pbm", *words)
        if done.status != 0:
            return f"git pbm {' '.join(words)}: {done.status} {done.out.strip()} {done.err.strip()}"
    fsck = place.run("git", "fsck", "--strict", "--no-dangling")
    return f"git fsck: {fsck.err.strip()}" if fsck.status != 0 else None


def test_what_was_reported_as_done_survives_a_power_cut_right_after(bench_machine: Machine, disk: Disk) -> None:
    disk.mount()
    place = bench_machine.at(disk.folder / "disturbed" / "models-repo")
    place.pbm(*ADD)
    disk.lose_power()
    assert place.git("log", "-1", "--format=%s").startswith("feat: add rl-r1-i2")
    place.pbm("check", "--rehash")
    place.pbm("deploy", "--check")
    place.git("fsck", "--strict", "--no-dangling")
