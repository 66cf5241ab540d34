"""The commit-msg hook in real commits: what names its models passes, git pbm's own commits above all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.conftest import Trainer
from tests.support.machine import Machine, need

EDITOR = '#!/bin/sh\nprintf \'%s\\n\' "$SAYS" > "$1.new"; cat "$1" >> "$1.new"; mv "$1.new" "$1"\n'
"""An editor that writes what ``SAYS`` holds above git's own comments."""


@pytest.fixture
def guarded(registry: Machine, train: Trainer) -> Machine:
    """A registry with three models and the hook, installed without pre-commit."""
    registry.pbm("add", *train(3), "--tag", "supervised-v2", "--no-promote")
    hook = registry.write(".git/hooks/commit-msg", '#!/bin/sh\nexec git-pbm-hook pbm-message "$1"\n')
    hook.chmod(0o755)
    editor = registry.write("../editor", EDITOR)
    editor.chmod(0o755)
    return registry


def id_of(place: Machine, tag: str) -> str:
    models = json.loads((place.folder / "registry.json").read_text())["models"]
    return next(str(name) for name, entry in models.items() if entry["tag"] == tag)


LATER = {"GIT_AUTHOR_DATE": "2026-02-21T12:00:00Z"}
"""Another moment than that of every other commit here: what is made then amends nothing."""


def promote_by_hand(place: Machine, tag: str) -> str:
    """Stage a promotion; returns the model's id."""
    model, path = id_of(place, tag), place.folder / "registry.json"
    document = json.loads(path.read_text())
    document["current"] = model
    path.write_text(json.dumps(document, indent=2) + "\n")
    (place.folder / "current").unlink()
    (place.folder / "current").symlink_to(f"models/{model}")
    place.git("add", "registry.json", "current")
    return model


def test_a_promotion_without_a_name_is_refused_and_with_one_it_passes(guarded: Machine) -> None:
    model = promote_by_hand(guarded, "supervised-v2")
    done = guarded.run("git", "commit", "-m", "another one")
    assert done.status != 0
    assert "message-names-the-change" in done.out + done.err
    assert f"chore: promote supervised-v2 model ({model})" in done.out + done.err
    guarded.git("commit", "-q", "-m", "play supervised-v2")


def test_a_lie_is_refused(guarded: Machine) -> None:
    told = id_of(guarded, "supervised-v1")
    promote_by_hand(guarded, "supervised-v2")
    done = guarded.run("git", "commit", "-m", f"chore: promote supervised-v1 model ({told})")
    assert done.status != 0
    assert "the subject says" in done.out + done.err


def test_a_removal_that_does_not_say_so_is_refused(guarded: Machine) -> None:
    model = id_of(guarded, "supervised-v2")
    guarded.git("rm", "-rq", f"models/{model}")
    done = guarded.run("git", "commit", "-m", f"rm supervised-v2 {model}", **LATER)
    assert done.status != 0
    assert "models-are-immutable" in done.out + done.err
    guarded.git("commit", "-q", "-m", f"chore: remove supervised-v2 model ({model})")


def test_everything_that_git_pbm_commits_passes(guarded: Machine, train: Trainer) -> None:
    guarded.pbm("add", *train(4), "--tag", "rl-r1-i2")
    guarded.pbm("promote", "supervised-v2")
    guarded.pbm("rollback")
    guarded.pbm("annotate", "rl-r1-i2", "--notes", "strong")
    guarded.pbm("remove", "supervised-v2", "--why", "it never won")
    assert guarded.git("log", "--format=%s").count("\n") == 9


def test_a_commit_that_touches_no_model_is_free(guarded: Machine) -> None:
    guarded.write("notes.txt", "x\n")
    guarded.git("add", "notes.txt")
    guarded.git("commit", "-q", "-m", "anything")
    guarded.git("commit", "-q", "--allow-empty", "-m", "#12 is done")
    assert guarded.git("log", "-2", "--format=%s").splitlines() == ["#12 is done", "anything"]


def test_a_name_in_a_comment_or_below_the_scissors_is_no_name(guarded: Machine) -> None:
    promote_by_hand(guarded, "supervised-v2")
    editor = str(guarded.folder.parent / "editor")
    for extra in ((), ("-v",)):
        done = guarded.run("git", "commit", *extra, GIT_EDITOR=editor, SAYS="another\n# supervised-v2")
        assert done.status != 0
        assert "message-names-the-change" in done.out + done.err
    done = guarded.run("git", "commit", "-v", GIT_EDITOR=editor, SAYS="play supervised-v2")
    assert done.status == 0, done.err
    assert guarded.git("log", "-1", "--format=%B").strip() == "play supervised-v2"


@pytest.mark.parametrize(("character", "commented"), [(";", ";"), ("auto", "#")])
def test_another_comment_character_is_honoured(guarded: Machine, character: str, commented: str) -> None:
    guarded.git("config", "core.commentChar", character)
    promote_by_hand(guarded, "supervised-v2")
    editor = str(guarded.folder.parent / "editor")
    done = guarded.run("git", "commit", GIT_EDITOR=editor, SAYS=f"one\n{commented} supervised-v2")
    assert done.status != 0
    done = guarded.run("git", "commit", GIT_EDITOR=editor, SAYS="play supervised-v2")
    assert done.status == 0, done.err


def test_amending_is_possible(guarded: Machine) -> None:
    model = promote_by_hand(guarded, "supervised-v2")
    guarded.git("commit", "-q", "-m", f"chore: promote supervised-v2 model ({model})")
    guarded.git("commit", "-q", "--amend", "-m", "play supervised-v2")
    guarded.git("commit", "-q", "--amend", "-m", f"chore: promote supervised-v2 model ({model})\n\nit won")
    other = promote_by_hand(guarded, "supervised-v1")
    guarded.git("commit", "-q", "--amend", "-m", f"chore: promote supervised-v1 model ({other})")
    assert guarded.git("log", "-1", "--format=%s").strip() == f"chore: promote supervised-v1 model ({other})"


def test_a_merge_is_free_in_its_message(guarded: Machine, train: Trainer) -> None:
    guarded.git("checkout", "-q", "-b", "side")
    guarded.pbm("add", *train(4), "--tag", "rl-r1-i2")
    guarded.git("checkout", "-q", "main")
    guarded.write("notes.txt", "x\n")
    guarded.commit("notes", verify=True)
    guarded.git("merge", "-q", "--no-ff", "-m", "join", "side")
    assert guarded.git("rev-list", "--count", "--merges", "HEAD").strip() == "1"


def test_the_first_commit_of_a_repository_passes(guarded: Machine, machine: Machine) -> None:
    place = machine.at(machine.folder / "fresh")
    place.folder.mkdir()
    place.git("init", "-q")
    hook = place.write(".git/hooks/commit-msg", (guarded.folder / ".git/hooks/commit-msg").read_bytes())
    hook.chmod(0o755)
    guarded.git("archive", "--format=tar", "-o", "../all.tar", "HEAD")
    assert place.run("tar", "xf", "../all.tar").status == 0
    place.commit("import", verify=True)


def test_without_a_file_the_hook_says_what_it_is(guarded: Machine) -> None:
    done = guarded.run("git-pbm-hook", "pbm-message")
    assert (done.status, "commit-msg" in done.err) == (2, True)
    assert guarded.run("git-pbm-hook", "pbm-message", "no/such/file").status == 2


def test_init_installs_the_hook_and_pre_commit_passes_it_the_message(machine: Machine, train: Trainer) -> None:
    need("pre-commit")
    place = machine.at(machine.folder / "hooked")
    place.folder.mkdir()
    place.git("init", "-q")
    place.pbm("init")
    assert Path(place.folder / ".git/hooks/commit-msg").exists()
    place.pbm("add", *train(1), "--tag", "supervised-v1")
    place.pbm("add", *train(2), "--tag", "rl-r1-i1", "--no-promote")
    place.pbm("promote", "rl-r1-i1")
    place.git("rm", "-q", "README.md")
    promote_by_hand(place, "supervised-v1")
    done = place.run("git", "commit", "-m", "another", **LATER)
    assert done.status != 0
    assert "message-names-the-change" in done.out + done.err
    done = place.run("git", "commit", "-m", "play supervised-v1")
    assert done.status == 0, done.err


FILTERS = ("exclude: 'docs|.git|.tox'", "files: '^src/'")


def test_the_message_is_found_whatever_the_runner_filters(machine: Machine, train: Trainer) -> None:
    """pre-commit filters the message's file like any other, by expressions meant for the work tree."""
    need("pre-commit")
    place = machine.at(machine.folder / "hooked")
    place.folder.mkdir()
    place.git("init", "-q")
    place.pbm("init")
    place.pbm("add", *train(1), "--tag", "supervised-v1")
    config = (place.folder / ".pre-commit-config.yaml").read_text()
    place.git("worktree", "add", "-q", "../beside")
    for here, line in zip((place, place.at(machine.folder / "beside")), FILTERS, strict=True):
        here.write(".pre-commit-config.yaml", f"{line}\n{config}")
        here.git("add", ".pre-commit-config.yaml")
        here.git("commit", "-q", "-m", f"chore: {line}")
        here.pbm("annotate", "supervised-v1", "--notes", f"{line} in {here.folder.name}")
        metadata = next(here.folder.glob("models/*/metadata.json"))
        metadata.write_text(metadata.read_text().replace('"supervised"', '"rl_selfplay"', 1))
        done = here.run("git", "commit", "-qam", "docs: annotate supervised-v1", SKIP="pbm-verify")
        assert "models-are-immutable" in done.out + done.err
        assert done.status == 1
