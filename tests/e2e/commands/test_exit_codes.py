"""Every exit code, from a command that ends with it, and what that command says on standard error, with error ids.

After a change that is meant: ``PBM_WRITE_GOLDEN=true python -m pytest tests/e2e/commands/test_exit_codes.py``, and read
the difference in ``tests/golden/exit-codes.txt``.
"""

from __future__ import annotations

import fcntl
import os
import re
import shlex
import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.support import golden
from tests.support.golden import ADD, GOLDEN, POLICY, WRITES
from tests.support.machine import Done, Machine
from tests.support.waiting import wait_for

SLOW_HOOK = "#!/bin/sh\ntouch ../the-hook-runs\nexec sleep 20\n"  # one process: it ends with the signal, or by itself


def run(place: Machine, command: str) -> Done:
    """Run a line in a shell; standard input is empty."""
    return place.run("sh", "-c", command)


def run_without_reader(place: Machine, command: str) -> Done:
    """Run a command whose standard output is a pipe that nobody reads, as after ``| head``."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        shlex.split(command),
        cwd=place.folder,
        env=place.environment,
        stdin=subprocess.DEVNULL,
        stdout=writer,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
        timeout=60,
    )
    os.close(writer)
    return Done(done.returncode, "", done.stderr)


def run_while_busy(place: Machine, command: str) -> Done:
    """Run a command while another process holds the registry's lock, and has not left its name."""
    with (place.folder / ".git/pbm/lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return run(place, command)


def run_on_broken_python(place: Machine, command: str) -> Done:
    """Run a command on a Python whose ``difflib`` raises what nobody expects; the traceback is cut to its last line."""
    place.write("../broken/difflib.py", 'raise RuntimeError("a broken installation")\n')
    done = place.run("sh", "-c", command, PYTHONPATH=str(place.folder.parent / "broken"))
    return Done(done.status, done.out, re.sub(r"(?ms)^(Traceback).*?(?=^\w+Error)", r"\1 ...\n", done.err))


def signalled(number: signal.Signals) -> Callable[[Machine, str], Done]:
    """Send a signal to a command and its children, as a terminal does, while a hook runs."""

    def run_and_signal(place: Machine, command: str) -> Done:
        place.write(".git/hooks/pre-commit", SLOW_HOOK).chmod(0o755)
        running = place.start(*shlex.split(command))
        wait_for((place.folder.parent / "the-hook-runs").exists, "the hook")
        os.killpg(running.pid, number)
        out, err = running.communicate(timeout=60)
        return Done(running.returncode, out, err)

    return run_and_signal


@dataclass(frozen=True)
class Row:
    """A command that ends with a status, where ``scene`` has prepared a registry."""

    status: int
    what: str
    command: str
    scene: Callable[[Machine], Machine] = golden.as_it_is
    how: Callable[[Machine, str], Done] = run


def failing_hook(place: Machine) -> Machine:
    """The repository's own hook refuses every commit."""
    place.write(".git/hooks/pre-commit", "#!/bin/sh\necho 'not on a Friday' >&2\nexit 1\n").chmod(0o755)
    return place


UNKNOWN = f"git pbm which {POLICY.format(5)}"
ROWS = (
    Row(0, "done", "git pbm list"),
    Row(0, "help", "git pbm list -h"),
    Row(0, "a checked registry without findings", "git pbm check"),
    Row(0, "nothing to change", "git pbm promote current"),
    Row(1, "findings", "git pbm check", golden.damaged),
    Row(1, "a preview of repairs", "git pbm repair", golden.damaged),
    Row(1, "the engine does not hold the model", "git pbm deploy --check", golden.engine),
    Row(1, "an unknown file", UNKNOWN),
    Row(1, "a merge with an open question", "git pbm resolve", golden.merge),
    Row(2, "no command", "git pbm"),
    Row(2, "an unknown command", "git pbm lits"),
    Row(2, "an unknown option", "git pbm list --nope"),
    Row(2, "an unknown model", "git pbm show nobody"),
    Row(2, "a file that is not there", "git pbm which nowhere"),
    Row(3, "objects that this clone lacks", "git pbm check --rev HEAD", golden.partial_clone),
    Row(3, "a file that may be one of those", UNKNOWN, golden.partial_clone),
    Row(3, "content that is in Git LFS alone", "git pbm check --require-content", golden.in_git_lfs),
    Row(4, "a command that the rules forbid", "git pbm remove current --why x"),
    Row(4, "not a models repository", "git pbm list", golden.no_registry),
    Row(4, "a hook refuses", "git pbm promote supervised-v2", failing_hook),
    Row(4, "another process works here", "git pbm promote supervised-v2 --wait 0", how=run_while_busy),
    Row(4, "deploying over a stranger's file", "git pbm deploy", golden.strange_engine_before),
    Row(4, "a full disk under standard output", "git pbm list >/dev/full"),
    Row(5, "the same after a commit", "git pbm promote supervised-v2 >/dev/full"),
    Row(5, "committed, not deployed", f"git pbm {shlex.join(ADD)}", golden.strange_engine_before),
    Row(4, "a candidate that has not passed", "git pbm promote supervised-v2", golden.gated),
    Row(6, "a gate that says neither yes nor no", "git pbm gate supervised-v2", golden.gated),
    Row(70, "a bug", "git pbm lits", how=run_on_broken_python),
    Row(128, "outside a repository", "git pbm list", golden.no_repository),
    Row(129, "SIGHUP", "git-pbm promote supervised-v2", how=signalled(signal.SIGHUP)),
    Row(130, "SIGINT", "git-pbm promote supervised-v2", how=signalled(signal.SIGINT)),
    Row(143, "SIGTERM", "git-pbm promote supervised-v2", how=signalled(signal.SIGTERM)),
    Row(141, "SIGPIPE", "git pbm list", how=run_without_reader),
    Row(5, "SIGPIPE after a commit", "git pbm promote supervised-v2", how=run_without_reader),
)


def test_every_exit_code_and_its_words(machine: Machine, golden_copy: Callable[[], Machine]) -> None:
    parts = []
    for row in ROWS:
        place = row.scene(golden_copy())
        done = row.how(Machine(place.folder, {**place.environment, "PBM_VERBOSE": "1"}), row.command)
        parts.append(f"# {row.status}: {row.what}\n$ {row.command}\n{done.err}[exit {done.status}]\n")
        assert done.status == row.status, parts[-1]
    text = "\n".join(parts).replace(str(machine.folder), "/home/trainer")
    path = GOLDEN / "exit-codes.txt"
    if WRITES:
        path.write_text(text)
    assert path.read_text() == text


def test_the_rows_have_every_exit_code_of_the_readme() -> None:
    page = (Path(__file__).parents[3] / "README.md").read_text().partition("## Exit codes\n")[2].partition("\n## ")[0]
    named = {int(code) for cell in re.findall(r"^\| ([0-9, ]+) \|", page, re.MULTILINE) for code in cell.split(", ")}
    assert {row.status for row in ROWS} == named


def test_a_reader_that_goes_away_does_not_undo_a_commit(golden_copy: Callable[[], Machine]) -> None:
    place = golden_copy()
    run_without_reader(place, "git pbm promote supervised-v2")
    assert place.git("log", "-1", "--format=%s").startswith("chore: promote supervised-v2 model")
