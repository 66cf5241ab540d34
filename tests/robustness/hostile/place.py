"""A small good registry that a case of the corpus spoils: by hand, or with trees that no tool would write."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.robustness.hostile.trial import Runner
from tests.support.tiny import tiny_policy, tiny_value

FILE, EXECUTABLE, OLD_GROUP_WRITABLE, LINK, SUBMODULE, TREE = "100644", "100755", "100664", "120000", "160000", "40000"
Entry = tuple[str, bytes, str]
"""Mode, name, object id: as a raw tree holds them."""
TAGS = ("supervised-v1", "rl-r1-i1", "spare")


@dataclass
class Place:
    """A copy of the registry, with the engine's folder and a training run beside it."""

    runner: Runner
    folder: Path
    ids: tuple[str, ...]

    @property
    def beside(self) -> Path:
        return self.folder.parent

    def discard(self) -> None:
        """Remove it with its neighbours: as rm does, which no depth of folders stops."""
        subprocess.run(["rm", "-rf", "--", self.beside], check=True)

    def git(self, *argv: str | bytes, stdin: bytes = b"", check: bool = True) -> bytes:
        return self.runner.git(self.folder, *argv, stdin=stdin, check=check)

    # -- by hand

    def write(self, path: str | bytes, content: bytes | str) -> None:
        full = os.path.join(os.fsencode(self.folder), os.fsencode(path))
        os.makedirs(os.path.dirname(full), exist_ok=True)
        if os.path.islink(full):
            os.unlink(full)
        with open(full, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)

    def link(self, path: str, target: str | bytes) -> None:
        full = self.folder / path
        full.parent.mkdir(parents=True, exist_ok=True)
        self.remove(path)
        os.symlink(os.fsencode(target), os.fsencode(full))

    def remove(self, path: str) -> None:
        full = self.folder / path
        if full.is_dir() and not full.is_symlink():
            shutil.rmtree(full)
        else:
            full.unlink(missing_ok=True)

    def edit(self, path: str, change: Callable[[dict[str, object]], object]) -> None:
        """Change a JSON document."""
        document = json.loads((self.folder / path).read_bytes())
        change(document)
        self.write(path, json.dumps(document, indent=2) + "\n")

    def metadata(self, number: int) -> str:
        return f"models/{self.ids[number]}/metadata.json"

    def policy(self, number: int) -> str:
        return f"models/{self.ids[number]}/policy_v2.onnx"

    def commit_all(self) -> bool:
        """Commit whatever lies here, where git can."""
        self.git("add", "-A", "-f", check=False)
        done = self.git("commit", "-q", "--no-verify", "--allow-empty", "-m", "hostile", check=False)
        return done is not None

    # -- trees that git can hold and no tool would write

    def blob(self, content: bytes) -> str:
        return self.git("hash-object", "-w", "--stdin", stdin=content).decode().strip()

    def raw_tree(self, entries: list[Entry]) -> str:
        """A tree exactly as given: names, modes and order unchecked."""
        data = b"".join(
            mode.encode() + b" " + name + b"\0" + bytes.fromhex(object_id) for mode, name, object_id in entries
        )
        return self.git("hash-object", "-t", "tree", "--literally", "-w", "--stdin", stdin=data).decode().strip()

    def tree_of(self, path: str = "") -> list[Entry]:
        """The entries of a tree of HEAD."""
        found: list[Entry] = []
        for row in filter(None, self.git("ls-tree", "-z", f"HEAD:{path}").split(b"\0")):
            meta, _, name = row.partition(b"\t")
            mode, _, object_id = meta.decode().split(" ")
            found.append((mode.lstrip("0"), name, object_id))
        return found

    def put_tree(self, entries: list[Entry]) -> None:
        """Make a tree HEAD's; the index follows where git lets it."""
        tree = self.raw_tree(entries)
        commit = self.git("commit-tree", tree, "-p", "HEAD", "-m", "hostile").decode().strip()
        self.git("update-ref", "HEAD", commit)
        self.git("read-tree", "HEAD", check=False)

    def put(self, *extra: Entry, without: tuple[bytes, ...] = (), below: str = "", in_order: bool = False) -> None:
        """HEAD's tree with entries put in (a folder below the top is written again on the way).

        They stand at the end of their trees, where git may not find them by name, unless ``in_order``.
        """
        entries = [entry for entry in self.tree_of(below) if entry[1] not in without] + list(extra)
        while below:
            tree = self.raw_tree(_ordered(entries) if in_order else entries)
            below, _, name = below.rpartition("/")
            entries = [e for e in self.tree_of(below) if e[1] != name.encode()] + [(TREE, name.encode(), tree)]
        self.put_tree(_ordered(entries) if in_order else entries)


def _ordered(entries: list[Entry]) -> list[Entry]:
    """As git orders a tree: a folder as if its name ended with a slash."""
    return sorted(entries, key=lambda entry: entry[1] + b"/" * (entry[0] == TREE))


def make_template(runner: Runner, folder: Path) -> tuple[str, ...]:
    """A registry of three models below ``folder/models-repo``; returns their ids."""
    repository = folder / "models-repo"
    repository.mkdir(parents=True)
    (folder / "engine").mkdir()
    (folder / "empty").mkdir()
    for number in range(5):
        run = folder / "runs" / str(number)
        run.mkdir(parents=True)
        (run / "policy_v2.onnx").write_bytes(tiny_policy(number))
        (run / "value_v2.onnx").write_bytes(tiny_value(number))
    runner.git(folder, "init", "-q", f"--template={folder / 'empty'}", str(repository))
    steps: list[tuple[str, ...]] = [("init", "--no-hooks")]
    for number, tag in enumerate(TAGS):
        networks = [f"../runs/{number}/{kind}_v2.onnx" for kind in ("policy", "value")]
        more = ("--training", "supervised", "--no-promote") if tag == "spare" else ()
        steps.append(("add", *networks, "--tag", tag, "--created", f"2026-02-0{number + 1}", *more))
    for words in steps:
        outcome = runner.pbm(repository, *words)
        assert outcome.status == 0, outcome.text
    registry: Mapping[str, Mapping[str, Mapping[str, str]]] = json.loads((repository / "registry.json").read_bytes())
    by_tag = {entry["tag"]: name for name, entry in registry["models"].items()}
    return tuple(by_tag[tag] for tag in TAGS)


def copy_of(runner: Runner, template: Path, target: Path, ids: tuple[str, ...]) -> Place:
    """A fresh copy for one case."""
    shutil.copytree(template, target, symlinks=True)
    return Place(runner, target / "models-repo", ids)
