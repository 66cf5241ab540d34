"""Real merges, rebases, cherry-picks and reverts of registries: clean where they can be, one honest question else."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
from dataclasses import replace

import pytest

from git_pbm.core.plans.setup.templates import README
from git_pbm.fs.path_state import read_state
from git_pbm.gitio.index import index_entries
from git_pbm.gitio.merge_state import merge_mark
from git_pbm.gitio.repository import Repository
from git_pbm.transaction.journal import Journal, Step, write_journal
from tests.support.branches import State, id_of, tag_of, write_branches
from tests.support.machine import Machine, state_of
from tests.support.tiny import tiny_policy

BASE = State().adds(0, 1, 2, promote=True)
DERIVED = ("registry.json", "README.md")


@pytest.fixture
def place(machine: Machine) -> Machine:
    found = machine.at(machine.folder / "models-repo")
    found.folder.mkdir()
    return found


def conflicts(place: Machine) -> list[str]:
    return place.git("diff", "--name-only", "--diff-filter=U").split()


def holds(place: Machine, state: State) -> None:
    """The work tree and the index are exactly that registry."""
    assert place.git("diff", "--name-only") == ""
    tree = state.tree()
    for path in DERIVED:
        assert (place.folder / path).read_bytes().decode() == tree.files[path].decode()
    assert os.readlink(place.folder / "current") == tree.links["current"]
    assert {path.name for path in (place.folder / "models").iterdir()} == {id_of(seed) for seed in state.seeds}


def two_that_promote(place: Machine, *, driver: bool = True) -> None:
    """``main`` and ``topic`` each add a model and make it current; ``main`` is checked out."""
    mine, other = BASE.adds(3, promote=True), BASE.adds(4, promote=True)
    write_branches(place, BASE, {"mine": [mine], "topic": [other]}, driver=driver)
    place.git("reset", "-q", "--hard", "mine")


# -- the driver


def merge_pairs(place: Machine, size: int, trials: int) -> None:
    base = State().adds(*range(size)).promotes(0)
    pairs = [(1000 + trial, 5000 + trial) for trial in range(trials)]
    branches = {f"{one}": [base.adds(one)] for pair in pairs for one in pair}
    write_branches(place, base, branches)
    for mine, other in pairs:
        place.git("checkout", "-q", "-f", f"{mine}")
        place.git("merge", "-q", "--no-edit", f"{other}")
        union = base.adds(mine, other).tree()
        for path in DERIVED:
            assert (place.folder / path).read_bytes() == union.files[path]
    place.pbm("check", "--range", f"main..{pairs[-1][0]}")


@pytest.mark.parametrize("size", [1, 3, 10, 40])
def test_two_branches_that_each_add_a_model_merge_cleanly_and_rightly(place: Machine, size: int) -> None:
    merge_pairs(place, size, 3)


@pytest.mark.sweep
@pytest.mark.parametrize("size", [1, 3, 10, 40])
def test_a_hundred_pairs_of_branches_merge_cleanly_and_rightly(place: Machine, size: int) -> None:
    merge_pairs(place, size, 100)


def test_a_rebase_of_five_additions_onto_five_additions_asks_nothing(place: Machine) -> None:
    mine = [BASE.adds(*range(10, 10 + count)) for count in range(1, 6)]
    other = [BASE.adds(*range(20, 20 + count)) for count in range(1, 6)]
    write_branches(place, BASE, {"mine": mine, "topic": other})
    place.git("checkout", "-q", "topic")
    place.git("rebase", "-q", "mine")
    holds(place, BASE.adds(*range(10, 15), *range(20, 25)))
    assert place.git("rev-list", "--count", "mine..topic").strip() == "5"
    for number, commit in enumerate(place.git("rev-list", "--reverse", "mine..topic").split(), 1):
        expected = BASE.adds(*range(10, 15), *range(20, 20 + number)).tree()
        assert place.git("show", f"{commit}:registry.json").encode() == expected.files["registry.json"]


def test_a_rebase_of_five_promotions_onto_five_promotions_asks_once(place: Machine) -> None:
    mine = [BASE.adds(*range(10, 10 + count), promote=True) for count in range(1, 6)]
    other = [BASE.adds(*range(20, 20 + count), promote=True) for count in range(1, 6)]
    write_branches(place, BASE, {"mine": mine, "topic": other})
    place.git("checkout", "-q", "topic")
    assert place.run("git", "rebase", "-q", "mine").status == 1
    shown = place.pbm("resolve", status=1)
    heads, models = (re.split(" {2,}", line) for line in shown.out.splitlines()[2:4])
    assert heads == ["", "upstream, with what was replayed", "your commit of topic, replayed on it"]
    assert models == ["model", f"{tag_of(14)} ({id_of(14)})", f"{tag_of(20)} ({id_of(20)})"]
    done = place.pbm("resolve", "--current", tag_of(20))
    assert "git rebase --continue" in done.err
    place.git("rebase", "--continue", GIT_EDITOR="true")
    holds(place, replace(BASE.adds(*range(10, 15), *range(20, 25)), current=24))


@pytest.mark.parametrize("operation", ["cherry-pick", "revert"])
def test_the_driver_works_in_a_cherry_pick_and_in_a_revert(place: Machine, operation: str) -> None:
    mine, other = BASE.adds(3), BASE.adds(4)
    write_branches(place, BASE, {"mine": [mine], "topic": [other, other.adds(5)]})
    if operation == "cherry-pick":
        place.git("checkout", "-q", "mine")
        place.git("cherry-pick", "topic~1")
        holds(place, BASE.adds(3, 4))
    else:
        place.git("checkout", "-q", "topic")
        place.git("revert", "--no-edit", "topic~1")
        holds(place, BASE.adds(5))


def test_patches_that_came_by_mail_merge_rightly(place: Machine) -> None:
    write_branches(place, BASE, {"mine": [BASE.adds(3)], "topic": [BASE.adds(4), BASE.adds(4, 5)]})
    patches = place.write("../patches", place.git("format-patch", "--binary", "--stdout", "mine..topic"))
    place.git("checkout", "-q", "mine")
    place.git("am", "-q", "-3", patches)
    holds(place, BASE.adds(3, 4, 5))


def test_a_rebase_that_replays_a_merge_merges_rightly(place: Machine) -> None:
    write_branches(place, BASE, {"mine": [BASE.adds(3)], "topic": [BASE.adds(4)], "side": [BASE.adds(5)]})
    place.git("checkout", "-q", "topic")
    place.git("merge", "-q", "--no-edit", "side")
    holds(place, BASE.adds(4, 5))
    place.git("rebase", "-q", "--rebase-merges", "mine")
    holds(place, BASE.adds(3, 4, 5))
    assert place.git("rev-list", "--count", "--merges", "mine..topic").strip() == "1"


def test_branches_that_merged_each_other_merge_again(place: Machine) -> None:
    """git then merges their merge bases first, and what conflicts there becomes a base with markers in it."""
    two_that_promote(place)
    place.git("branch", "cross", "topic")
    for branch, other, keeps in (("main", "topic", 3), ("cross", "main^1", 4)):
        place.git("checkout", "-q", branch)
        assert place.run("git", "merge", other).status == 1
        place.pbm("resolve", "--current", tag_of(keeps))
        place.git("commit", "-q", "--no-edit")
    assert len(place.git("merge-base", "--all", "cross", "main").split()) == 2
    assert place.run("git", "merge", "main").status == 1
    assert asked(place) == [id_of(4), id_of(3)]
    place.pbm("resolve", "--current", tag_of(3))
    place.git("commit", "-q", "--no-edit")
    holds(place, BASE.adds(3, 4).promotes(3))


def test_the_users_own_text_around_the_block_conflicts_alone(place: Machine) -> None:
    mine = replace(BASE.adds(3), readme=README.replace("# Models", "# Mine"))
    other = replace(BASE.adds(4), readme=README.replace("# Models", "# Other"))
    write_branches(place, BASE, {"mine": [mine], "topic": [other]})
    place.git("checkout", "-q", "mine")
    assert place.run("git", "merge", "topic").status == 1
    assert conflicts(place) == ["README.md"]
    done = place.pbm("resolve", status=1)
    assert "README.md" in done.err
    assert "yours to settle" in done.err
    text = (place.folder / "README.md").read_text()
    assert text.startswith("<<<<<<< ours\n# Mine\n=======\n# Other\n>>>>>>> theirs\n\nKept with")
    place.write("README.md", re.sub(r"(?s)<<<<<<<.*?>>>>>>> theirs", "# Both", text))
    place.git("add", "README.md")
    place.pbm("resolve")
    holds(place, replace(BASE.adds(3, 4), readme=README.replace("# Models", "# Both")))


# -- clones that lack something


def test_a_clone_that_does_not_know_the_driver_gets_an_ordinary_merge(place: Machine) -> None:
    two_that_promote(place, driver=False)
    assert place.run("git", "merge", "topic").status == 1
    assert {"registry.json", "current"} <= set(conflicts(place))
    text = (place.folder / "registry.json").read_text()
    assert "<<<<<<< HEAD" in text
    assert id_of(3) in text
    assert id_of(4) in text
    assert "git pbm init" in place.pbm("status").out
    place.pbm("resolve", "--current", tag_of(4))
    holds(place, BASE.adds(3, 4, promote=True))


def path_without(program: str, place: Machine) -> str:
    """A PATH with git and a shell on it, and without git pbm (or with another one in its place)."""
    folder = place.folder.parent / "bin"
    folder.mkdir()
    for name in ("git", "sh"):
        (folder / name).symlink_to(shutil.which(name) or name)
    if program:
        place.write("../bin/git-pbm", program).chmod(0o755)
    return str(folder)


@pytest.mark.parametrize(
    "program",
    ["", "#!/bin/sh\nexit 70\n", "#!/no/such/python\n", "#!/bin/sh\necho 'not a git pbm command' >&2; exit 2\n"],
    ids=["missing", "broken", "without its interpreter", "too old"],
)
def test_a_clone_whose_git_pbm_does_not_work_gets_an_ordinary_conflict_and_loses_nothing(
    place: Machine, program: str
) -> None:
    two_that_promote(place)
    done = place.run("git", "merge", "topic", PATH=path_without(program, place))
    assert done.status == 1
    assert set(conflicts(place)) == {"registry.json", "README.md", "current"}
    for path in DERIVED:
        text = (place.folder / path).read_text()
        assert text.index("<<<<<<< ours") < text.index("=======") < text.index(">>>>>>> theirs")
        assert id_of(3) in text
        assert id_of(4) in text


def test_init_tells_a_clone_about_the_driver_and_leaves_a_foreign_one_alone(place: Machine) -> None:
    write_branches(place, BASE, {}, driver=False)
    place.pbm("init", "--no-hooks")
    first = place.git("config", "merge.pbm.driver")
    assert "git-pbm merge-driver" in first
    assert "merge registry.json by meaning" not in place.pbm("status").out
    place.git("config", "merge.pbm.driver", "git-pbm merge-driver old")
    place.pbm("init", "--no-hooks")
    assert place.git("config", "merge.pbm.driver") == first
    place.git("config", "merge.pbm.driver", "mine %A")
    place.pbm("init", "--no-hooks")
    assert place.git("config", "merge.pbm.driver") == "mine %A\n"


def test_the_driver_takes_labels_where_git_gives_them(machine: Machine) -> None:
    for name, current in (("base", "a"), ("ours", "b"), ("theirs", "c")):
        machine.write(name, f'{{"current": "{current}", "models": {{"{current}": {{}}}}}}')
    words = ("git-pbm", "merge-driver", "base", "ours", "theirs", "9", "registry.json")
    (machine.folder / "kept").write_bytes((machine.folder / "ours").read_bytes())
    for labels, said in ((("HEAD", "topic"), "HEAD"), (("%X", "%Y"), "ours"), ((), "ours")):
        machine.write("ours", (machine.folder / "kept").read_bytes())
        assert machine.run(*words, *labels).status == 1
        assert (machine.folder / "ours").read_text().startswith(f"{{\n<<<<<<<<< {said}\n")
    assert machine.run(*words[:4]).status == 2
    assert sorted(path.name for path in machine.folder.iterdir()) == ["base", "home", "kept", "ours", "theirs"]


# -- the one question


def asked(place: Machine) -> list[object]:
    """The ids of the two candidates, our side's first."""
    found = json.loads(place.pbm("resolve", "--json", status=1).out)
    assert found["version"] == 1
    return [candidate["id"] for candidate in found["candidates"]]


def test_two_branches_that_promote_make_one_question(place: Machine) -> None:
    two_that_promote(place)
    before = state_of(place)
    assert place.run("git", "merge", "topic").status == 1
    assert set(conflicts(place)) == {"registry.json", "README.md", "current"}
    for path in DERIVED:
        assert (place.folder / path).read_text().count("<<<<<<<") == 1
    waiting = state_of(place)
    assert asked(place) == [id_of(3), id_of(4)]
    assert state_of(place) == waiting
    place.git("merge", "--abort")
    assert state_of(place) == before
    place.run("git", "merge", "topic")
    done = place.pbm("resolve", "--current", tag_of(4))
    assert done.out.split() == ["settled", "registry.json", "settled", "README.md", "settled", "current"]
    assert "git commit" in done.err
    holds(place, BASE.adds(3, 4, promote=True))
    assert "nothing to settle" in place.pbm("resolve").out
    place.git("commit", "-q", "--no-edit")
    place.pbm("check", "--range", "mine^1..HEAD")
    assert place.pbm("resolve").err == ""


def test_a_settled_merge_can_still_be_settled_otherwise_and_aborted(place: Machine) -> None:
    two_that_promote(place)
    before = state_of(place)
    place.run("git", "merge", "topic")
    place.pbm("resolve", "--current", tag_of(4))
    place.pbm("resolve", "--current", id_of(1))
    holds(place, BASE.adds(3, 4).promotes(1))
    place.git("merge", "--abort")
    assert state_of(place) == before


def test_a_resolve_killed_at_its_very_end_stays_settled(place: Machine) -> None:
    """Everything is staged, and only the journal is still there: nothing of it may go back to HEAD."""
    two_that_promote(place)
    place.run("git", "merge", "topic")
    repository = Repository.discover(str(place.folder))
    paths = ("registry.json", "README.md", "current")
    before = {path: read_state(str(place.folder / path)) for path in paths}
    entries = index_entries(repository, paths)
    place.pbm("resolve", "--current", tag_of(4))
    journal = Journal(
        command="resolve",
        base=repository.head(),
        subject="",
        commits=False,
        staging=str(place.folder / ".git/pbm/.pbm-staging-1-00000000"),
        steps=tuple(Step(path, before[path], read_state(str(place.folder / path))) for path in paths),
        entries=entries,
        unlocked_at=time.time_ns(),
        staged=index_entries(repository, paths),
        during=merge_mark(repository),
    )
    write_journal(repository, journal)
    assert "interrupted" in place.pbm("resolve").err
    holds(place, BASE.adds(3, 4, promote=True))
    write_journal(repository, replace(journal, staged=None))
    place.git("merge", "--abort")
    place.pbm("promote", tag_of(1))
    place.pbm("check")
    assert place.git("status", "--porcelain") == ""


def test_a_question_that_was_answered_by_hand_is_not_asked_again(place: Machine) -> None:
    two_that_promote(place)
    place.run("git", "merge", "topic")
    (place.folder / "current").unlink()
    (place.folder / "current").symlink_to(f"models/{id_of(4)}")
    place.git("add", "current")
    place.pbm("resolve")
    holds(place, BASE.adds(3, 4, promote=True))


def test_what_follows_by_itself_is_settled_without_a_question(place: Machine) -> None:
    write_branches(place, BASE, {"mine": [BASE.adds(3)], "topic": [BASE.adds(4, promote=True)]})
    place.git("checkout", "-q", "mine")
    place.git("config", "merge.pbm.driver", "false")  # every merge of these files is a conflict
    assert place.run("git", "merge", "topic").status == 1
    assert set(conflicts(place)) == set(DERIVED)
    place.pbm("resolve")
    holds(place, BASE.adds(3, 4, promote=True))


@pytest.mark.parametrize("driver", [True, False])
def test_a_model_that_one_side_removed_and_the_other_promoted_is_asked_about(place: Machine, driver: bool) -> None:
    write_branches(place, BASE, {"mine": [BASE.promotes(1)], "topic": [BASE.removes(1)]}, driver=driver)
    place.git("checkout", "-q", "mine")
    done = place.run("git", "merge", "--no-edit", "--no-commit", "topic")
    assert done.status == (1 if driver else 0)
    assert ("registry.json" in conflicts(place)) == driver
    shown = place.pbm("resolve", status=1)
    assert f"The merge removes {tag_of(1)} ({id_of(1)}), which one side made current." in shown.out
    assert shown.err.count("--current") == 1
    place.pbm("resolve", "--current", id_of(1), status=2)
    place.pbm("resolve", "--current", tag_of(2))
    holds(place, BASE.removes(1))
    place.git("commit", "-q", "--no-edit")


def test_a_conflict_in_metadata_comes_first_and_is_the_users(place: Machine) -> None:
    mine = BASE.says(1, created="2026-02-11", notes="ours").adds(3, promote=True)
    other = BASE.says(1, created="2026-02-12", notes="theirs").adds(4, promote=True)
    write_branches(place, BASE, {"mine": [mine], "topic": [other]})
    place.git("checkout", "-q", "mine")
    assert place.run("git", "merge", "topic").status == 1
    path = f"models/{id_of(1)}/metadata.json"
    shown = place.pbm("resolve", status=1)
    assert f"{path} -> edit it; git add {path}" in shown.err
    before = state_of(place)
    assert path in place.pbm("resolve", "--current", tag_of(3), status=4).err
    assert state_of(place) == before
    place.git("checkout", "--theirs", path)
    place.git("add", path)
    place.pbm("resolve", "--current", tag_of(3))
    holds(place, other.adds(3, promote=True))


def test_other_conflicts_are_named_and_left(place: Machine) -> None:
    mine = replace(BASE.adds(3, promote=True), more={"train.py": b"one\n"})
    other = replace(BASE.adds(4, promote=True), more={"train.py": b"two\n"})
    write_branches(place, BASE, {"mine": [mine], "topic": [other]})
    place.git("checkout", "-q", "mine")
    place.run("git", "merge", "topic")
    done = place.pbm("resolve", "--current", tag_of(3), status=1)
    assert "train.py" in done.err
    assert conflicts(place) == ["train.py"]
    assert (place.folder / "train.py").read_text().startswith("<<<<<<<")


def test_what_is_wrong_in_the_merged_tree_for_another_reason_is_said(place: Machine) -> None:
    mine = BASE.adds(3, promote=True).says(3, tag="same")
    other = BASE.adds(4, promote=True).says(4, tag="same")
    write_branches(place, BASE, {"mine": [mine], "topic": [other]})
    place.git("checkout", "-q", "mine")
    place.run("git", "merge", "topic")
    done = place.pbm("resolve", "--current", id_of(3), status=1)
    assert "tags-are-unique" in done.err
    assert conflicts(place) == []


@pytest.mark.parametrize("operation", ["cherry-pick", "revert"])
def test_the_question_is_asked_in_a_cherry_pick_and_in_a_revert(place: Machine, operation: str) -> None:
    first = BASE.adds(3, promote=True)
    write_branches(place, BASE, {"mine": [first, first.promotes(1)], "topic": [BASE.adds(4, promote=True)]})
    place.git("checkout", "-q", "mine")
    words = ("cherry-pick", "topic") if operation == "cherry-pick" else ("revert", "--no-edit", "mine~1")
    assert place.run("git", *words).status == 1
    assert asked(place) == [id_of(1), id_of(4 if operation == "cherry-pick" else 2)]
    done = place.pbm("resolve", "--current", tag_of(1))
    assert f"git {operation} --continue" in done.err
    holds(place, (first.adds(4) if operation == "cherry-pick" else BASE).promotes(1))
    place.git(operation, "--continue", GIT_EDITOR="true")


def test_an_octopus_that_conflicts_is_an_ordinary_conflict(place: Machine) -> None:
    states = {name: [BASE.adds(seed, promote=name != "one")] for seed, name in enumerate(("mine", "one", "two"), 3)}
    write_branches(place, BASE, states)
    place.git("checkout", "-q", "mine")
    before = state_of(place)
    done = place.run("git", "merge", "--no-edit", "one", "two")
    assert done.status != 0
    if (place.folder / ".git/MERGE_HEAD").exists():
        place.pbm("resolve", "--current", tag_of(5))
        holds(place, BASE.adds(3, 4, 5).promotes(5))
    else:
        assert "octopus" in done.err + done.out
        assert state_of(place) == before


def test_a_stash_that_conflicts_is_settled_too(place: Machine) -> None:
    write_branches(place, BASE, {"mine": [BASE.promotes(1)], "stashed": [BASE.promotes(0)]})
    place.git("read-tree", "-u", "--reset", "stashed")
    place.git("stash", "push", "-q")
    place.git("reset", "-q", "--hard", "mine")
    assert place.run("git", "stash", "pop").status == 1
    assert set(conflicts(place)) == {"current", *DERIVED}
    assert asked(place) == [id_of(1), id_of(0)]
    place.pbm("resolve", "--current", tag_of(0))
    holds(place, BASE.promotes(0))


# -- with everything else


def test_other_commands_name_resolve_while_a_merge_waits(place: Machine) -> None:
    two_that_promote(place)
    place.run("git", "merge", "topic")
    before = state_of(place)
    policy = place.write("../policy_v2.onnx", tiny_policy(77))
    for words in (
        ("add", policy, "--tag", "supervised-v1"),
        ("promote", tag_of(1)),
        ("repair", "--apply"),
        ("repair",),
    ):
        assert "git pbm resolve" in place.pbm(*words, status=4).err
    assert "git pbm resolve" in place.pbm("status").out
    assert "git pbm resolve" in place.pbm("check", "--staged", status=1).out
    assert state_of(place) == before


def test_without_a_merge_there_is_nothing_to_settle(place: Machine) -> None:
    write_branches(place, BASE, {})
    assert place.pbm("resolve").out == "nothing to settle\n"
    assert "git pbm promote net-1" in place.pbm("resolve", "--current", "net-1", status=4).err


def test_edits_that_nobody_staged_do_not_ride_along(place: Machine) -> None:
    write_branches(place, BASE, {"mine": [BASE.promotes(1)], "topic": [BASE.removes(1)]}, driver=False)
    place.git("checkout", "-q", "mine")
    place.git("merge", "-q", "--no-commit", "topic")
    readme = (place.folder / "README.md").read_text()
    place.write("README.md", readme + "an afterthought\n")
    before = state_of(place)
    assert "ride along" in place.pbm("resolve", "--current", tag_of(2), status=4).err
    assert state_of(place) == before
