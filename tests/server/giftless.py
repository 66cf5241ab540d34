"""A real Git LFS server (giftless) on a free port of this machine, and what it was asked."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
_ADDRESS = re.compile(r"Running on (http://127\.0\.0\.1:[0-9]+)")
_REQUEST = re.compile(r'"(GET|PUT|POST|HEAD) (/[^ ]*) HTTP')
_CONFIGURATION = """\
AUTH_PROVIDERS:
  - giftless.auth.allow_anon:read_write
TRANSFER_ADAPTERS:
  basic:
    factory: giftless.transfer.basic_streaming:factory
    options:
      storage_class: giftless.storage.local_storage:LocalStorage
      storage_options:
        path: {storage}
"""


def install(folder: Path) -> Path:
    """giftless in a virtual environment of its own, made once; needs PyPI. Returns the environment's Python."""
    python, stamp = folder / "bin/python", folder / "ready"
    if stamp.exists() and stamp.read_text() == REQUIREMENTS.read_text():
        return python
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(folder)], check=True)
    argv = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(REQUIREMENTS)]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        pytest.fail(f"giftless could not be installed (these tests need PyPI once):\n{done.stderr[-2000:]}")
    stamp.write_text(REQUIREMENTS.read_text())
    return python


@dataclass
class Server:
    """A running server: its address, the folder of its objects, and its log."""

    address: str
    storage: Path
    log: Path
    process: subprocess.Popen[bytes]

    @property
    def url(self) -> str:
        """What ``lfs.url`` is for one repository."""
        return f"{self.address}/lab/models.git/info/lfs"

    def requests(self) -> list[tuple[str, str]]:
        """Method and path of every request so far."""
        return _REQUEST.findall(self.log.read_text())

    def objects(self) -> set[str]:
        """The SHA-256 of every object that is stored."""
        return {path.name for path in self.storage.rglob("*") if path.is_file()}

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


@contextmanager
def serving(python: Path, folder: Path) -> Iterator[Server]:
    """A server with its storage below ``folder``, ended at the end."""
    folder.mkdir()
    (folder / "giftless.yaml").write_text(_CONFIGURATION.format(storage=folder / "objects"))
    environment = {
        "PATH": os.environ["PATH"],
        "GIFTLESS_CONFIG_FILE": str(folder / "giftless.yaml"),
        "FLASK_APP": "giftless.wsgi_entrypoint",
        "PYTHONUNBUFFERED": "1",
    }
    log = folder / "log"
    with log.open("wb") as sink:
        argv = [str(python), "-m", "flask", "run", "--port", "0"]
        process = subprocess.Popen(argv, cwd=folder, env=environment, stdout=sink, stderr=sink)
    try:
        yield Server(_address(process, log), folder / "objects", log, process)
    finally:
        process.terminate()
        process.wait()


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    for _ in range(1200):
        found = _ADDRESS.search(log.read_text())
        if found:
            return found[1]
        if process.poll() is not None:
            break
        time.sleep(0.1)
    pytest.fail(f"giftless did not start:\n{log.read_text()[-2000:]}")
