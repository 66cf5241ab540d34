"""In what order things reach the disk: content before its name, names before the commit, success said last of all."""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.robustness.faults.commands import ADD
from tests.support.machine import Machine, need
from tests.support.strace import whole_calls

CALLS = "openat,write,fsync,fdatasync,rename,renameat,renameat2,link,linkat,mkdir,symlink,unlink,execve"
SYNCED = re.compile(r"f(?:data)?sync\(\d+<(.*)>\)\s+= 0")
RENAMED = re.compile(
    r'(?:rename|link)(?:at2?)?\((?:AT_FDCWD(?:<[^>]*>)?, )?"(.*?)", (?:AT_FDCWD(?:<[^>]*>)?, )?"(.*?)"'
)
SAID = re.compile(r'write\(1<.*?>, "(.*?)"')


@dataclass(frozen=True)
class Trace:
    """A command's system calls that matter here, in the order in which they ended."""

    lines: list[str]
    folder: str

    def next(self, start: int, kind: str, end: str) -> int:
        """Where such an event comes after ``start``; ``kind`` is synced, renamed (to) or said."""
        found = [number for number, line in enumerate(self.lines) if self._is(line, kind, end)]
        later = [number for number in found if number > start]
        assert later, f"not {kind} after line {start}: {end} (it is in lines {found})"
        assert kind == "synced" or later[0] == found[0], f"{kind} too early, in line {found[0]}: {end}"
        return later[0]

    def _is(self, line: str, kind: str, end: str) -> bool:
        match = {"synced": SYNCED, "renamed": RENAMED, "said": SAID}[kind].search(line)
        return match is not None and re.search(f"{end}$" if kind != "said" else end, match.groups()[-1]) is not None


def traced(place: Machine, log: Path, *words: str) -> Trace:
    """Run git pbm below strace."""
    done = place.run("strace", "-f", "-y", "-s", "300", "-e", f"trace={CALLS}", "-o", log, "git-pbm", *words)
    if "ptrace" in done.err.lower() and done.status != 0:
        pytest.skip(f"strace may not trace here: {done.err.splitlines()[-1]}")
    assert done.status == 0, done.err
    return Trace([call for _, call in whole_calls(log.read_text(errors="replace").splitlines())], str(place.folder))


@pytest.fixture(scope="session")
def trace(bench_machine: Machine, prepared: Path, ground: Path) -> Trace:
    need("strace")
    shutil.copytree(prepared, ground / "traced", symlinks=True)
    return traced(bench_machine.at(ground / "traced" / "models-repo"), ground / "trace", *ADD)


def test_everything_is_on_the_disk_before_what_names_it_and_success_is_said_last(trace: Trace) -> None:
    events = (
        ("synced", r"/policy_v2\.onnx"),
        ("synced", r"/\.journal\.json\.[0-9a-f]+\.pbm-tmp"),
        ("renamed", r"/journal\.json"),
        ("synced", r"/\.git/pbm"),
        ("synced", r"/metadata\.json"),
        ("synced", r"/\.pbm-staging-[^/]*/model"),
        ("renamed", r"/models/[0-9a-f]{8}"),
        ("synced", r"/models"),
        ("renamed", r"/registry\.json"),
        ("synced", r"/models-repo"),
        ("renamed", r"/current"),
        ("synced", r"/models-repo"),
        ("synced", r"/objects/../tmp_obj_.*"),
        ("synced", r"/\.git/index\.lock"),
        ("synced", r"/refs/heads/main\.lock"),
        ("renamed", r"/refs/heads/main"),
        ("synced", r"/objects/[0-9a-f]{2}"),
        ("synced", r"/refs/heads"),
        ("synced", r"/engine/\.policy_v2\.onnx\.[0-9a-f]+\.pbm-tmp"),
        ("synced", r"/engine/\.\.pbm-deploy\.json\.[0-9a-f]+\.pbm-tmp"),
        ("renamed", r"/engine/policy_v2\.onnx"),
        ("synced", "/engine"),
        ("renamed", r"/engine/\.pbm-deploy\.json"),
        ("synced", "/engine"),
        ("synced", r"/\.git/pbm"),
        ("said", "rl-r1-i2"),
    )
    place = -1
    for kind, end in events:
        place = trace.next(place, kind, end)
    assert not [line for line in trace.lines[place:] if SYNCED.search(line)]


def test_every_file_that_gets_its_name_by_a_rename_was_synced_before(trace: Trace) -> None:
    synced: set[str] = set()
    unsynced = []
    for line in trace.lines:
        done, renamed = SYNCED.search(line), RENAMED.search(line)
        if done:
            synced.add(os.path.basename(done[1]))
        elif renamed and line.endswith("= 0"):
            old, new = renamed.groups()
            if re.search(r"undo/|/gone$|/facts|/model$|^/tmp/git-pbm-|\.journal|current\.", f"{new}\n{old}") is None:
                unsynced += [f"{old} -> {new}"] if os.path.basename(old) not in synced else []
    assert not unsynced


def test_git_is_told_to_sync_all_that_it_writes(trace: Trace) -> None:
    started = [
        line for line in trace.lines if re.match(r'execve\("[^"]*/git", \["git", ', line) and line.endswith("= 0")
    ]
    changing = [line for line in started if re.search(r'"(add|commit|update-index|stash)"', line)]
    assert len(changing) > 2
    scratch = [line for line in changing if '"core.fsync=none"' in line]
    assert all('"--index-info"' in line for line in scratch), "only an index that is thrown away"
    assert not [line for line in changing if '"core.fsync=all"' not in line and line not in scratch]
