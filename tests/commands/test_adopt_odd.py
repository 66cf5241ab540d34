"""``git pbm init --adopt`` where something is odd: half a clone, broken files, folders in the way, uncommitted work."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from git_pbm.core import allowances
from tests.conftest import Trainer
from tests.support.machine import Machine, need, state_of

ADOPT = ("init", "--adopt", "--no-hooks")

Keep = Callable[..., str]


@pytest.fixture
def by_hand(machine: Machine) -> Machine:
    place = machine.at(machine.folder / "by-hand")
    place.folder.mkdir()
    place.git("init", "-q")
    return place


@pytest.fixture
def keep(by_hand: Machine, train: Trainer) -> Keep:
    """Put a model into a folder (default: the right one) as a person would; returns its id."""

    def put(seed: int, folder: str | None = None, **fields: object) -> str:
        policy, value = train(seed)
        model_id = sha256(policy.read_bytes()).hexdigest()[:8]
        target = by_hand.folder / (folder or f"models/{model_id}")
        target.mkdir(parents=True)
        shutil.copy(policy, target / "policy_v2.onnx")
        shutil.copy(value, target / "value_v2.onnx")
        (target / "metadata.json").write_text(json.dumps(fields))
        return model_id

    return put


def _document(place: Machine, model_id: str) -> dict[str, object]:
    document = json.loads((place.folder / "models" / model_id / "metadata.json").read_text())
    assert isinstance(document, dict)
    return document


def test_a_clone_that_lacks_the_models_bytes_keeps_its_registry(by_hand: Machine, keep: Keep) -> None:
    model_id = keep(1, tag="supervised-v1", created="2025-01-02")
    os.symlink(f"models/{model_id}", by_hand.folder / "current")
    by_hand.write("registry.json", json.dumps({"current": model_id, "models": {model_id: {"tag": "supervised-v1"}}}))
    by_hand.commit("by hand")
    by_hand.git("config", "uploadpack.allowFilter", "true")
    by_hand.git("clone", "-q", "--filter=blob:none", "--sparse", by_hand.folder.as_uri(), "../partial")
    partial = by_hand.at(by_hand.folder.parent / "partial")
    before = partial.git("rev-parse", "HEAD")
    done = partial.pbm(*ADOPT, status=3)
    assert partial.git("rev-parse", "HEAD") == before
    command = done.err.strip().rpartition("-> ")[2]
    assert partial.run(*command.split()).status == 1  # fetched, and looked at
    partial.pbm(*ADOPT)
    registry = json.loads((partial.folder / "registry.json").read_text())
    assert (registry["current"], list(registry["models"])) == (model_id, [model_id])
    assert "1 model: ok" in partial.pbm("check").err


def test_allowances_that_cannot_be_read_are_refused_with_their_place(by_hand: Machine, keep: Keep) -> None:
    keep(1, tag="supervised-v1", best_loss="low")
    by_hand.write(".pbm.toml", "broken = [")
    by_hand.commit("by hand")
    before = state_of(by_hand)
    done = by_hand.pbm(*ADOPT, status=4)
    assert ".pbm.toml: not TOML" in done.err
    assert state_of(by_hand) == before


def test_an_allowance_that_is_needed_no_longer_goes(by_hand: Machine, keep: Keep) -> None:
    model_id = keep(1, tag="supervised-v1", params="unknown", best_loss="low")
    path = f"models/{model_id}/metadata.json"
    pinned = f'rule = "metadata-matches-schema"\npath = "{path}"\nreason = "old"\n'
    rows = [f"[[allow]]\n{pinned}found = '{found}'\n" for found in ('params: "unknown"', 'best_loss: "low"')]
    by_hand.write(".pbm.toml", "# ours\n" + "\n".join(rows))
    by_hand.commit("by hand")
    by_hand.pbm(*ADOPT)
    assert _document(by_hand, model_id)["params"] == "3.0K"
    text = (by_hand.folder / ".pbm.toml").read_text()
    assert text.startswith("# ours\n")
    assert [one.found for one in allowances.parse(text)] == ['best_loss: "low"']
    assert "1 model: ok" in by_hand.pbm("check").err


@pytest.mark.parametrize(
    ("created", "listed", "day"),
    [
        ("2025-03-04T10:11:12Z", "2025-03-05", "2025-03-04"),
        ("2025-03-04 10:11", None, "2025-03-04"),
        ("unknown", "2025-03-05T01:02:03+01:00", "2025-03-05"),
        ("2025-02-30T10:11:12Z", None, "2026-02-20"),  # no such day: the commit's
    ],
)
def test_a_time_stamp_tells_the_day(by_hand: Machine, keep: Keep, created: str, listed: str | None, day: str) -> None:
    model_id = keep(1, tag="supervised-v1", created=created, parent=None, kl=None, lab=None)
    if listed:
        by_hand.write("registry.json", json.dumps({"models": {model_id: {"tag": "supervised-v1", "date": listed}}}))
    by_hand.commit("by hand")
    by_hand.pbm(*ADOPT)
    document = _document(by_hand, model_id)
    assert document["created"] == day
    assert "parent" not in document
    assert "kl" not in document
    assert document["lab"] is None
    assert not (by_hand.folder / ".pbm.toml").exists()


def test_parameters_are_counted_in_the_content_that_git_lfs_keeps(by_hand: Machine, keep: Keep) -> None:
    need("git-lfs")
    by_hand.git("lfs", "install", "--local")
    by_hand.write(".gitattributes", "*.onnx filter=lfs diff=lfs merge=lfs -text\n")
    model_id = keep(1, tag="supervised-v1", params="unknown")
    by_hand.commit("by hand")
    by_hand.git("clone", "-q", ".", "../without", GIT_LFS_SKIP_SMUDGE="1")
    by_hand.pbm(*ADOPT)
    assert _document(by_hand, model_id)["params"] == "3.0K"
    clone = by_hand.at(by_hand.folder.parent / "without")
    clone.pbm(*ADOPT)
    assert _document(clone, model_id)["params"] == "unknown"
    assert "1 model: ok" in clone.pbm("check").err
    shutil.copytree(by_hand.folder / ".git/lfs", clone.folder / ".git/lfs", dirs_exist_ok=True)
    clone.pbm(*ADOPT)
    assert _document(clone, model_id)["params"] == "3.0K"
    assert "1 model: ok" in clone.pbm("check").err


def test_a_folder_with_odd_metadata_comes_in_and_its_flaws_are_pinned(by_hand: Machine, keep: Keep) -> None:
    model_id = keep(1, "best", tag="rl-r1-i2", created="unknown", best_loss="low", parent=None, round=7, lab="west")
    by_hand.commit("by hand")
    done = by_hand.pbm(*ADOPT, "--move-in", "best")
    assert f"accepted: models/{model_id}/metadata.json: metadata-matches-schema" in done.out
    document = _document(by_hand, model_id)
    assert (document["created"], document["round"], document["iteration"]) == ("2026-02-20", 1, 2)
    assert (document["best_loss"], document["lab"], document["params"]) == ("low", "west", "3.0K")
    assert "1 model: ok" in by_hand.pbm("check").err
    assert not (by_hand.folder / "best").exists()


def test_a_folder_in_models_that_is_no_hash_comes_in_and_stays_current(by_hand: Machine, keep: Keep) -> None:
    model_id = keep(1, "models/best", tag="supervised-v1")
    os.symlink("models/best", by_hand.folder / "current")
    by_hand.commit("by hand")
    assert "taken away, it led to models/best" in by_hand.pbm(*ADOPT, "--dry-run").out
    done = by_hand.pbm(*ADOPT, "--move-in", "models/best")
    assert f"models/best: moved in as supervised-v1 ({model_id})" in done.out
    assert os.readlink(by_hand.folder / "current") == f"models/{model_id}"
    assert os.listdir(by_hand.folder / "models") == [model_id]
    assert "1 model: ok" in by_hand.pbm("check").err


@pytest.mark.parametrize("said", ["the tag", "the path", "the hash"])
def test_the_registry_may_name_the_current_model_in_its_own_way(by_hand: Machine, keep: Keep, said: str) -> None:
    keep(1, tag="")
    model_id = keep(2, tag="supervised-v2")
    policy = next((by_hand.folder / "models" / model_id).glob("policy*"))
    ways = {
        "the tag": "supervised-v2",
        "the path": f"models/{model_id}/",
        "the hash": sha256(policy.read_bytes()).hexdigest(),
    }
    by_hand.write("registry.json", json.dumps({"current": ways[said], "models": {}}))
    by_hand.commit("by hand")
    by_hand.pbm(*ADOPT)
    assert os.readlink(by_hand.folder / "current") == f"models/{model_id}"


def test_what_the_registry_said_and_is_true_of_no_model_is_told(by_hand: Machine, keep: Keep) -> None:
    model_id = keep(1, tag="supervised-v1")
    by_hand.write("registry.json", json.dumps({"current": model_id, "models": {model_id: {}, "5ca1ab1e": {}}}))
    by_hand.commit("by hand")
    assert "registry.json: lists 5ca1ab1e no longer, there is no such model" in by_hand.pbm(*ADOPT).out
    by_hand.write("registry.json", "<<<<<<< ours")
    by_hand.commit("by hand again")
    assert "registry.json: made anew from the models, it could not be read" in by_hand.pbm(*ADOPT).out


@pytest.mark.parametrize("name", ["model.onnx", "README", "sub/policy_v2.onnx"])
def test_a_directory_called_current_that_would_lose_something_is_refused(
    by_hand: Machine, keep: Keep, name: str
) -> None:
    keep(1, tag="supervised-v1")
    by_hand.write(f"current/{name}", b"mine")
    if name == "sub/policy_v2.onnx":
        keep(2, "current/best", tag="supervised-v2")
        (by_hand.folder / "current/best/policy_v2.onnx").rename(by_hand.folder / "current/policy_v2.onnx")
    by_hand.commit("by hand")
    before = state_of(by_hand)
    done = by_hand.pbm(*ADOPT, status=4)
    assert "current/ becomes a link" in done.err
    assert "git mv current/" in done.err
    assert state_of(by_hand) == before


def test_what_is_not_committed_yet_is_named_with_the_way_to_commit_it(by_hand: Machine, keep: Keep) -> None:
    model_id = keep(1, tag="supervised-v1")
    os.symlink(f"models/{model_id}", by_hand.folder / "current")
    for words in (("init", "--no-hooks"), ADOPT):
        done = by_hand.pbm(*words, status=4)
        assert "current is not committed" in done.err
        assert "git add current; git commit" in done.err
    by_hand.git("add", "current")
    by_hand.git("commit", "-qm", "half of it")
    assert "git add models; git commit; then: git pbm init --adopt" in by_hand.pbm(*ADOPT, status=4).err
    by_hand.commit("all of it")
    by_hand.pbm(*ADOPT)
    assert "1 model: ok" in by_hand.pbm("check").err


def test_a_dry_run_says_what_becomes_of_each_model_and_offers_the_other_folders(by_hand: Machine, keep: Keep) -> None:
    keep(1, tag="supervised-v1", best_loss="low")
    keep(2, "old runs/best", tag="supervised-v2")
    keep(3, "other", tag="supervised-v3")
    by_hand.commit("by hand")
    before = state_of(by_hand)
    done = by_hand.pbm(*ADOPT, "--dry-run", "--move-in", "other")
    assert "- supervised-v1 (" in done.out
    assert "- accepted: " in done.out
    assert "git pbm init --adopt --move-in 'old runs/best'" in done.err
    assert "--move-in other" not in done.err
    assert state_of(by_hand) == before


def test_a_folder_is_seen_from_where_the_person_stands(by_hand: Machine, keep: Keep) -> None:
    keep(1, "exp/best", tag="supervised-v1")
    keep(2, "exp/other", tag="supervised-v2")
    by_hand.commit("by hand")
    inside = by_hand.at(by_hand.folder / "exp")
    inside.pbm(*ADOPT, "--move-in", "best", "--move-in", "exp/other")
    assert "2 models: ok" in by_hand.pbm("check").err
    assert not Path(by_hand.folder / "exp").exists()


def test_status_repeats_that_there_are_findings(by_hand: Machine, keep: Keep) -> None:
    model_id = keep(1, tag="supervised-v1")
    by_hand.commit("by hand")
    said = "findings; mend them, or take the repository in as it is: git pbm init --adopt"
    assert said in by_hand.pbm("init", "--no-hooks").err
    assert said in by_hand.pbm("status").out
    by_hand.pbm(*ADOPT)
    assert "finding" not in by_hand.pbm("status").out
    by_hand.write(f"models/{model_id}/notes.txt", "mine")
    said = by_hand.pbm("status").out
    assert "git pbm check has 1 finding, and models/" in said
    assert "--adopt" not in said
