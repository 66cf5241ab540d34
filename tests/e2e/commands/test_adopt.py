"""``git pbm init --adopt``: a repository kept by hand is taken in with one commit, and held to the rules after it."""

from __future__ import annotations

import json
import os
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from git_pbm.core.documents import allowances
from tests.support.hand_kept import REMOVED, HandKept, build
from tests.support.machine import Machine
from tests.support.networks import write_pair

ADOPT = ("init", "--adopt", "--no-hooks")
MOVES = ("--move-in", "supervised", "--move-in", "experiments/best=rl-r1-i2")


@pytest.fixture
def kept(machine: Machine) -> HandKept:
    return build(machine)


def _document(place: Machine, model_id: str) -> dict[str, object]:
    text = (place.folder / "models" / model_id / "metadata.json").read_text()
    document = json.loads(text)
    assert isinstance(document, dict)
    return document


def test_one_command_and_one_commit_take_a_hand_kept_repository_in(kept: HandKept) -> None:
    place = kept.place
    place.pbm("check", status=1)
    before = place.git("rev-parse", "HEAD").strip()
    place.pbm(*ADOPT, *MOVES)
    assert place.git("rev-parse", "HEAD~1").strip() == before
    assert place.git("status", "--porcelain") == ""
    assert "4 models: ok" in place.pbm("check").err
    done = place.pbm("check", "--range", f"{before}..")
    assert "0 errors" in done.err or "error" not in done.err


def test_what_can_be_derived_is_derived_and_the_rest_stays(kept: HandKept) -> None:
    place = kept.place
    place.pbm(*ADOPT)
    oldest, supervised, best = (_document(place, one) for one in (kept.oldest, kept.supervised, kept.best))
    assert (oldest["created"], oldest["params"]) == ("2026-01-04", "3.0K")  # the registry's date; the graph's count
    assert supervised["created"] == "2026-02-01"  # neither says it: the commit that brought the bytes
    assert supervised["lab"] == "west"
    assert (best["tag"], best["round"], best["iteration"]) == ("rl-r1-i1", 1, 1)  # its own tag was none
    assert best["parent"] == REMOVED
    assert best["best_loss"] == "low"
    files = best["files"]
    assert isinstance(files, dict)
    assert set(files) == {"policy_v2.onnx", "value_v2.onnx"}


def test_a_date_is_that_of_the_commit_in_which_the_bytes_first_appeared(kept: HandKept) -> None:
    place = kept.place
    registry = json.loads((place.folder / "registry.json").read_text())
    del registry["models"][kept.oldest]
    (place.folder / "registry.json").write_text(json.dumps(registry))
    place.git("commit", "-qam", "lose a date")
    place.pbm(*ADOPT)
    assert _document(place, kept.oldest)["created"] == "2026-01-03"  # as current/policy_v1.onnx, then a directory


def test_each_accepted_flaw_is_pinned_with_a_reason(kept: HandKept) -> None:
    place = kept.place
    place.pbm(*ADOPT)
    allowed = allowances.parse((place.folder / ".pbm.toml").read_text())
    assert {(one.rule, one.path) for one in allowed} == {
        ("parent-exists", f"models/{kept.best}/metadata.json"),
        ("metadata-matches-schema", f"models/{kept.best}/metadata.json"),
        ("no-stray-entries", f"models/{kept.supervised}/{kept.best}"),
    }
    assert all("adopted" in one.reason for one in allowed)
    path = place.folder / "models" / kept.best / "metadata.json"
    path.write_text(path.read_text().replace('"low"', '"lower"'))
    done = place.pbm("check", status=1)
    assert "metadata-matches-schema" in done.out
    assert "allowances-are-used" in done.out


def test_new_flaws_are_refused_from_then_on(kept: HandKept) -> None:
    place = kept.place
    place.pbm("init", "--adopt")
    (place.folder / "models" / kept.oldest / "notes.txt").write_text("by hand")
    place.git("add", "-A")
    done = place.run("git", "commit", "-qm", "by hand again")
    assert done.status != 0
    assert "no-stray-entries" in done.out + done.err


def test_the_registry_is_sorted_and_names_no_model_that_is_gone(kept: HandKept) -> None:
    place = kept.place
    place.pbm(*ADOPT)
    registry = json.loads((place.folder / "registry.json").read_text())
    assert list(registry) == ["current", "models"]
    assert list(registry["models"]) == sorted(registry["models"])
    assert REMOVED not in registry["models"]
    assert registry["current"] == kept.best
    assert os.readlink(place.folder / "current") == f"models/{kept.best}"


def test_folders_outside_come_in_by_hash_and_identical_bytes_are_kept_once(kept: HandKept) -> None:
    place = kept.place
    left = place.pbm(*ADOPT).err
    assert "git pbm init --adopt --move-in experiments/best" in left
    assert "git pbm init --adopt --move-in supervised" in left
    done = place.pbm(*ADOPT, *MOVES)
    assert f"supervised: the same bytes as {kept.supervised}; one copy is kept" in done.out
    assert not (place.folder / "supervised").exists()
    assert not (place.folder / "experiments").exists()
    assert _document(place, kept.loose)["created"] == "2026-02-01"
    assert "--move-in" not in place.pbm("status").err
    assert "4 models: ok" in place.pbm("check").err


def test_a_folder_whose_tag_nothing_tells_is_refused_and_nothing_changes(kept: HandKept) -> None:
    place = kept.place
    before = place.git("rev-parse", "HEAD")
    done = place.pbm(*ADOPT, "--move-in", "experiments/best", status=4)
    assert "--move-in experiments/best=rl-r<round>-i<iteration>" in done.err
    assert "supervised-v1" in place.pbm(*ADOPT, "--move-in", "experiments/best=supervised-v1", status=4).err
    assert place.git("rev-parse", "HEAD") == before
    assert place.git("status", "--porcelain") == ""


def test_what_nobody_has_committed_is_neither_taken_along_nor_lost(kept: HandKept) -> None:
    place = kept.place
    readme = place.folder / "README.md"
    readme.write_text(readme.read_text() + "mine\n")
    assert "README.md differs from HEAD" in place.pbm(*ADOPT, status=4).err
    assert readme.read_text().endswith("mine\n")


def test_words_that_are_no_longer_true_are_left_to_do(kept: HandKept) -> None:
    place = kept.place
    place.pbm(*ADOPT)
    done = place.pbm("status")
    assert f"README.md line 3 names {REMOVED}" in done.out + done.err
    assert "CLAUDE.md still tells to do it by hand" in done.out + done.err
    text = (place.folder / "CLAUDE.md").read_text()
    assert text.startswith("# How to register a model")
    assert "git pbm add" in text


def test_a_second_adoption_finds_nothing_to_do(kept: HandKept) -> None:
    place = kept.place
    place.pbm(*ADOPT, *MOVES)
    assert "nothing was written" in place.pbm(*ADOPT).out


def test_a_directory_called_current_becomes_the_link(machine: Machine, train: object) -> None:
    place = machine.at(machine.folder / "directory")
    (place.folder / "current").mkdir(parents=True)
    policy, value = write_pair(machine.folder / "run", 3000, 7)
    assert value is not None
    shutil.copyfile(policy, place.folder / "current" / "policy_v2.onnx")
    shutil.copyfile(value, place.folder / "current" / "value_v2.onnx")
    place.git("init", "-q")
    place.git("add", "-A")
    place.git("commit", "-qm", "by hand")
    model_id = sha256(policy.read_bytes()).hexdigest()[:8]
    assert "--move-in current=" in place.pbm(*ADOPT, status=4).err
    untracked = place.folder / "current" / "mine.txt"
    untracked.write_text("mine")
    assert "current/mine.txt" in place.pbm(*ADOPT, "--move-in", "current=supervised-v2", status=4).err
    assert untracked.read_text() == "mine"
    untracked.unlink()
    place.pbm(*ADOPT, "--move-in", "current=supervised-v2")
    assert os.readlink(place.folder / "current") == f"models/{model_id}"
    assert place.git("status", "--porcelain") == ""
    assert "1 model: ok" in place.pbm("check").err


def test_a_shallow_clone_is_refused_because_its_dates_would_be_wrong(kept: HandKept) -> None:
    kept.place.git("clone", "-q", "--depth=1", kept.place.folder.as_uri(), "../shallow")
    shallow = kept.place.at(kept.place.folder.parent / "shallow")
    assert "git fetch --unshallow" in shallow.pbm(*ADOPT, status=3).err


def test_without_its_large_blobs_every_policy_is_unverified(kept: HandKept, tmp_path: Path) -> None:
    place = kept.place
    place.pbm(*ADOPT, *MOVES)
    place.git("config", "uploadpack.allowFilter", "true")
    place.git("clone", "-q", "--no-checkout", "--filter=blob:limit=8k", place.folder.as_uri(), "../partial")
    done = place.at(place.folder.parent / "partial").pbm("check", "--rev", "HEAD", status=3)
    assert all(f"models/{one}" in done.out for one in (kept.oldest, kept.supervised, kept.best, kept.loose))


def test_what_the_owner_knows_is_given_and_the_rest_is_left_to_do(kept: HandKept) -> None:
    place = kept.place
    known = (*MOVES, "--parent", "rl-r1-i2=rl-r1-i1", "--created", f"{kept.supervised}=2025-12-24")
    planned = place.pbm(*ADOPT, *MOVES, "--dry-run")
    day = "supervised-v2 gets the day of the commit that brought it, 2026-02-01, and keeps it"
    assert day in planned.err
    assert "the parent of rl-r1-i2 is unknown; where you know it, add: --parent rl-r1-i2=MODEL" in planned.err
    assert "created 2026-02-01 from the commit that brought the policy" in planned.out
    planned = place.pbm(*ADOPT, *known, "--dry-run")
    assert day not in planned.err
    assert "the parent of" not in planned.err
    done = place.pbm(*ADOPT, *known)
    assert "created 2025-12-24 from --created" in done.out
    assert f"parent {kept.best} from --parent" in done.out
    assert _document(place, kept.supervised)["created"] == "2025-12-24"
    assert _document(place, kept.loose)["parent"] == kept.best
    assert "4 models: ok" in place.pbm("check").err
    place.pbm("check", "--range", "HEAD~1..")
    assert "does not change" in place.pbm(*ADOPT, "--created", "supervised-v2=2025-12-25", status=4).err


def test_what_nobody_knew_can_be_said_later(kept: HandKept) -> None:
    place = kept.place
    done = place.pbm(*ADOPT, *MOVES)
    command = "git pbm annotate rl-r1-i2 --parent MODEL"
    assert f"the parent of rl-r1-i2 is unknown; where you know it: {command}" in done.err
    place.run(*command.replace("MODEL", "rl-r1-i1").split())
    assert _document(place, kept.loose)["parent"] == kept.best
    assert "4 models: ok" in place.pbm("check").err
    assert "unknown" not in place.pbm(*ADOPT).err


@pytest.mark.parametrize(("option", "value"), [("--parent", "a=b"), ("--created", "a=2026-01-01")])
def test_what_is_given_needs_an_adoption_and_a_model(kept: HandKept, option: str, value: str) -> None:
    hint = f"git pbm init --adopt {option} {value}"
    assert hint in kept.place.pbm("init", "--no-hooks", option, value, status=2).err
    assert "write MODEL=VALUE" in kept.place.pbm(*ADOPT, option, "a", status=2).err
    assert "no model is called " in kept.place.pbm(*ADOPT, option, value, status=2).err
