"""``git pbm init --adopt`` where something is odd: half a clone, broken files, folders in the way, uncommitted work."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from git_pbm.core.documents import allowances
from tests.conftest import Trainer
from tests.support.machine import Machine, need, state_of

ADOPT = ("init", "--adopt", "--no-hooks")

Keep = Callable[..., str]


@pytest.fixture
def keep(empty: Machine, train: Trainer) -> Keep:
    """Put a model into a folder (default: the right one) as a person would; returns its id."""

    def put(seed: int, folder: str | None = None, **fields: object) -> str:
        policy, value = train(seed)
        model_id = sha256(policy.read_bytes()).hexdigest()[:8]
        target = empty.folder / (folder or f"models/{model_id}")
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


def test_a_clone_that_lacks_the_models_bytes_keeps_its_registry(empty: Machine, keep: Keep) -> None:
    model_id = keep(1, tag="supervised-v1", created="2025-01-02")
    os.symlink(f"models/{model_id}", empty.folder / "current")
    empty.write("registry.json", json.dumps({"current": model_id, "models": {model_id: {"tag": "supervised-v1"}}}))
    empty.commit("by hand")
    empty.git("config", "uploadpack.allowFilter", "true")
    empty.git("clone", "-q", "--filter=blob:none", "--sparse", empty.folder.as_uri(), "../partial")
    partial = empty.at(empty.folder.parent / "partial")
    before = partial.git("rev-parse", "HEAD")
    done = partial.pbm(*ADOPT, status=3)
    assert partial.git("rev-parse", "HEAD") == before
    command = done.err.strip().rpartition("-> ")[2]
    assert partial.run(*command.split()).status == 1  # fetched, and looked at
    partial.pbm(*ADOPT)
    registry = json.loads((partial.folder / "registry.json").read_text())
    assert (registry["current"], list(registry["models"])) == (model_id, [model_id])
    assert "1 model: ok" in partial.pbm("check").err


def test_allowances_that_cannot_be_read_are_refused_with_their_place(empty: Machine, keep: Keep) -> None:
    keep(1, tag="supervised-v1", best_loss="low")
    empty.write(".pbm.toml", "broken = [")
    empty.commit("by hand")
    before = state_of(empty)
    done = empty.pbm(*ADOPT, status=4)
    assert ".pbm.toml: not TOML" in done.err
    assert state_of(empty) == before


def test_an_allowance_that_is_needed_no_longer_goes(empty: Machine, keep: Keep) -> None:
    model_id = keep(1, tag="supervised-v1", params="unknown", best_loss="low")
    path = f"models/{model_id}/metadata.json"
    pinned = f'rule = "metadata-matches-schema"\npath = "{path}"\nreason = "old"\n'
    rows = [f"[[allow]]\n{pinned}found = '{found}'\n" for found in ('params: "unknown"', 'best_loss: "low"')]
    empty.write(".pbm.toml", "# ours\n" + "\n".join(rows))
    empty.commit("by hand")
    empty.pbm(*ADOPT)
    assert _document(empty, model_id)["params"] == "3.0K"
    text = (empty.folder / ".pbm.toml").read_text()
    assert text.startswith("# ours\n")
    assert [one.found for one in allowances.parse(text)] == ['best_loss: "low"']
    assert "1 model: ok" in empty.pbm("check").err


@pytest.mark.parametrize(
    ("created", "listed", "day"),
    [
        ("2025-03-04T10:11:12Z", "2025-03-05", "2025-03-04"),
        ("2025-03-04 10:11", None, "2025-03-04"),
        ("unknown", "2025-03-05T01:02:03+01:00", "2025-03-05"),
        ("2025-02-30T10:11:12Z", None, "2026-02-20"),  # no such day: the commit's
    ],
)
def test_a_time_stamp_tells_the_day(empty: Machine, keep: Keep, created: str, listed: str | None, day: str) -> None:
    model_id = keep(1, tag="supervised-v1", created=created, parent=None, kl=None, lab=None)
    if listed:
        empty.write("registry.json", json.dumps({"models": {model_id: {"tag": "supervised-v1", "date": listed}}}))
    empty.commit("by hand")
    empty.pbm(*ADOPT)
    document = _document(empty, model_id)
    assert document["created"] == day
    assert "parent" not in document
    assert "kl" not in document
    assert document["lab"] is None
    assert not (empty.folder / ".pbm.toml").exists()


def test_parameters_are_counted_in_the_content_that_git_lfs_keeps(empty: Machine, keep: Keep) -> None:
    need("git-lfs")
    empty.git("lfs", "install", "--local")
    empty.write(".gitattributes", "*.onnx filter=lfs diff=lfs merge=lfs -text\n")
    model_id = keep(1, tag="supervised-v1", params="unknown")
    empty.commit("by hand")
    empty.git("clone", "-q", ".", "../without", GIT_LFS_SKIP_SMUDGE="1")
    empty.pbm(*ADOPT)
    assert _document(empty, model_id)["params"] == "3.0K"
    clone = empty.at(empty.folder.parent / "without")
    clone.pbm(*ADOPT)
    assert _document(clone, model_id)["params"] == "unknown"
    assert "1 model: ok" in clone.pbm("check").err
    shutil.copytree(empty.folder / ".git/lfs", clone.folder / ".git/lfs", dirs_exist_ok=True)
    clone.pbm(*ADOPT)
    assert _document(clone, model_id)["params"] == "3.0K"
    assert "1 model: ok" in clone.pbm("check").err


def test_a_folder_with_odd_metadata_comes_in_and_its_flaws_are_pinned(empty: Machine, keep: Keep) -> None:
    model_id = keep(1, "best", tag="rl-r1-i2", created="unknown", best_loss="low", parent=None, round=7, lab="west")
    empty.commit("by hand")
    done = empty.pbm(*ADOPT, "--move-in", "best")
    assert f"accepted: models/{model_id}/metadata.json: metadata-matches-schema" in done.out
    document = _document(empty, model_id)
    assert (document["created"], document["round"], document["iteration"]) == ("2026-02-20", 1, 2)
    assert (document["best_loss"], document["lab"], document["params"]) == ("low", "west", "3.0K")
    assert "1 model: ok" in empty.pbm("check").err
    assert not (empty.folder / "best").exists()


def test_a_folder_in_models_that_is_no_hash_comes_in_and_stays_current(empty: Machine, keep: Keep) -> None:
    model_id = keep(1, "models/best", tag="supervised-v1")
    os.symlink("models/best", empty.folder / "current")
    empty.commit("by hand")
    assert "taken away, it led to models/best" in empty.pbm(*ADOPT, "--dry-run").out
    done = empty.pbm(*ADOPT, "--move-in", "models/best")
    assert f"models/best: moved in as supervised-v1 ({model_id})" in done.out
    assert os.readlink(empty.folder / "current") == f"models/{model_id}"
    assert os.listdir(empty.folder / "models") == [model_id]
    assert "1 model: ok" in empty.pbm("check").err


@pytest.mark.parametrize("said", ["the tag", "the path", "the hash"])
def test_the_registry_may_name_the_current_model_in_its_own_way(empty: Machine, keep: Keep, said: str) -> None:
    keep(1, tag="")
    model_id = keep(2, tag="supervised-v2")
    policy = next((empty.folder / "models" / model_id).glob("policy*"))
    ways = {
        "the tag": "supervised-v2",
        "the path": f"models/{model_id}/",
        "the hash": sha256(policy.read_bytes()).hexdigest(),
    }
    empty.write("registry.json", json.dumps({"current": ways[said], "models": {}}))
    empty.commit("by hand")
    empty.pbm(*ADOPT)
    assert os.readlink(empty.folder / "current") == f"models/{model_id}"


def test_what_the_registry_said_and_is_true_of_no_model_is_told(empty: Machine, keep: Keep) -> None:
    model_id = keep(1, tag="supervised-v1")
    empty.write("registry.json", json.dumps({"current": model_id, "models": {model_id: {}, "5ca1ab1e": {}}}))
    empty.commit("by hand")
    assert "registry.json: no longer lists 5ca1ab1e, which does not exist" in empty.pbm(*ADOPT).out
    empty.write("registry.json", "<<<<<<< ours")
    empty.commit("by hand again")
    assert "registry.json: made anew from the models, it could not be read" in empty.pbm(*ADOPT).out


@pytest.mark.parametrize("name", ["model.onnx", "README", "sub/policy_v2.onnx"])
def test_a_directory_called_current_that_would_lose_something_is_refused(empty: Machine, keep: Keep, name: str) -> None:
    keep(1, tag="supervised-v1")
    empty.write(f"current/{name}", b"mine")
    if name == "sub/policy_v2.onnx":
        keep(2, "current/best", tag="supervised-v2")
        (empty.folder / "current/best/policy_v2.onnx").rename(empty.folder / "current/policy_v2.onnx")
    empty.commit("by hand")
    before = state_of(empty)
    done = empty.pbm(*ADOPT, status=4)
    assert "current/ becomes a link" in done.err
    assert "git mv current/" in done.err
    assert state_of(empty) == before


def test_what_is_not_committed_yet_is_named_with_the_way_to_commit_it(empty: Machine, keep: Keep) -> None:
    model_id = keep(1, tag="supervised-v1")
    os.symlink(f"models/{model_id}", empty.folder / "current")
    for words in (("init", "--no-hooks"), ADOPT):
        done = empty.pbm(*words, status=4)
        assert "current is not committed" in done.err
        assert "git add current; git commit" in done.err
    empty.git("add", "current")
    empty.git("commit", "-qm", "half of it")
    assert "git add models; git commit; then: git pbm init --adopt" in empty.pbm(*ADOPT, status=4).err
    empty.commit("all of it")
    empty.pbm(*ADOPT)
    assert "1 model: ok" in empty.pbm("check").err


def test_a_dry_run_says_what_becomes_of_each_model_and_offers_the_other_folders(empty: Machine, keep: Keep) -> None:
    keep(1, tag="supervised-v1", best_loss="low")
    keep(2, "old runs/best", tag="supervised-v2")
    keep(3, "other", tag="supervised-v3")
    empty.commit("by hand")
    before = state_of(empty)
    done = empty.pbm(*ADOPT, "--dry-run", "--move-in", "other")
    assert "- supervised-v1 (" in done.out
    assert "- accepted: " in done.out
    assert "git pbm init --adopt --move-in 'old runs/best'" in done.err
    assert "--move-in other" not in done.err
    assert state_of(empty) == before


def test_a_folder_is_seen_from_where_the_person_stands(empty: Machine, keep: Keep) -> None:
    keep(1, "exp/best", tag="supervised-v1")
    keep(2, "exp/other", tag="supervised-v2")
    empty.commit("by hand")
    inside = empty.at(empty.folder / "exp")
    inside.pbm(*ADOPT, "--move-in", "best", "--move-in", "exp/other")
    assert "2 models: ok" in empty.pbm("check").err
    assert not Path(empty.folder / "exp").exists()


def test_status_repeats_that_there_are_findings(empty: Machine, keep: Keep) -> None:
    model_id = keep(1, tag="supervised-v1")
    empty.commit("by hand")
    said = "findings; fix them, or take the repository in as it is: git pbm init --adopt"
    assert said in empty.pbm("init", "--no-hooks").err
    assert said in empty.pbm("status").out
    empty.pbm(*ADOPT)
    assert "finding" not in empty.pbm("status").out
    empty.write(f"models/{model_id}/notes.txt", "mine")
    said = empty.pbm("status").out
    assert "git pbm check has 1 finding, and models/" in said
    assert "--adopt" not in said


def test_the_same_bytes_get_one_tag(empty: Machine, keep: Keep) -> None:
    model_id = keep(1, "current")
    keep(1, "old")
    for name in ("current", "old"):
        (empty.folder / name / "metadata.json").unlink()
    empty.commit("by hand")
    before = state_of(empty)
    both = ("--move-in", "current=rl-r1-i1", "--move-in", "old=rl-r2-i1")
    done = empty.pbm(*ADOPT, *both, status=4)
    assert "old: its tag is rl-r2-i1, and the same bytes in current have the tag rl-r1-i1" in done.err
    twice = ("--move-in", "old=rl-r1-i1", "--move-in", "./old=rl-r2-i1")
    assert "--move-in gives old two tags, rl-r1-i1 and rl-r2-i1" in empty.pbm(*ADOPT, *twice, status=2).err
    assert state_of(empty) == before
    empty.pbm(*ADOPT, "--move-in", "old=rl-r1-i1", "--move-in", "old")
    assert _document(empty, model_id)["tag"] == "rl-r1-i1"
    assert os.readlink(empty.folder / "current") == f"models/{model_id}"
    assert "1 model: ok" in empty.pbm("check").err


def test_a_field_that_nothing_tells_can_be_written_down_later(empty: Machine, keep: Keep) -> None:
    model_id = keep(1, created="2025-01-02", training="supervised")
    keep(2, tag="supervised-v2")
    empty.commit("by hand")
    line = f"nothing tells tag of {model_id}: write it into models/{model_id}/metadata.json, then: "
    for argv in ((*ADOPT, "--dry-run"), ADOPT):
        said = empty.pbm(*argv).err
        assert line in said
    path = empty.folder / "models" / model_id / "metadata.json"
    path.write_text(path.read_text().replace('"training"', '"tag": "supervised-v1",\n  "training"'))
    typed = said.partition(line)[2].splitlines()[0]
    assert empty.run("sh", "-ec", typed).status == 0
    assert "tag" not in empty.pbm(*ADOPT).err
    assert "2 models: ok" in empty.pbm("check").err
    assert not (empty.folder / ".pbm.toml").exists() or "tag" not in (empty.folder / ".pbm.toml").read_text()
    empty.pbm("check", "--range", "HEAD~2..")
