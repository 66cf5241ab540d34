"""git pbm beside its peers at the same work; a peer that is not installed is a line that says so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from bench.lab import Lab, Row
from bench.measure import Command, compare
from bench.repositories import big_pair, git, many_models

FOLDER = Path(__file__).parents[1] / ".bench" / "peers"
PACKAGES = ("dvc", "gto")


def install() -> None:
    """DVC and GTO in an environment of their own. Raises ``CalledProcessError`` without a package index."""
    if not (FOLDER / "bin/dvc").exists():
        subprocess.run([sys.executable, "-m", "venv", FOLDER], check=True)
        subprocess.run([FOLDER / "bin/python", "-m", "pip", "install", "-q", *PACKAGES], check=True)


def peers(lab: Lab) -> Iterator[Row]:
    """Every comparison with a peer."""
    private = {"DVC_NO_ANALYTICS": "1", "DVC_GLOBAL_CONFIG_DIR": str(lab.folder), "DVC_SITE_CACHE_DIR": str(lab.folder)}
    path = f"{lab.environment['PATH']}{os.pathsep}{FOLDER / 'bin'}"
    lab = replace(lab, environment={**lab.environment, **private, "PATH": path})
    yield from _adding(lab)
    yield from _looking(lab)
    yield from _registering(lab)


def _missing(lab: Lab, program: str) -> str:
    if shutil.which(program, path=lab.environment["PATH"]) is None:
        return f"no {program} here; make bench-peers installs it"
    return ""


def _adding(lab: Lab) -> Iterator[Row]:
    policy, value = big_pair(lab.folder / "runs", lab.mebibytes)
    ours = lab.adding(lab.folder / "add", policy, value)
    work = f"add {lab.mebibytes} + {lab.mebibytes} MiB"
    copy = f"mkdir m; cp {policy} {value} m/"
    commit = "git add -A; git commit -q -m m"
    for name, program, setup, script in (
        ("plain git add + git commit", "git", (), f"{copy}; {commit}"),
        (
            "git-lfs",
            "git-lfs",
            (("git", "lfs", "install", "--local"), ("git", "lfs", "track", "*.onnx")),
            f"{copy}; {commit}",
        ),
        ("DVC", "dvc", (("dvc", "init", "-q"),), f"{copy}; dvc add -q m/*.onnx; {commit}"),
    ):
        if reason := _missing(lab, program):
            yield Row(f"{work} / {name}", None, 1.0, skipped=reason)
            continue
        theirs = _in_fresh(lab, lab.folder / f"peer-{program}", script, *setup)
        yield Row(f"{work} / {name}", compare(ours, theirs, max(2, lab.runs // 2)), 1.0)


def _in_fresh(lab: Lab, place: Path, script: str, *setup: tuple[str, ...]) -> Command:
    return lab.command("sh", "-ec", script, folder=place, before=lambda: lab.fresh(place, *setup))


def _looking(lab: Lab) -> Iterator[Row]:
    """The last pairs that were added lie there still."""
    check = lab.command("git-pbm", "check", folder=lab.folder / "add")
    for program, words, reach in (("dvc", ("dvc", "status", "-q"), 1.0), ("git-lfs", ("git", "lfs", "fsck"), 1.0)):
        work = f"check of a pair / {' '.join(words)}"
        if reason := _missing(lab, program):
            yield Row(work, None, reach, skipped=reason)
            continue
        theirs = lab.command(*words, folder=lab.folder / f"peer-{program}")
        yield Row(work, compare(check, theirs, lab.runs), reach)


def _registering(lab: Lab) -> Iterator[Row]:
    works = ("list of 10 models / gto show", "add of a small model / gto register + gto assign")
    if reason := _missing(lab, "gto"):
        yield from (Row(work, None, 1.0, skipped=reason) for work in works)
        return
    place, theirs = lab.folder / "ten", lab.folder / "peer-gto"
    many_models(place, lab.environment, 10)
    lab.fresh(theirs)
    (theirs / "artifacts.yaml").write_text("".join(f"m{n}:\n  type: model\n  path: m{n}\n" for n in range(10)))
    git(theirs, lab.environment, "add", "-A")
    git(theirs, lab.environment, "commit", "-q", "-m", "artifacts")
    for number in range(10):
        git(theirs, lab.environment, "tag", "-a", "-m", "registered", f"m{number}@v1.0.0")
    listing = lab.command("git-pbm", "list", folder=place)
    yield Row(works[0], compare(listing, lab.command("gto", "show", folder=theirs), lab.runs), 1.0)
    small, _ = big_pair(lab.folder / "small-runs", 1)

    def forget() -> None:
        for tag in ("m0@v2.0.0", "m0#prod#1"):
            subprocess.run(["git", "tag", "-d", tag], cwd=theirs, env=lab.environment, check=False, capture_output=True)
        git(theirs, lab.environment, "commit", "-q", "--allow-empty", "-m", "another")

    script = "gto register m0 --version v2.0.0; gto assign m0 --version v2.0.0 --stage prod"
    registering = lab.command("sh", "-ec", script, folder=theirs, before=forget)
    yield Row(works[1], compare(lab.adding(lab.folder / "one", small), registering, lab.runs), 1.0)
