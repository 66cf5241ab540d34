"""Output in an encoding that lacks a character escapes it; it is never a traceback."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable

import pytest

from tests.support.machine import Machine

PROGRAM = "from git_pbm.cli.error_boundary import guarded; raise SystemExit(guarded(lambda: print(chr(0x2514)) or 0))"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252"])
def test_a_character_that_the_encoding_lacks_is_escaped(encoding: str) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"\\u2514\n", b"")


LOOKING = (
    "list",
    "show current",
    "status",
    "history",
    "lineage",
    "check",
    "explain",
    "diff supervised-v1 rl-r1-i1",
    "-h",
)
CHANGING = ("annotate supervised-v1 --kl 0.25", "promote supervised-v2", "rollback", "remove supervised-v2 --why spät")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
def test_no_command_has_a_traceback(golden_copy: Callable[[], Machine], encoding: str) -> None:
    place = golden_copy()
    place.pbm("annotate", "supervised-v1", "--notes", "└ läuft ✓ 模型")
    for words in (*LOOKING, *(f"{words} --json" for words in LOOKING[:6]), *CHANGING):
        done = place.pbm(*words.split(), PYTHONIOENCODING=encoding)
        assert done.out or done.err, words


@pytest.mark.parametrize("encoding", ["ascii", "utf-8"])
@pytest.mark.parametrize("words", [("path",), ("path", "current", "--policy")])
def test_a_path_is_printed_to_the_byte(
    golden_copy: Callable[[], Machine], words: tuple[str, ...], encoding: str
) -> None:
    place = golden_copy()
    named = place.folder.rename(place.folder.parent / "модели ü")
    done = subprocess.run(
        ["git", "pbm", *words],
        cwd=named,
        env={**place.environment, "PYTHONIOENCODING": encoding, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        check=True,
    )
    assert os.path.exists(done.stdout.removesuffix(b"\n"))
