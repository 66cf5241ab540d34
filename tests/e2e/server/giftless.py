"""A real Git LFS server (giftless) on this machine, with its objects on a disk or in a bucket."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).with_name("requirements.txt")
_ADDRESS = re.compile(r"Running on (http://127\.0\.0\.1:[0-9]+)")
_REQUEST = re.compile(r'"(GET|PUT|POST|HEAD) (/[^ ]*) HTTP')
BUCKET = "weights"
_CONFIGURATION = """\
AUTH_PROVIDERS:
  - giftless.auth.allow_anon:read_write
TRANSFER_ADAPTERS:
  basic:
    factory: giftless.transfer.{transfer}:factory
    options:
      storage_class: giftless.storage.{storage}
      storage_options: {options}
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
    log: Path
    process: subprocess.Popen[bytes]
    storage: Path
    bucket: str = ""
    """The address of the bucket, where the objects lie in one."""

    @property
    def url(self) -> str:
        """What ``lfs.url`` is for one repository."""
        return f"{self.address}/lab/models.git/info/lfs"

    def requests(self) -> list[tuple[str, str]]:
        """Method and path of every request so far."""
        return _REQUEST.findall(self.log.read_text())

    def objects(self) -> set[str]:
        """The SHA-256 of every object that is stored."""
        if self.bucket:
            with urllib.request.urlopen(f"{self.bucket}?list-type=2") as answer:
                keys = re.findall(r"<Key>([^<]+)</Key>", answer.read().decode())
            return {key.rpartition("/")[2] for key in keys}
        return {path.name for path in self.storage.rglob("*") if path.is_file()}

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()


@contextmanager
def serving(python: Path, folder: Path, bucket: str = "") -> Iterator[Server]:
    """A server with its objects below ``folder``, or in the bucket at an address; ended at the end."""
    folder.mkdir()
    objects, local = folder / "objects", "local_storage:LocalStorage"
    words = ("basic_streaming", local, {"path": str(objects)})
    if bucket:
        endpoint, _, name = bucket.rpartition("/")
        # clients are sent to the bucket itself: no weight passes through the server
        words = ("basic_external", "amazon_s3:AmazonS3Storage", {"bucket_name": name, "endpoint": endpoint})
    transfer, storage, options = words
    text = _CONFIGURATION.format(transfer=transfer, storage=storage, options=json.dumps(options))
    (folder / "giftless.yaml").write_text(text)
    more = {"GIFTLESS_CONFIG_FILE": str(folder / "giftless.yaml"), "FLASK_APP": "giftless.wsgi_entrypoint"}
    with _running([str(python), "-m", "flask", "run", "--port", "0"], folder, more) as (address, log, process):
        yield Server(address, log, process, objects, bucket)


@contextmanager
def bucket_at(python: Path, folder: Path) -> Iterator[str]:
    """The address of an empty bucket of an S3 server (moto) on this machine."""
    folder.mkdir()
    with _running([str(python), "-m", "moto.server", "-H", "127.0.0.1", "-p", "0"], folder, {}) as (address, _, _):
        made = urllib.request.Request(f"{address}/{BUCKET}", method="PUT")
        urllib.request.urlopen(made).close()
        yield f"{address}/{BUCKET}"


@contextmanager
def _running(
    argv: list[str], folder: Path, more: dict[str, str]
) -> Iterator[tuple[str, Path, subprocess.Popen[bytes]]]:
    """A web server's address, its log and its process."""
    keys = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONUNBUFFERED": "1", **keys, **more}
    log = folder / "log"
    with log.open("wb") as sink:
        process = subprocess.Popen(argv, cwd=folder, env=environment, stdout=sink, stderr=sink)
    try:
        yield _address(process, log), log, process
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
    pytest.fail(f"the server did not start:\n{log.read_text()[-2000:]}")
