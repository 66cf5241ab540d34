"""One prepared registry for the golden files: every date, name and byte of it is fixed, so its commit ids are, too.

The dates are an hour east of Greenwich: git 2.45 and later write UTC as ``Z`` where older ones write ``+00:00``.
"""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

from tests.robustness.faults.commands import damage_derived_files, stopped, tear_index
from tests.support.machine import Machine
from tests.support.tiny import tiny_policy, tiny_value
from tests.unit.core.evaluations.importers.matches import pairs, pgn

GOLDEN = Path(__file__).parents[1] / "golden"
EXAMPLES = Path(__file__).parents[1] / "examples"
WRITES = os.environ.get("PBM_WRITE_GOLDEN") == "true"
POLICY, VALUE = "../runs/{}/policy_v2.onnx", "../runs/{}/value_v2.onnx"
ADD = ("add", POLICY.format(4), VALUE.format(4), "--tag", "rl-r1-i2", "--created", "2026-02-04")
EVALUATE = ("eval", "add", "rl-r1-i1", "--against", "supervised-v1", "--from", "../match.pgn")
EVALUATION = "dd37040e"
"""The beginning of the name that this match has."""
NOW = 10


def dated(place: Machine, day: int) -> Machine:
    """The same folder on a day of February 2026."""
    moment = f"2026-02-{day:02d}T12:00:00+0100"
    return Machine(place.folder, {**place.environment, "GIT_AUTHOR_DATE": moment, "GIT_COMMITTER_DATE": moment})


def write_runs(folder: Path) -> None:
    """The networks of five training runs; the third has a policy alone."""
    for seed in range(1, 6):
        run = folder / "runs" / str(seed)
        run.mkdir(parents=True)
        (run / "policy_v2.onnx").write_bytes(tiny_policy(seed, weights=2000))
        if seed != 3:
            (run / "value_v2.onnx").write_bytes(tiny_value(seed, weights=1900))


def prepare(place: Machine) -> None:
    """Three models: a supervised one, its RL child that is current, and a candidate with a policy alone."""
    write_runs(place.folder.parent)
    place = dated(place, 1)
    place.git("init", "-q", "--object-format=sha1", "-b", "main")
    place.write("README.md", "# Models\n")
    place.commit("docs: a README")
    place.pbm("init", "--no-hooks")
    first = ("--created", "2026-02-01", "--best-epoch", "7", "--best-loss", "1.5")
    dated(place, 2).pbm("add", POLICY.format(1), VALUE.format(1), "--tag", "supervised-v1", *first)
    second = ("--created", "2026-02-02", "--kl", "0.01", "--entropy", "0.5", "--notes", "trained at night, à Paris")
    dated(place, 3).pbm("add", POLICY.format(2), VALUE.format(2), "--tag", "rl-r1-i1", *second)
    third = ("--created", "2026-02-03", "--best-loss", "1.25", "--no-promote")
    dated(place, 4).pbm("add", POLICY.format(3), "--tag", "supervised-v2", *third)


def played(place: Machine) -> Machine:
    """A match of the current model against its parent is beside the registry."""
    place.write("../match.pgn", pgn(pairs(10, 7)))
    return place


def evaluated(place: Machine) -> Machine:
    """That match was imported."""
    dated(played(place), 5).pbm(*EVALUATE)
    return place


def gated(place: Machine) -> Machine:
    """A gate is in force."""
    place.write(".pbm.toml", "[gate]\nelo = [0, 100]\n")
    dated(place, 5).commit("chore: a gate")
    return place


def passed(place: Machine) -> Machine:
    """A candidate has passed the gate, by 20 pairs of games of which it won 24, and drew the others."""
    lines = [
        f"{seat},{score},{n}" for n in range(20) for seat, score in (("white", 1), ("black", (0.5, 1)[n % 5 == 0]))
    ]
    gated(place).write("../won.csv", "\n".join(["seat,score,unit", *lines, ""]))
    words = ("--against", "current", "--from", "../won.csv", "--ended", "2026-02-05T10:00:00Z")
    dated(place, 6).pbm("eval", "add", "supervised-v2", *words)
    return place


def id_of(place: Machine, tag: str) -> str:
    models: dict[str, dict[str, str]] = json.loads((place.folder / "registry.json").read_text())["models"]
    return next(name for name, entry in models.items() if entry["tag"] == tag)


def as_it_is(place: Machine) -> Machine:
    return place


def no_models(place: Machine) -> Machine:
    """A registry that was only set up."""
    empty = place.at(place.folder.parent / "empty")
    empty.folder.mkdir()
    empty.git("init", "-q", "--object-format=sha1", "-b", "main")
    empty.pbm("init", "--no-hooks")
    return empty


def no_registry(place: Machine) -> Machine:
    """A git repository without any file of a registry."""
    other = place.at(place.folder.parent / "other")
    other.folder.mkdir()
    other.git("init", "-q", "--object-format=sha1", "-b", "main")
    return other


def no_repository(place: Machine) -> Machine:
    """A folder outside every git repository; git looks no higher, so that mount points do not matter."""
    folder = place.folder.parent
    return Machine(folder, {**place.environment, "GIT_CEILING_DIRECTORIES": str(folder.parent)})


def engine(place: Machine) -> Machine:
    """A configured engine's folder that is empty."""
    (place.folder.parent / "engine").mkdir()
    place.git("config", "pbm.engine", "../engine")
    return place


def deployed(place: Machine) -> Machine:
    """The current model is in the engine's folder."""
    engine(place).pbm("deploy")
    return place


def strange_engine(place: Machine) -> Machine:
    """The engine's folder has a file that nobody registered."""
    deployed(place)
    place.write("../engine/policy_v2.onnx", b"not registered")
    return place


def strange_engine_before(place: Machine) -> Machine:
    """The engine's folder holds a file of a stranger, and nothing was deployed yet."""
    engine(place).write("../engine/policy_v2.onnx", b"not registered")
    return place


def rolled_back(place: Machine) -> Machine:
    """A history with a promotion that was rolled back, and with a removed model."""
    dated(place, 5).pbm("promote", "supervised-v2")
    dated(place, 6).pbm("rollback")
    dated(place, 7).pbm("remove", "supervised-v2", "--why", "it diverged")
    return place


def added(place: Machine) -> Machine:
    """The last commit is an add that nobody else has."""
    dated(place, 5).pbm(*ADD)
    return place


def promoted(place: Machine) -> Machine:
    """The last commit is a promotion that nobody else has."""
    dated(place, 5).pbm("promote", "supervised-v2")
    return place


def damaged(place: Machine) -> Machine:
    """What repair can rebuild."""
    damage_derived_files(place)
    return place


def torn_index(place: Machine) -> Machine:
    """What a power cut can leave of git's index."""
    tear_index(place)
    return place


def other_bytes(place: Machine) -> Machine:
    """A network whose content is not the registered one: nothing can rebuild that."""
    place.write(f"models/{id_of(place, 'supervised-v1')}/value_v2.onnx", tiny_value(9))
    return place


def interrupted(place: Machine) -> Machine:
    """A promotion was killed before it changed anything for good."""
    stopped(place, "private_index", "promote", "supervised-v1")
    return place


def partial_clone(place: Machine) -> Machine:
    """A bare clone that lacks every network."""
    place.git("config", "uploadpack.allowFilter", "true")
    place.git("clone", "-q", "--bare", "--filter=blob:limit=4k", f"file://{place.folder}", "../partial.git")
    return place.at(place.folder.parent / "partial.git")


def in_git_lfs(place: Machine) -> Machine:
    """A registry whose only network is a Git LFS pointer, without Git LFS being set up."""
    other = no_registry(place)
    shutil.copytree(EXAMPLES / "valid/weights-in-git-lfs", other.folder, symlinks=True, dirs_exist_ok=True)
    other.write(".gitattributes", "*.onnx filter=lfs diff=lfs merge=lfs -text\n")
    other.commit("chore: keep a model")
    return other


def branch(place: Machine) -> Machine:
    """A branch with an honest commit and one that swaps a network."""
    place.git("checkout", "-q", "-b", "side")
    place.pbm("annotate", "supervised-v1", "--notes", "a note")
    other_bytes(place).commit("feat: a better value net")
    return place


def merge(place: Machine) -> Machine:
    """A merge of two branches that make different models current."""
    place.git("checkout", "-q", "-b", "topic")
    dated(place, 5).pbm("promote", "supervised-v1")
    place.git("checkout", "-q", "main")
    dated(place, 6).pbm("promote", "supervised-v2")
    assert dated(place, 7).run("git", "merge", "topic").status == 1
    return place


def merge_in_other_files(place: Machine) -> Machine:
    """A merge in which a file of the person's own is in conflict, too."""
    place.git("checkout", "-q", "-b", "topic")
    place.write("notes.txt", "theirs\n")
    dated(place, 5).commit("docs: notes of theirs")
    place.git("checkout", "-q", "main")
    place.write("notes.txt", "ours\n")
    dated(place, 6).commit("docs: notes of ours")
    assert dated(place, 7).run("git", "merge", "topic").status == 1
    return place
