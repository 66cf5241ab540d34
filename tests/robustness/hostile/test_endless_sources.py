"""Sources of ``add`` without end, without room, or that change while they are read; what ``--metrics`` may name."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from git_pbm.errors import RefusedError
from git_pbm.transaction.intake import Source, intake
from tests.robustness.hostile.conftest import Quarry
from tests.robustness.hostile.trial import Tally, fingerprint, flaws_of
from tests.support.tiny import field, model, tiny_policy

Maker = Callable[[Path], object]
TERABYTE = 10**12


def _socket(path: Path) -> None:
    before = os.getcwd()
    os.chdir(path.parent)  # the name of a socket holds no more than about a hundred bytes
    try:
        with socket.socket(socket.AF_UNIX) as end:
            end.bind(path.name)
    finally:
        os.chdir(before)


def _sparse(path: Path, size: int = TERABYTE, head: bytes = b"") -> None:
    with path.open("wb") as file:
        file.write(head)
        file.truncate(size)


def _never_ending(path: Path) -> None:
    """A sound beginning, and then a weight that takes the rest of the terabyte."""
    name = b"\x3a" + b"\xff\xff\xff\xff\xff\x0f"
    _sparse(path, head=field(1, 8) + name)


SOURCES: dict[str, tuple[Maker, str]] = {
    "a FIFO": (os.mkfifo, "not a regular file"),
    "a device": (lambda path: path.symlink_to("/dev/zero"), "not a regular file"),
    "a terminal": (lambda path: path.symlink_to("/dev/tty"), ""),
    "a directory": (os.mkdir, "not a regular file"),
    "a socket": (_socket, ""),
    "a sparse terabyte of zeros": (_sparse, ""),
    "a sparse terabyte that begins like a model": (_never_ending, ""),
    "a file that the kernel makes up": (lambda path: path.symlink_to("/proc/self/maps"), ""),
    "a file whose read fails": (lambda path: path.symlink_to("/proc/self/mem"), "cannot be read"),
    "nothing at all": (lambda path: None, "No such file"),
    "a link to itself": (lambda path: path.symlink_to(path.name), "symbolic links"),
    "an empty file": (Path.touch, "empty"),
}


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("option", ["POLICY", "VALUE", "--metrics"])
def test_no_source_hurts_add(quarry: Quarry, name: str, option: str) -> None:
    make, words = SOURCES[name]
    place = quarry.place()
    source = place.beside / ("value_v2.onnx" if option == "VALUE" else "policy_v2.onnx")
    make(source)
    before = fingerprint(quarry.runner, place.folder)
    rest = {"POLICY": [str(source)], "VALUE": ["../runs/4/policy_v2.onnx", str(source)]}
    named = rest.get(option, ["../runs/4/policy_v2.onnx", "--metrics", str(source)])
    outcome = quarry.runner.pbm(place.folder, "add", *named, "--tag", "supervised-v9")
    flaws = flaws_of(outcome)
    tally = Tally(flaws=flaws)
    tally.count(outcome)
    tally.note("hostile input", "sources and metrics of git pbm add", cases=1)
    assert not flaws, flaws
    assert outcome.status == (2 if option == "--metrics" else 4), outcome.text
    assert source.name in outcome.text
    assert option == "--metrics" or words in outcome.text
    assert fingerprint(quarry.runner, place.folder) == before
    assert not list((place.folder / ".git").rglob(".pbm-staging-*"))
    place.discard()


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_source_that_may_not_be_read_is_refused(quarry: Quarry) -> None:
    place = quarry.place()
    source = place.beside / "policy_v2.onnx"
    source.write_bytes(tiny_policy(9))
    source.chmod(0)
    outcome = quarry.runner.pbm(place.folder, "add", str(source), "--tag", "supervised-v9")
    assert outcome.status == 4
    assert "Permission denied" in outcome.text


def test_a_source_that_grows_as_fast_as_it_is_read_comes_to_an_end(tmp_path: Path) -> None:
    source, taken = tmp_path / "policy_v2.onnx", 0
    weight = b"w" * (4 << 20)
    source.write_bytes(model(b"", field(100, weight)))

    def grow(size: int) -> None:
        nonlocal taken
        taken += size
        assert taken < 64 << 20, "it goes on for ever"
        with source.open("ab") as file:
            file.write(field(100, weight))

    with pytest.raises(RefusedError, match="changed while it was read"):
        intake([Source(str(source), "policy_v2.onnx")], _folder(tmp_path), "sha1", grow)


def test_a_source_that_shrinks_while_it_is_read_is_refused(tmp_path: Path) -> None:
    source = tmp_path / "policy_v2.onnx"
    source.write_bytes(model(b"", field(100, b"w" * (8 << 20))))
    with pytest.raises(RefusedError):
        intake([Source(str(source), "policy_v2.onnx")], _folder(tmp_path), "sha1", lambda _: os.truncate(source, 10))


def test_what_is_no_model_is_not_copied_to_its_end(tmp_path: Path) -> None:
    source, folder, taken = tmp_path / "policy_v2.onnx", _folder(tmp_path), list[int]()
    _sparse(source, 1 << 30)
    with pytest.raises(RefusedError, match="not a usable ONNX model"):
        intake([Source(str(source), "policy_v2.onnx")], folder, "sha1", taken.append)
    assert sum(taken) <= 8 << 20


def test_a_source_for_which_there_is_no_room_is_refused_before_a_byte_is_copied(tmp_path: Path) -> None:
    source, folder = tmp_path / "policy_v2.onnx", _folder(tmp_path)
    _sparse(source, shutil.disk_usage(tmp_path).total + (1 << 30), tiny_policy(9))
    with pytest.raises(RefusedError, match="GB are free"):
        intake([Source(str(source), "policy_v2.onnx")], folder, "sha1")
    assert not os.listdir(folder)


def _folder(tmp_path: Path) -> str:
    folder = tmp_path / "staging"
    folder.mkdir()
    return str(folder)
