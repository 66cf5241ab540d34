"""Crowds: adders, promoters and people who commit by hand, all at once; nobody's work is lost, none is half-done."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.robustness.faults.conftest import WHOLE
from tests.robustness.faults.sweep import KEPT
from tests.support.figures import record
from tests.support.machine import Machine
from tests.support.tiny import tiny_policy, tiny_value

WAIT = ("--wait", "280")


def pair(folder: Path, seed: int) -> tuple[str, str]:
    """The smallest two networks with a seed."""
    run = folder / "runs" / str(seed)
    run.mkdir(parents=True, exist_ok=True)
    (run / "policy_v2.onnx").write_bytes(tiny_policy(seed))
    (run / "value_v2.onnx").write_bytes(tiny_value(seed))
    return str(run / "policy_v2.onnx"), str(run / "value_v2.onnx")


@pytest.fixture
def place(repository: Machine) -> Machine:
    repository.pbm("add", *pair(repository.folder.parent, 0), "--tag", "supervised-v1")
    repository.write("notes.txt", "notes\n")
    repository.commit("notes")
    return repository


def crowd(jobs: Sequence[tuple[Machine, Sequence[str]]]) -> list[tuple[int, str]]:
    """Start everything at once; exit codes and words, once all have ended."""
    running = [place.start("git-pbm", *words) for place, words in jobs]
    ends = []
    for process in running:
        _, words = process.communicate(timeout=580)
        assert "Traceback" not in words, words
        ends.append((process.returncode, words))
    return ends


def adders(place: Machine, round_number: int, numbers: range) -> dict[str, tuple[Machine, Sequence[str]]]:
    """So many adders, each with a model of its own, by tag."""
    jobs: dict[str, tuple[Machine, Sequence[str]]] = {}
    for number in numbers:
        tag = f"rl-r{round_number}-i{number}"
        files = pair(place.folder.parent, 100 * round_number + number)
        jobs[tag] = (place, ("add", *files, "--tag", tag, "--parent", "supervised-v1", *WAIT))
    return jobs


def lost_of(place: Machine, tags: Sequence[str], ends: Sequence[tuple[int, str]]) -> list[str]:
    """Adders who were told that they had added and are not in the history, or the other way round."""
    subjects = place.git("log", "--format=%s")
    models = {model["tag"] for model in json.loads((place.folder / "registry.json").read_text())["models"].values()}
    lost = []
    for tag, (status, words) in zip(tags, ends, strict=True):
        there = subjects.count(f"feat: add {tag} model ") == 1 and tag in models
        nowhere = f"feat: add {tag} model " not in subjects and tag not in models
        if not (there if status == 0 else status == 4 and nowhere and "git pbm:" in words):
            lost.append(f"{tag}: {status} {words}")
    return lost


def assert_whole(place: Machine) -> None:
    assert place.git("status", "--porcelain") == ""
    place.pbm("check", "--rehash")
    place.pbm("check", "--rev", "HEAD")
    place.git("fsck", "--strict", "--no-dangling")
    own = Path(place.git("rev-parse", "--absolute-git-dir").strip(), "pbm")
    assert {path.name for path in own.iterdir()} <= KEPT


@pytest.mark.parametrize("round_number", range(1, 11 if WHOLE else 2))
def test_a_crowd_of_adders_in_one_repository_loses_nobody(place: Machine, round_number: int) -> None:
    jobs = adders(place, round_number, range(1, 33 if WHOLE else 17))
    ends = crowd(list(jobs.values()))
    lost = lost_of(place, list(jobs), ends)
    added = sum(status == 0 for status, _ in ends)
    record("crowds", "adders in one repository", processes=len(jobs), added=added, lost=len(lost))
    assert not lost, "\n".join(lost)
    assert added > 0
    assert_whole(place)


def test_crowds_in_two_linked_worktrees_lose_nobody(place: Machine) -> None:
    other = place.at(place.folder.parent / "linked")
    place.git("worktree", "add", "-q", "-b", "other", other.folder)
    here, there = adders(place, 1, range(1, 9)), adders(other, 2, range(1, 9))
    ends = crowd([*here.values(), *there.values()])
    lost = lost_of(place, list(here), ends[:8]) + lost_of(other, list(there), ends[8:])
    added = sum(status == 0 for status, _ in ends)
    record("crowds", "adders in two linked worktrees", processes=len(ends), added=added, lost=len(lost))
    assert not lost, "\n".join(lost)
    assert added > 0
    assert_whole(place)
    assert_whole(other)


def test_adders_promoters_and_commits_by_hand_do_not_take_each_other_back(place: Machine) -> None:
    """A commit by hand waits for no lock of ours; what it brought must still be there in the end."""
    jobs = adders(place, 1, range(1, 13 if WHOLE else 5))
    promoters = [(place, ("promote", "supervised-v1", *WAIT)) for _ in range(8 if WHOLE else 3)]
    by_hand: list[str] = []
    stop = threading.Event()

    def commit_by_hand() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            name = f"hand-{number}.txt"
            place.write(name, f"{number}\n")
            place.run("git", "add", "--", name)
            if place.run("git", "commit", "-q", "-m", f"by hand {number}", "--", name).status == 0:
                by_hand.append(name)
            stop.wait(0.5)

    person = threading.Thread(target=commit_by_hand)
    person.start()
    try:
        ends = crowd([*jobs.values(), *promoters])
    finally:
        stop.set()
        person.join()
    lost = lost_of(place, list(jobs), ends[: len(jobs)])
    gone = [name for name in by_hand if place.run("git", "cat-file", "-e", f"HEAD:{name}").status != 0]
    record(
        "crowds",
        "adders, promoters and a person who commits",
        processes=len(ends) + len(by_hand),
        added=sum(status == 0 for status, _ in ends[: len(jobs)]),
        lost=len(lost) + len(gone),
    )
    assert not lost, "\n".join(lost)
    assert not gone
    assert all(status in (0, 4) for status, _ in ends)
    assert by_hand
    for path in place.folder.glob("hand-*.txt"):
        place.git("add", "--", path.name)
    place.run("git", "commit", "-q", "-m", "what is left")
    assert_whole(place)


def test_an_engine_that_reads_through_deployments_sees_whole_files(place: Machine) -> None:
    engine = place.folder.parent / "engine"
    engine.mkdir()
    place.pbm("add", *pair(place.folder.parent, 1), "--tag", "supervised-v2")
    place.pbm("deploy", "supervised-v1", "--to", str(engine))
    known = {hashlib.sha256(path.read_bytes()).hexdigest() for path in place.folder.glob("models/*/*.onnx")}
    stop, torn, reads = threading.Event(), [], [0]

    def read() -> None:
        while not stop.is_set():
            for name in ("policy_v2.onnx", "value_v2.onnx"):
                reads[0] += 1
                if hashlib.sha256((engine / name).read_bytes()).hexdigest() not in known:
                    torn.append(name)

    reader = threading.Thread(target=read)
    reader.start()
    deployments = 100 if WHOLE else 4
    try:
        for number in range(deployments):
            place.pbm("deploy", f"supervised-v{2 - number % 2}", "--to", str(engine))
    finally:
        stop.set()
        reader.join()
    record("readers", "git pbm deploy", deployments=deployments, reads=reads[0], torn=len(torn))
    assert not torn
    assert reads[0] > deployments
