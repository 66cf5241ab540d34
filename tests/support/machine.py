"""A sealed machine for tests: private HOME, fixed identity and dates, no variable of git's from outside."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

GIT_LOCAL = subprocess.run(
    ["git", "rev-parse", "--local-env-vars"], capture_output=True, text=True, check=True
).stdout.split()
BIN = Path(sys.executable).parent
REF_FORMAT = "GIT_DEFAULT_REF_FORMAT"
"""git's own variable (2.45 and later): how new repositories keep their refs; make test-gits sets it."""


def need(program: str) -> None:
    """Skip a test where a system tool is missing; in CI that is a failure."""
    if shutil.which(program) is None:
        if os.environ.get("CI") == "true":
            pytest.fail(f"{program} is missing, and CI must have it")
        pytest.skip(f"{program} is not installed")


def _heed_signals() -> None:
    """A job in the background, or under nohup, ignores signals, and its children inherit that."""
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


def sealed_environment(home: Path) -> dict[str, str]:
    """The environment of every process that a test starts."""
    dropped = [key for key in os.environ if key in GIT_LOCAL or (key.startswith("GIT_") and key != REF_FORMAT)]
    kept = {key: value for key, value in os.environ.items() if key not in dropped}
    for name in (
        "NO_COLOR",
        "COLUMNS",
        "LINES",
        "PBM_REGISTRY",
        "PBM_VERBOSE",
        "PRE_COMMIT_TO_REF",
        "PRE_COMMIT_LOCAL_BRANCH",
        "CI",
    ):
        kept.pop(name, None)
    return {
        **kept,
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "PATH": f"{BIN}{os.pathsep}{kept['PATH']}",
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
        "GIT_AUTHOR_DATE": "2026-02-20T12:00:00Z",
        "GIT_COMMITTER_DATE": "2026-02-20T12:00:00Z",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_EDITOR": "false",
        "LC_ALL": "C.UTF-8",
        "TERM": "dumb",
    }


@dataclass(frozen=True)
class Done:
    """What a finished process said."""

    status: int
    out: str
    err: str


@dataclass
class Machine:
    """Runs programs in one folder of a sealed machine."""

    folder: Path
    environment: dict[str, str] = field(repr=False)

    def run(self, *argv: str | Path, stdin: str | None = None, **environment: str) -> Done:
        done = subprocess.run(
            [str(word) for word in argv],
            cwd=self.folder,
            env={**self.environment, **environment},
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            text=True,
            errors="surrogateescape",
            check=False,
            timeout=300,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def git(self, *argv: str | Path, stdin: str | None = None, **environment: str) -> str:
        """What a git command prints; it must succeed."""
        done = self.run("git", *argv, stdin=stdin, **environment)
        assert done.status == 0, f"git {argv}: {done.err or done.out}"
        return done.out

    def pbm(self, *argv: str | Path, status: int = 0, **environment: str) -> Done:
        """Run git pbm; it must end with ``status``, and never with a traceback."""
        done = self.run("git", "pbm", *argv, stdin=None, **environment)
        assert "Traceback" not in done.err, done.err
        assert done.status == status, f"git pbm {argv}: {done.status}\n{done.out}\n{done.err}"
        return done

    def start(self, *argv: str | Path, **environment: str) -> subprocess.Popen[str]:
        """A process in a group of its own, to be signalled."""
        return subprocess.Popen(
            [str(word) for word in argv],
            cwd=self.folder,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=_heed_signals,
        )

    def at(self, folder: Path) -> Machine:
        """The same machine, another folder."""
        return Machine(folder, self.environment)

    def write(self, path: str, content: str | bytes) -> Path:
        """Write a file below the folder."""
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content.encode() if isinstance(content, str) else content)
        return target

    def commit(self, message: str, *, verify: bool = False) -> str:
        """Commit everything; returns the commit."""
        self.git("add", "-A")
        self.git("commit", "-q", "-m", message, *([] if verify else ["--no-verify"]))
        return self.git("rev-parse", "HEAD").strip()


def state_of(machine: Machine) -> dict[str, object]:
    """All that a refused command must leave as it was: HEAD, index, status, every byte of the work tree."""
    return {
        "head": machine.run("git", "rev-parse", "HEAD").out,
        "index": machine.git("ls-files", "-s"),
        "status": machine.git("status", "--porcelain", "--ignored"),
        "files": bytes_below(machine.folder),
    }


def bytes_below(folder: Path) -> dict[str, object]:
    """Every file's bytes and every link's target below a folder, git's own folder left out."""
    found: dict[str, object] = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if name == ".git" or name.startswith(".git/"):
            continue
        if path.is_symlink():
            found[name] = f"-> {os.readlink(path)}"
        elif path.is_file():
            found[name] = path.read_bytes()
        elif path.is_dir():
            found[name] = "directory"
        else:
            found[name] = "other"
    return found
