"""``git pbm check --range``: hostile branches are found, honest ones pass, a history that ends early is unverified."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from git_pbm.core.registry.readme_block import block_of, replace_block
from git_pbm.core.registry.registry import Registry
from git_pbm.gitio.repository import Repository
from git_pbm.snapshots.facts_loader import FactsLoader
from git_pbm.snapshots.worktree import WorktreeSnapshot
from tests.conftest import Trainer
from tests.support.machine import Machine
from tests.support.networks import policy_bytes, value_bytes

Document = dict[str, Any]


@pytest.fixture
def branch(registry: Machine, train: Trainer) -> Machine:
    """A registry with three models, on a branch that starts at ``main``."""
    registry.pbm("add", *train(3), "--tag", "supervised-v2", "--no-promote")
    registry.git("checkout", "-q", "-b", "side")
    return registry


def id_of(place: Machine, tag: str) -> str:
    models: dict[str, Document] = json.loads((place.folder / "registry.json").read_text())["models"]
    return next(name for name, entry in models.items() if entry["tag"] == tag)


def edit(place: Machine, path: str, change: Callable[[Document], object]) -> None:
    document = json.loads((place.folder / path).read_text())
    change(document)
    place.write(path, json.dumps(document, indent=2, ensure_ascii=False) + "\n")


def settle_readme(place: Machine) -> None:
    """Write the README's block anew, as somebody who edits by hand must."""
    repository = Repository.discover(str(place.folder))
    block = block_of(Registry(WorktreeSnapshot(repository, FactsLoader(repository))))
    text = replace_block((place.folder / "README.md").read_text(), block)
    assert text is not None
    place.write("README.md", text)


def remove_by_hand(place: Machine, model_id: str) -> None:
    place.git("rm", "-rq", f"models/{model_id}")
    edit(place, "registry.json", lambda d: d["models"].pop(model_id))
    settle_readme(place)


def relink(place: Machine, path: str, target: str) -> None:
    link = place.folder / path
    if os.path.lexists(link):
        link.unlink()
    link.symlink_to(target)


def found(place: Machine, words: str = "main..side") -> set[str]:
    """The rules of the errors in a range; there must be some."""
    done = place.pbm("check", "--range", words, "--json", status=1)
    findings = json.loads(done.out)["findings"]
    return {finding["rule"] for finding in findings if finding["severity"] == "error"}


def swap_policy(place: Machine) -> str:
    place.write(f"models/{id_of(place, 'supervised-v1')}/policy_v2.onnx", policy_bytes(3000, 77))
    return "retrain"


def swap_value(place: Machine) -> str:
    """With the digest in metadata following, the tree of the branch is without a flaw."""
    from hashlib import sha256

    folder, net = f"models/{id_of(place, 'supervised-v1')}", value_bytes(2853, 77)
    place.write(f"{folder}/value_v2.onnx", net)
    record = {"sha256": sha256(net).hexdigest(), "size": len(net)}
    edit(place, f"{folder}/metadata.json", lambda d: d["files"].update({"value_v2.onnx": record}))
    return "a better value net for supervised-v1"


def change_identity(place: Machine) -> str:
    model = id_of(place, "supervised-v2")
    edit(place, f"models/{model}/metadata.json", lambda d: d.update(tag="supervised-v9"))
    edit(place, "registry.json", lambda d: d["models"][model].update(tag="supervised-v9"))
    settle_readme(place)
    return "rename supervised-v2 to supervised-v9"


def remove_in_silence(place: Machine) -> str:
    remove_by_hand(place, id_of(place, "supervised-v2"))
    return "tidy up"


def drop_entry(place: Machine) -> str:
    model = id_of(place, "supervised-v2")
    edit(place, "registry.json", lambda d: d["models"].pop(model))
    return "sort the registry"


def lead_out(place: Machine) -> str:
    relink(place, "current", "/srv/models/other")
    return "play the other one"


def drop_link(place: Machine) -> str:
    relink(place, f"models/{id_of(place, 'supervised-v1')}/policy_v3.onnx", "/srv/policy_v3.onnx")
    return "a link"


def lie(place: Machine) -> str:
    liar, told = id_of(place, "supervised-v2"), id_of(place, "supervised-v1")
    edit(place, "registry.json", lambda d: d.update(current=liar))
    relink(place, "current", f"models/{liar}")
    settle_readme(place)
    return f"chore: promote supervised-v1 model ({told})"


HOSTILE: dict[str, tuple[Callable[[Machine], str], set[str]]] = {
    "an old policy edited": (swap_policy, {"models-are-immutable", "dir-name-is-policy-hash"}),
    "a value net swapped": (swap_value, {"models-are-immutable"}),
    "the identity in metadata changed": (change_identity, {"models-are-immutable"}),
    "a model removed without saying so": (remove_in_silence, {"models-are-immutable"}),
    "a registry entry dropped": (drop_entry, {"registry-lists-every-model"}),
    "current out of the repository": (lead_out, {"current-is-a-link"}),
    "a link inside a model": (drop_link, {"models-are-immutable", "no-stray-entries", "one-policy-per-model"}),
    "a message that names another model": (lie, {"message-names-the-change"}),
}


@pytest.mark.parametrize(("attack", "rules"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_branch_is_found(branch: Machine, attack: Callable[[Machine], str], rules: set[str]) -> None:
    commit = branch.commit(attack(branch))
    assert found(branch) == rules
    done = branch.pbm("check", "--range", "main..", status=1)
    change_rules = rules & {"models-are-immutable", "message-names-the-change"}
    assert (f"in {commit[:10]}: " in done.out) is bool(change_rules)
    for rule in change_rules:
        assert rule in branch.pbm("check", "--range", "main..", "--format", "github", status=1).out
    branch.git("checkout", "-q", "main")
    branch.git("merge", "-q", "--no-ff", "--no-edit", "side")
    assert found(branch, "main^1..main") == rules, "a merge does not wash a commit clean"


def test_an_annotation_names_the_file_as_the_workspace_has_it(branch: Machine) -> None:
    branch.commit(swap_value(branch))

    def told(workspace: str) -> str:
        words = ("check", "--range", "main..", "--format", "github")
        return branch.pbm(*words, status=1, GITHUB_WORKSPACE=workspace).out

    folder = branch.folder
    assert " file=models/" in told(str(folder))
    assert f" file={folder.name}/models/" in told(str(folder.parent))
    assert " file=models/" in told(str(folder / "elsewhere"))


def test_what_a_later_commit_takes_back_is_found_all_the_same(branch: Machine) -> None:
    branch.commit(swap_value(branch))
    branch.git("revert", "--no-edit", "HEAD")
    assert found(branch) == {"models-are-immutable"}
    branch.pbm("check", "--rev", "side")


def test_an_honest_branch_with_merges_passes(branch: Machine, train: Trainer) -> None:
    branch.pbm("add", *train(4), "--tag", "rl-r1-i2")
    model = id_of(branch, "supervised-v1")
    edit(branch, f"models/{model}/metadata.json", lambda d: d.update(notes="weak as Italy", kl=0.03))
    settle_readme(branch)
    branch.commit("what the tournament said")
    branch.write("notes.txt", "by hand\n")
    branch.commit("notes")
    branch.git("checkout", "-q", "main")
    other = id_of(branch, "supervised-v2")
    edit(branch, f"models/{other}/metadata.json", lambda d: d.update(notes="never played"))
    settle_readme(branch)
    start = branch.git("rev-parse", "main~1").strip()
    branch.commit(f"docs: annotate supervised-v2 model ({other})")
    branch.git("checkout", "-q", "side")
    branch.git("merge", "-q", "--no-edit", "main")
    done = branch.pbm("check", "--range", "main..side")
    assert done.out == ""
    assert "4 commits" in done.err
    branch.git("checkout", "-q", "main")
    branch.git("merge", "-q", "--no-ff", "--no-edit", "side")
    branch.pbm("check", "--range", f"{start}..main")
    assert json.loads(branch.pbm("check", "--range", f"{start}..", "--json").out)["findings"] == []


def test_both_sides_annotate_one_model_and_the_merge_joins_them(branch: Machine) -> None:
    path = f"models/{id_of(branch, 'supervised-v2')}/metadata.json"
    edit(branch, path, lambda d: d.update(notes="from side"))
    branch.commit("notes of side")
    branch.git("checkout", "-q", "main")
    edit(branch, path, lambda d: d.update(notes="from main"))
    branch.commit("notes of main")
    start = branch.git("rev-parse", "HEAD^").strip()
    assert branch.run("git", "merge", "side").status != 0
    branch.git("checkout", "--ours", "--", path)
    edit(branch, path, lambda d: d.update(notes="from both"))
    branch.commit("Merge branch 'side'")
    branch.pbm("check", "--range", f"{start}..main")


def test_a_squash_merge_of_several_models_passes(branch: Machine, train: Trainer) -> None:
    branch.pbm("add", *train(4), "--tag", "rl-r1-i2", "--no-promote")
    branch.pbm("add", *train(5), "--tag", "rl-r1-i3")
    branch.git("checkout", "-q", "main")
    branch.git("merge", "-q", "--squash", "side")
    model = id_of(branch, "rl-r1-i3")
    branch.commit(f"feat: add rl-r1-i3 model ({model}) (#12)\n\n* feat: add rl-r1-i2 model\n")
    branch.pbm("check", "--range", "HEAD^..")
    branch.git("commit", "-q", "--amend", "-m", "more models (#12)")
    assert found(branch, "HEAD^..") == {"message-names-the-change"}


def test_a_removal_by_hand_that_says_so_passes(branch: Machine) -> None:
    model = id_of(branch, "supervised-v2")
    remove_by_hand(branch, model)
    branch.commit(f"chore: remove supervised-v2 model ({model}) (#7)\n\nit never won a game")
    branch.pbm("check", "--range", "main..")


def test_removing_with_git_pbm_passes(branch: Machine) -> None:
    branch.pbm("remove", "supervised-v2", "--why", "it never won a game")
    branch.pbm("promote", "supervised-v1")
    branch.pbm("rollback")
    branch.pbm("annotate", "rl-r1-i1", "--notes", "strong")
    branch.pbm("check", "--range", "main..")


def test_the_whole_history_since_the_first_commit_passes(branch: Machine) -> None:
    first = branch.git("rev-list", "--max-parents=0", "HEAD").strip()
    done = branch.pbm("check", "--range", f"{first}..")
    assert "3 commits" in done.err


def test_a_registry_that_begins_in_the_range_passes(branch: Machine, machine: Machine) -> None:
    place = machine.at(machine.folder / "grown")
    place.folder.mkdir()
    place.git("init", "-q")
    place.write("README.md", "# ours\n")
    place.commit("begin")
    branch.git("archive", "--format=tar", "-o", "../all.tar", "HEAD", "models", "registry.json", "current")
    place.git("tag", "start")
    assert place.run("tar", "xf", "../all.tar").status == 0
    place.commit("all our models")
    place.write(".gitattributes", "*.onnx -text\n")
    place.commit("attributes")
    place.pbm("check", "--range", "start..")


def test_a_merge_that_drops_a_model_of_the_other_side_is_found(branch: Machine, train: Trainer) -> None:
    """``-s ours``: the merge equals one parent, so it changes nothing by itself."""
    branch.write("notes.txt", "x\n")
    branch.commit("notes")
    branch.git("checkout", "-q", "main")
    branch.pbm("add", *train(4), "--tag", "rl-r1-i2", "--no-promote")
    branch.git("checkout", "-q", "side")
    branch.git("merge", "-q", "-s", "ours", "--no-edit", "main")
    assert found(branch) == {"models-are-immutable"}
    assert "by a merge of this range" in branch.pbm("check", "--range", "main..side", status=1).out


def test_a_merge_that_edits_a_model_is_found(branch: Machine) -> None:
    branch.write("notes.txt", "x\n")
    branch.commit("notes")
    branch.git("checkout", "-q", "main")
    branch.write("other.txt", "x\n")
    start = branch.commit("other")
    branch.git("merge", "-q", "--no-commit", "--no-ff", "side")
    swap_value(branch)
    commit = branch.commit("Merge branch 'side'")
    assert found(branch, f"{start}..main") == {"models-are-immutable"}
    assert f"in {commit[:10]}: " in branch.pbm("check", "--range", f"{start}..main", status=1).out


def test_a_new_allowance_is_named_and_is_no_error(branch: Machine) -> None:
    edit(branch, f"models/{id_of(branch, 'supervised-v2')}/metadata.json", lambda d: d.update(params="15.36M"))
    settle_readme(branch)
    branch.commit("the parameters as our paper counts them")
    finding = json.loads(branch.pbm("check", "--json").out)["findings"][0]
    allow = (
        f'[[allow]]\nrule = "{finding["rule"]}"\npath = "{finding["path"]}"\n'
        f"found = '{finding['found']}'\nreason = \"embeddings are not counted\"\n"
    )
    branch.write(".pbm.toml", allow)
    branch.commit("accept it")
    done = branch.pbm("check", "--range", "main..")
    assert "warning: new in this range" in done.out
    assert "embeddings are not counted" in done.out


def test_weights_move_into_lfs_without_becoming_others(branch: Machine) -> None:
    """The blobs become pointers to the same SHA-256; git-lfs itself is not needed to see that."""
    from git_pbm.core.documents.lfs_pointer import pointer_text

    for path in sorted(branch.folder.glob("models/*/*.onnx")):
        data = path.read_bytes()
        from hashlib import sha256

        path.write_bytes(pointer_text(sha256(data).hexdigest(), len(data)))
    branch.write(".gitattributes", "*.onnx filter=lfs diff=lfs merge=lfs -text\n")
    branch.git("-c", "filter.lfs.clean=cat", "-c", "filter.lfs.process=", "add", "-A")
    branch.git("-c", "filter.lfs.clean=cat", "-c", "filter.lfs.process=", "commit", "-qm", "weights go to LFS")
    assert json.loads(branch.pbm("check", "--range", "main..", "--json").out)["findings"] == []


def test_a_shallow_clone_says_that_it_cannot_know(branch: Machine) -> None:
    branch.write("notes.txt", "x\n")
    branch.commit("notes")
    first = branch.git("rev-list", "--max-parents=0", "HEAD").strip()
    branch.git("clone", "-q", "--depth", "2", "--branch", "side", f"file://{branch.folder}", "../shallow")
    shallow = branch.at(branch.folder.parent / "shallow")
    done = shallow.pbm("check", "--range", f"{first}..HEAD", status=3)
    assert "git fetch --unshallow" in done.err
    shallow.pbm("check", "--range", "HEAD~1..HEAD")
    done = shallow.pbm("check", "--range", "HEAD~2..HEAD", status=3)
    assert "fetch-depth: 0" in done.err
    shallow.git("fetch", "-q", "--depth", "1", "origin", f"{first}:refs/heads/first")
    done = shallow.pbm("check", "--range", "first..HEAD", status=3)
    assert "ends within the range" in done.err
    shallow.git("fetch", "-q", "--unshallow")
    shallow.pbm("check", "--range", f"{first}..HEAD")


def test_a_partial_clone_says_what_it_lacks_and_can_fetch_it(branch: Machine, tmp_path: Path) -> None:
    branch.commit(swap_value(branch))
    branch.git("revert", "--no-edit", "HEAD")
    branch.git("config", "uploadpack.allowFilter", "true")
    branch.git("config", "uploadpack.allowAnySHA1InWant", "true")
    branch.git("clone", "-q", "--bare", "--filter=blob:none", f"file://{branch.folder}", "../partial.git")
    partial = branch.at(branch.folder.parent / "partial.git")
    done = partial.pbm("check", "--range", "main..side", status=3)
    assert "unverified" in done.out
    done = partial.pbm("check", "--range", "main..side", "--fetch", status=1)
    assert "models-are-immutable" in done.out


@pytest.mark.parametrize("words", ["main", "main...side", "..side", "..", "a..b..c", "main..nowhere", "nowhere.."])
def test_other_words_than_a_range_are_refused(branch: Machine, words: str) -> None:
    assert "->" in branch.pbm("check", "--range", words, status=2).err


def test_a_range_excludes_the_other_ways_to_look(branch: Machine) -> None:
    branch.pbm("check", "--range", "main..", "--staged", status=2)
    branch.pbm("check", "--range", "main..", "--rev", "main", status=2)


def test_an_empty_range_looks_at_the_tree_alone(branch: Machine) -> None:
    assert "0 commits" in branch.pbm("check", "--range", "side..main").err


def test_no_number_of_commits_needs_more_processes(branch: Machine, tmp_path: Path) -> None:
    def processes(words: str) -> int:
        trace = tmp_path / f"trace of {words}"
        branch.pbm("check", "--range", words, GIT_TRACE2_EVENT=str(trace))
        return sum('"event":"start"' in line for line in trace.read_text().splitlines())

    path = f"models/{id_of(branch, 'supervised-v2')}/metadata.json"
    for number in range(12):
        edit(branch, path, lambda d, n=number: d.update(notes=f"note {n}"))  # type: ignore[misc]
        settle_readme(branch)
        branch.commit(f"note {number}")
    shutil.rmtree(branch.folder / ".git/pbm")
    many = processes("main..side")
    shutil.rmtree(branch.folder / ".git/pbm")
    assert many == processes("side~2..side")


def test_explain_knows_the_change_rules(branch: Machine) -> None:
    assert "To fix it:" in branch.pbm("explain", "models-are-immutable").out
    assert "message-names-the-change" in branch.pbm("explain").out
