"""One command against hostile input: run under limits, and judged by what it promises whatever it is given."""

from __future__ import annotations

import hashlib
import json
import os
import stat
import subprocess
import sys
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.support.figures import record
from tests.support.machine import sealed_environment

HANG = 60.0
"""Seconds after which a command counts as hanging."""
PATH_MAX = 4095
"""Bytes of a path, on Linux; folders can lie deeper than one path reaches."""
DOCUMENTED = frozenset((0, 1, 2, 3, 4, 5, 128))
REFUSALS = frozenset((2, 4, 128))
ROOT = Path(__file__).parents[3]


@dataclass(frozen=True)
class Outcome:
    """What one command did."""

    words: tuple[str, ...]
    status: int
    out: bytes
    err: bytes
    memory: int
    seconds: float
    hung: bool

    @property
    def text(self) -> str:
        return self.out.decode("utf-8", "replace") + self.err.decode("utf-8", "replace")


@dataclass
class Tally:
    """The figures of one table in docs/reliability.md."""

    tried: int = 0
    tracebacks: int = 0
    hangs: int = 0
    worst_memory: int = 0
    flaws: list[str] = field(default_factory=list)

    def count(self, outcome: Outcome) -> None:
        self.tried += 1
        self.tracebacks += "Traceback" in outcome.text or outcome.status == 70
        self.hangs += outcome.hung
        self.worst_memory = max(self.worst_memory, outcome.memory)

    def note(self, section: str, row: str, **more: int) -> None:
        """Hand the figures on to the table at the end of the run."""
        found = {"tracebacks": self.tracebacks, "hangs": self.hangs, "other_flaws": len(self.flaws)}
        record(section, row, **more, commands=self.tried, **found, worst_MiB=self.worst_memory >> 20)


class Runner:
    """Starts the server of ``server.py`` once, and commands through it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {**sealed_environment(folder / "home"), "PYTHONIOENCODING": "utf-8:strict"}
        (folder / "home").mkdir(parents=True, exist_ok=True)
        (folder / "home" / ".gitconfig").write_text(
            "[user]\n\tname = A Trainer\n\temail = trainer@example.com\n[init]\n\tdefaultBranch = main\n"
        )
        self._server = subprocess.Popen(
            [sys.executable, "-m", "tests.robustness.hostile.server"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        self._server.stdin.close()
        self._server.stdout.close()
        self._server.wait(60)

    def pbm(self, folder: Path | str, *words: str, **environment: str) -> Outcome:
        """Run one command in a folder."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        out, err = self.folder / "out", self.folder / "err"
        order = {
            "folder": str(folder),
            "words": [os.fsencode(word).hex() for word in words],
            "environment": {**self.environment, **environment},
            "out": str(out),
            "err": str(err),
            "seconds": HANG,
        }
        self._server.stdin.write(json.dumps(order) + "\n")
        self._server.stdin.flush()
        answer = json.loads(self._server.stdout.readline())
        return Outcome(
            words,
            answer["status"],
            out.read_bytes(),
            err.read_bytes(),
            answer["memory"],
            answer["seconds"],
            answer["hung"],
        )

    def git(self, folder: Path, *argv: str | bytes, stdin: bytes = b"", check: bool = True) -> bytes:
        done = subprocess.run(["git", *argv], cwd=folder, env=self.environment, input=stdin, capture_output=True)
        if check:
            assert done.returncode == 0, (argv, done.stderr)
        return done.stdout


def flaws_of(outcome: Outcome) -> list[str]:
    """What is wrong with a command's behaviour, whatever it was given; empty where nothing is."""
    found = []
    if outcome.hung:
        return [f"hung for {HANG:g} s"]
    if "Traceback" in outcome.text or "this is a bug in git pbm" in outcome.text:
        found.append(f"a traceback: {outcome.text.strip()[-700:]}")
    elif outcome.status not in DOCUMENTED:
        found.append(f"exit code {outcome.status}: {outcome.text[-300:]}")
    said = [line for line in outcome.err.decode("utf-8", "replace").splitlines() if line.startswith("git pbm: ")]
    if outcome.status in REFUSALS and (len(said) != 1 or " -> " not in said[0]):
        found.append(f"no refusal of one line with what to type: {outcome.err[-300:]!r}")
    for name, data in (("stdout", outcome.out), ("stderr", outcome.err)):
        raw = raw_characters(data)
        if raw:
            found.append(f"{name} holds {raw} raw")
    if outcome.words[0] != "check" or "github" not in outcome.words:
        lines = [line.strip() for line in outcome.text.splitlines()]
        if any(line.startswith("::") or "##[" in line for line in lines):
            found.append("a workflow command for GitHub")
    return found


def raw_characters(data: bytes) -> str:
    """Characters that act on a terminal instead of being shown: control, bidi, invisible ones, broken UTF-8."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return f"no UTF-8 at {error.start}: {data[max(0, error.start - 20) : error.start + 20]!r}"
    acting = {c for c in text if c != "\n" and unicodedata.category(c) in ("Cc", "Cf", "Cs", "Zl", "Zp")}
    return " ".join(f"U+{ord(c):04X}" for c in sorted(acting))


def fingerprint(runner: Runner, folder: Path) -> dict[str, object]:
    """HEAD, refs, the staged entries and every byte of the work tree."""
    found: dict[str, object] = {
        "refs": runner.git(folder, "for-each-ref", "--format=%(refname) %(objectname)", check=False),
        "head": (folder / ".git" / "HEAD").read_bytes(),
        "index": runner.git(folder, "ls-files", "-s", "-z", check=False),
    }
    waiting = [os.fsencode(folder)]
    while waiting:
        where = waiting.pop()
        for entry in os.scandir(where):
            if entry.name == b".git":
                continue
            name = os.fsdecode(entry.path)
            if len(entry.path) > PATH_MAX:
                found[name] = "a path that no call takes"
                continue
            status = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(status.st_mode):
                waiting.append(entry.path)
                found[name] = "directory"
            elif stat.S_ISLNK(status.st_mode):
                found[name] = os.readlink(entry.path)
            elif stat.S_ISREG(status.st_mode) and status.st_size < 1 << 26:
                with open(entry.path, "rb") as file:
                    found[name] = hashlib.sha256(file.read()).digest()
            else:
                found[name] = (status.st_mode, status.st_size, status.st_mtime_ns)
    return found


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    return [name for name in before.keys() | after.keys() if before.get(name) != after.get(name)]
