"""A repository made to attack, cloned, and every command in it watched by strace: git pbm runs git and nothing that the
repository names, writes nowhere but there and in the deploy target, and reads nothing outside that it names.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from git_pbm.cli.commands import COMMANDS, command_of
from git_pbm.cli.hook import hook_ids
from tests.robustness.hostile.commands import CHANGING, READING, words_of
from tests.robustness.hostile.conftest import Quarry
from tests.robustness.hostile.place import LINK, Place
from tests.support.figures import record
from tests.support.machine import need
from tests.support.strace import whole_calls
from tests.support.tiny import field, model

WHOLE = os.environ.get("PBM_WHOLE_SWEEPS") == "true"
FEW = ("check --rehash", "status", "repair --apply", "deploy --to ../engine")
CALLS = (
    "execve,execveat,open,openat,openat2,creat,rename,renameat,renameat2,link,linkat,symlink,symlinkat,mkdir,mkdirat,"
)
CALLS += "unlink,unlinkat,rmdir,truncate,chmod,fchmodat,chown,mknod,mknodat,chdir,clone,clone3,fork,vfork"
_FORKING = ("clone", "clone3", "fork", "vfork")
_LINE = re.compile(r"(\w+)\((.*)\) += (-?\d+)(?:<(/.*?)>)?(?: |$)")
_TEXT = re.compile(r'"((?:[^"\\]|\\.)*)"')
_WRITING = re.compile(r"O_WRONLY|O_RDWR|O_CREAT|O_TRUNC")


@dataclass(frozen=True)
class Call:
    """One system call that succeeded, or tried to execute something: its name, its words, the paths in it.

    The paths are those that were said and, of a file that was opened, the one that it has: links are followed.
    """

    name: str
    words: str
    paths: tuple[str, ...]

    @property
    def writes(self) -> bool:
        if self.name.startswith("open"):
            return bool(_WRITING.search(self.words))
        return self.name not in ("execve", "execveat")


def calls_in(trace: str, folder: Path) -> Iterator[Call]:
    """Calls with absolute paths; each process's folder is followed."""
    where: dict[str, str] = {}
    for process, line in whole_calls(trace.splitlines()):
        match = _LINE.match(line)
        if match is None:
            continue
        name, words, result, opened = match.groups()
        here = where.get(process, str(folder))
        if name in _FORKING:
            where.setdefault(result, here)
            continue
        texts = [text.encode().decode("unicode_escape") for text in _TEXT.findall(words)]
        if int(result) < 0 and not name.startswith("exec"):
            continue
        relative = re.match(r"(?:\d+|AT_FDCWD)<([^>]*)>", words)
        base = relative[1] if relative else here
        paths = tuple(os.path.normpath(os.path.join(base, text)) for text in texts)
        if name == "chdir":
            where[process] = paths[0]
        elif name.startswith("exec"):
            yield Call(name if int(result) == 0 else f"{name}, in vain,", words, paths[:1])
        else:
            yield Call(name, words, (*paths, *([opened] if opened else [])))


def made_to_attack(quarry: Quarry, bait: Path) -> Place:
    """A clone of a repository in which everything that can name a path or a program names one of the attacker's."""
    place = quarry.place()
    secret, program = bait / "secret", bait / "program"
    entry = field(1, "location") + field(2, str(secret))
    outside = field(1, 4) + field(2, 1) + field(8, "w") + field(13, entry) + field(14, 1)
    place.write(f"models/{place.ids[2]}/value_v2.onnx", model(field(5, outside)))
    place.write(f"models/{place.ids[2]}/more.onnx", b"")
    place.link(f"models/{place.ids[2]}/more.onnx", str(secret))
    place.link(f"models/{place.ids[2]}/notes.md", str(secret))
    place.write(".pbm.toml", f'engine = "{bait}/engine"\npath = "{secret}"\n')
    place.write(".gitattributes", "*.onnx -text filter=evil diff=evil merge=evil\n*.json filter=evil ident\n")
    place.write(".gitconfig", f'[filter "evil"]\n\tclean = {program}\n\tsmudge = {program}\n[pbm]\n\tengine = {bait}\n')
    place.write(".lfsconfig", f'[lfs]\n\turl = file://{bait}\n[lfs "customtransfer.x"]\n\tpath = {program}\n')
    place.write(".gitmodules", f'[submodule "x"]\n\tpath = x\n\turl = ext::{program}\n\tupdate = !{program}\n')
    place.write(".git-blame-ignore-revs", f"{secret}\n")
    place.write(".githooks/pre-commit", f"#!/bin/sh\n{program}\n")
    place.write("git-lfs", f"#!/bin/sh\n{program}\n")
    place.write("git", f"#!/bin/sh\n{program}\n")
    place.write("json.py", f"open({str(secret)!r})\n")
    place.write("sitecustomize.py", f"open({str(secret)!r})\n")
    place.write("git_pbm/__init__.py", f"open({str(secret)!r})\n")
    for name in ("git", "git-lfs", ".githooks/pre-commit"):
        (place.folder / name).chmod(0o755)
    readme = (place.folder / "README.md").read_text()
    place.write("README.md", f"![x]({secret})\n<!-- include {secret} -->\n{readme}")
    place.commit_all()
    place.put((LINK, b"current", place.blob(str(secret).encode())), without=(b"current",))
    clone = place.beside / "clone"
    quarry.runner.git(
        place.beside, "clone", "-q", f"--template={quarry.folder / 'template' / 'empty'}", str(place.folder), str(clone)
    )
    shutil.rmtree(place.folder)
    return Place(quarry.runner, clone, place.ids)


def trace_of(quarry: Quarry, place: Place, line: str, log: Path) -> str:
    """The trace of one command and of everything that it starts."""
    words = words_of(line, place.ids)
    program = "git_pbm.cli.hook" if words[0] == "hook" else "git_pbm.cli"
    start = f"import sys; from {program} import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-I", "-B", "-c", start, *(words[1:] if words[0] == "hook" else words)]
    subprocess.run(
        ["strace", "-f", "-qq", "-y", "-s", "4096", "-o", str(log), "-e", f"trace={CALLS}", *command],
        cwd=place.folder,
        env=quarry.runner.environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=300,
    )
    return log.read_text("utf-8", "surrogateescape")


def wrong_in(calls: list[Call], place: Place, bait: Path, target: Path) -> list[str]:
    """What git pbm must not have done."""
    own = tuple(f"{folder}{end}" for folder in (place.folder, target) for end in ("", "/"))
    scratch = re.compile(r"/tmp/(git-pbm-.*|[a-z0-9_]{8})|/dev/(null|tty)|/proc/self/.*")
    # a folder of our own, and the file with which Python's tempfile tries whether /tmp can be written to
    programs = (os.path.realpath(sys.executable), sys.executable)
    wrong = []
    for call in calls:
        if call.name.startswith("exec"):
            name = call.paths[0]
            if name.startswith((str(bait), *own[1::2])):
                wrong.append(f"executed {name}")
            elif call.name.startswith("exec") and "in vain" not in call.name and name not in programs:
                git = re.fullmatch(r"(/usr(/local)?)?/(bin|lib/git-core|libexec/git-core)/git[a-z-]*", name)
                wrong += [] if git else [f"executed {name}"]
            continue
        for path in call.paths:
            if path.startswith(str(bait)):
                wrong.append(f"{call.name} of the bait: {path}")
            if call.writes and not path.startswith(own[1::2]) and path not in own and not scratch.fullmatch(path):
                wrong.append(f"{call.name} outside: {path}: {call.words[:200]}")
    return wrong


@pytest.fixture
def bait(tmp_path: Path) -> Path:
    """What the attacker wants to be read and run; whoever runs it is found out."""
    folder = tmp_path / "bait"
    (folder / "engine").mkdir(parents=True)
    (folder / "secret").write_text("secret\n")
    (folder / "program").write_text("#!/bin/sh\ncat\n")
    (folder / "program").chmod(0o755)
    return folder


def test_the_watch_sees_what_it_must_see(quarry: Quarry, bait: Path, tmp_path: Path) -> None:
    """A check of the check: a filter that the user himself configured is executed by git, and seen."""
    need("strace")
    place = made_to_attack(quarry, bait)
    place.git("config", "filter.evil.clean", str(bait / "program"))
    os.utime(place.folder / "registry.json", (1, 1))
    calls = list(calls_in(trace_of(quarry, place, "promote FIRST", tmp_path / "log"), place.folder))
    assert any(f"executed {bait}/program" in line for line in wrong_in(calls, place, bait, bait))


DRIVER = "merge-driver models/FIRST/metadata.json registry.json models/SECOND/metadata.json 7 registry.json"
"""As git calls it (with files that git has just written: it is not let loose on the corpus's pipes)."""
LINES = (*READING, *CHANGING, DRIVER)


def test_every_command_and_every_hook_is_watched() -> None:
    lines = [line.split() for line in LINES]
    tried = {words[1] for words in lines if words[0] == "hook"}
    tried |= {command.name if (command := command_of(words)) else words[0] for words in lines if words[0] != "hook"}
    unlisted = {"complete", "merge-driver"}
    assert tried == {command.name for command in COMMANDS} | set(hook_ids()) | unlisted


@pytest.mark.parametrize("line", [line for line in LINES if WHOLE or line in FEW])
def test_a_hostile_clone_gets_nothing_run_read_or_written(
    quarry: Quarry, bait: Path, tmp_path: Path, line: str
) -> None:
    need("strace")
    place = made_to_attack(quarry, bait)
    calls = list(calls_in(trace_of(quarry, place, line, tmp_path / "log"), place.folder))
    assert len(calls) > 20, "strace saw nothing"
    wrong = wrong_in(calls, place, bait, place.beside / "engine")
    record(
        "a clone made to attack",
        "every command under strace",
        commands=1,
        calls=len(calls),
        foreign_executions=sum(line.startswith("executed") for line in wrong),
        writes_outside=sum(" outside: " in line for line in wrong),
        reads_outside=sum(" of the bait: " in line for line in wrong),
    )
    assert not wrong, "\n".join(dict.fromkeys(wrong))
