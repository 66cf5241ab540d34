"""A model's life after it was added: promoted, rolled back, annotated, deployed, removed, repaired, looked at."""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Trainer
from tests.support.machine import Machine, bytes_below, state_of


def ask(place: Machine, *words: str) -> dict[str, object]:
    found = json.loads(place.pbm(*words, "--json").out)
    assert isinstance(found, dict)
    assert found["version"] == 1
    return found


def current(place: Machine) -> str:
    registry = json.loads((place.folder / "registry.json").read_text())
    assert os.readlink(place.folder / "current") == f"models/{registry['current']}"
    return ask(place, "show")["model"]["metadata"]["tag"]  # type: ignore[index,no-any-return]


def test_the_whole_story_can_be_looked_at(story: Machine) -> None:
    table = story.pbm("list").out
    assert len(table.splitlines()) == 13
    assert next(line for line in table.splitlines() if line.startswith("*")).split()[1] == "rl-r3-i2"
    shown = story.pbm("lineage").out
    assert "\x1b" not in shown + table
    tags = {tag: str(model["id"]) for model in ask(story, "list")["models"] for tag in [model["metadata"]["tag"]]}  # type: ignore[attr-defined]
    expected = f"""\
supervised-v3 ({tags["supervised-v3"]})
└─ rl-r1-i1 ({tags["rl-r1-i1"]})
   └─ rl-r1-i2 ({tags["rl-r1-i2"]})
"""
    assert expected in shown
    assert f"rl-r3-i2 ({tags['rl-r3-i2']}) *" in shown
    history = story.pbm("history").out.splitlines()
    assert len(history) == 11
    assert history[0].startswith("* 2026-02-11 12:00 .. now")
    story.pbm("check", "--rehash")


def test_lists_are_filtered_and_sorted(story: Machine) -> None:
    found = ask(story, "list", "--where", "training=supervised", "--sort=-created")
    models = found["models"]
    assert [model["metadata"]["tag"] for model in models] == ["supervised-v3", "supervised-v2", "supervised-v1"]  # type: ignore[attr-defined]
    lines = story.pbm("list", "--sort", "best_loss", "--columns", "tag,best_loss").out.splitlines()
    assert lines[1].split()[-2:] == ["rl-r3-i2", "-1.1"]
    assert story.pbm("list", "--where", "training", status=2).err
    assert "no model matches" in story.pbm("list", "--where", "tag=none").err


def test_models_of_one_day_are_listed_as_they_were_added_else_by_tags_with_numbers_as_numbers(
    repository: Machine, train: Trainer
) -> None:
    for number in (10, 2, 9):
        repository.pbm("add", *train(number), "--tag", f"rl-r1-i{number}")

    def listed(*more: str) -> list[str]:
        lines = repository.pbm("list", "--columns", "tag", *more).out.split()
        return [word.removeprefix("rl-r1-i") for word in lines if word.startswith("rl")]

    assert listed() == ["10", "2", "9"]
    assert listed("--sort", "-created") == ["9", "2", "10"]
    assert listed("--sort", "training") == ["2", "9", "10"]
    repository.git("commit", "-q", "--amend", "-m", "another subject", "--no-verify")
    assert listed() == ["10", "2", "9"]


def test_several_models_are_compared_in_one_table(story: Machine) -> None:
    shown = story.pbm("diff", "rl-r1-i1", "rl-r1-i2", "rl-r1-i3").out
    assert "interface" not in shown
    heads = shown.splitlines()[0]
    assert all(tag in heads for tag in ("rl-r1-i1", "rl-r1-i2", "rl-r1-i3"))
    found = json.loads(story.pbm("diff", "rl-r1-i1", "rl-r1-i2", "rl-r1-i3", "--json").out)
    assert found["fields"]["iteration"] == [1, 2, 3]
    assert [model["metadata"]["tag"] for model in found["models"]] == ["rl-r1-i1", "rl-r1-i2", "rl-r1-i3"]


def test_notes_of_several_lines_are_shown_on_lines(story: Machine) -> None:
    story.pbm("annotate", "rl-r1-i1", "--notes", "first\nsecond \x1b[2J")
    assert f"notes           first\n{' ' * 18}second \\x1b[2J\n" in story.pbm("show", "rl-r1-i1").out
    assert "first second" in story.pbm("list", "--columns", "notes").out


@pytest.mark.parametrize("words", [("--sort", "best_los"), ("--sort=-best_los",), ("--columns", "tag,best_los")])
def test_a_column_that_no_model_has_is_refused(registry: Machine, words: tuple[str, ...]) -> None:
    assert "did you mean best_loss" in registry.pbm("list", *words, status=2).err


@pytest.mark.parametrize("columns", [80, 200])
def test_a_terminal_gets_what_fits_it_and_colour_only_if_wanted(story: Machine, columns: int) -> None:
    command = f"stty cols {columns}; git pbm list"
    for no_colour in ("", "1"):
        done = story.run("script", "-qec", command, "/dev/null", NO_COLOR=no_colour, TERM="xterm")
        lines = done.out.replace("\r", "").splitlines()
        assert ("\x1b[32m" in done.out) == (not no_colour)
        plain = [line.replace("\x1b[32m", "").replace("\x1b[0m", "") for line in lines]
        assert max(map(len, plain)) <= columns
        assert ("kl" in plain[0]) == (columns == 200)


def test_colour_follows_the_settings_of_git(registry: Machine) -> None:
    for setting, coloured in (
        (("color.ui", "never"), False),
        (("color.pbm", "auto"), True),
        (("color.pbm", "false"), False),
    ):
        registry.git("config", *setting)
        done = registry.run("script", "-qec", "git pbm list", "/dev/null", TERM="xterm")
        assert ("\x1b[32m" in done.out) == coloured


def test_promotions_and_roll_backs_are_a_stack(story: Machine) -> None:
    story.pbm("promote", "rl-r1-i1")
    assert story.git("log", "-1", "--format=%s").startswith("chore: promote rl-r1-i1 model (")
    story.pbm("promote", "supervised-v1")
    story.pbm("rollback")
    assert current(story) == "rl-r1-i1"
    assert "Rolled-back-from: " in story.git("log", "-1", "--format=%b")
    story.pbm("rollback")
    assert current(story) == "rl-r3-i2"
    story.pbm("rollback")
    assert current(story) == "rl-r3-i1"
    story.pbm("promote", "current@{1}")
    assert current(story) == "rl-r3-i2"
    before = state_of(story)
    assert "already" in story.pbm("promote", "rl-r3-i2").out
    assert state_of(story) == before
    story.pbm("check")


def test_a_roll_back_with_nothing_before_it_is_refused(repository: Machine, train: Trainer) -> None:
    repository.pbm("add", *train(1), "--tag", "supervised-v1")
    assert "no earlier promotion" in repository.pbm("rollback", status=4).err


def test_history_at_a_day_agrees_with_git_log_over_merges_and_roll_backs(story: Machine, train: Trainer) -> None:
    def at(day: int) -> dict[str, str]:
        return dict.fromkeys(("GIT_COMMITTER_DATE", "GIT_AUTHOR_DATE"), f"2026-02-{day}T12:00:00Z")

    story.git("checkout", "-q", "-b", "side", "HEAD~1")
    story.write("notes.txt", "side\n")
    story.git("add", "notes.txt")
    story.git("commit", "-q", "-m", "side", **at(14))
    story.git("checkout", "-q", "main")
    story.pbm("promote", "rl-r1-i1", status=0, **at(16))
    story.git("merge", "-q", "--no-edit", "side", **at(18))
    story.pbm("rollback", status=0, **at(22))
    for day in range(1, 28):
        last = story.git("log", "-1", "--first-parent", "--format=%H", f"--before=2026-02-{day:02d} 23:59:59").strip()
        link = story.git("cat-file", "blob", f"{last}:current") if last else ""
        found = ask(story, "history", "--at", f"2026-02-{day:02d}")["model"]
        assert isinstance(found, dict)
        assert f"models/{found['id']}" == link
    assert "rl-r1-i1" in story.pbm("history", "--at", "2026-02-20").out
    assert "no commit is that old" in story.pbm("history", "--at", "1999-01-01", status=2).err


@pytest.mark.parametrize("moment", ["nonsense", "", "2026-13-45", "2026-02-30"])
def test_what_is_no_date_is_refused_and_not_taken_for_now(registry: Machine, moment: str) -> None:
    assert "not a date" in registry.pbm("history", "--at", moment, status=2).err


@pytest.mark.parametrize("moment", ["now", "tomorrow 12:00", "one second ago", "Dec 31 2099"])
def test_dates_in_words_are_left_to_git(registry: Machine, moment: str) -> None:
    assert "rl-r1-i1" in registry.pbm("history", "--at", moment).out


def test_a_shallow_history_says_that_it_ends_too_early(story: Machine) -> None:
    story.git("clone", "-q", "--depth", "1", f"file://{story.folder}", "../shallow")
    shallow = story.at(story.folder.parent / "shallow")
    assert "unshallow" in shallow.pbm("promote", "current@{3}", status=3).err
    assert "unshallow" in shallow.pbm("rollback", status=3).err


def test_what_may_change_is_annotated_and_the_rest_is_not(registry: Machine) -> None:
    registry.pbm("annotate", "current", "--notes", "strong", "--kl", "0.25")
    assert registry.git("log", "-1", "--format=%s").startswith("docs: annotate rl-r1-i1 model (")
    model = ask(registry, "show")["model"]
    assert isinstance(model, dict)
    assert (model["metadata"]["notes"], model["metadata"]["kl"]) == ("strong", 0.25)
    assert "already" in registry.pbm("annotate", "current", "--notes", "strong").out
    assert "does not change" in registry.pbm("annotate", "current", "--created", "2020-01-01", status=4).err
    assert "nothing to annotate" in registry.pbm("annotate", "current", status=2).err
    assert "kl" in registry.pbm("annotate", "current", "--kl", "-3", status=2).err
    registry.pbm("check")


def test_a_parent_is_set_once(registry: Machine, train: Trainer) -> None:
    before = registry.git("rev-parse", "HEAD").strip()
    policy = train(5)[0]
    registry.pbm("add", policy, "--tag", "supervised-v5", "--no-promote")
    repeated = registry.pbm("add", policy, "--tag", "supervised-v5", "--no-promote", "--parent", "supervised-v1")
    assert "parent is absent" in repeated.err
    assert "git pbm annotate supervised-v5 --parent " in repeated.err
    registry.pbm("annotate", "supervised-v5", "--parent", "supervised-v1")
    parent = ask(registry, "show", "supervised-v1")["model"]
    model = ask(registry, "show", "supervised-v5")["model"]
    assert isinstance(model, dict)
    assert isinstance(parent, dict)
    assert model["metadata"]["parent"] == parent["id"]
    assert registry.git("status", "--porcelain") == ""
    registry.pbm("check")
    registry.pbm("check", "--range", f"{before}..")
    assert "already" in registry.pbm("annotate", "supervised-v5", "--parent", "supervised-v1").out
    assert "does not change" in registry.pbm("annotate", "supervised-v5", "--parent", "current", status=4).err
    again = ("add", policy, "--tag", "supervised-v5", "--no-promote", "--parent", "current")
    assert "and that does not change" in registry.pbm(*again, status=4).err
    assert "no model is called nobody" in registry.pbm("annotate", "supervised-v1", "--parent", "nobody", status=2).err
    taken_away = ask(registry, "show", "supervised-v5")["model"]
    assert taken_away == model


def test_a_model_is_removed_whole_and_only_if_nothing_needs_it(story: Machine) -> None:
    assert "current model" in story.pbm("remove", "current", "--why", "x", status=4).err
    assert "parent of" in story.pbm("remove", "rl-r1-i3", "--why", "x", status=4).err
    assert "--why" in story.pbm("remove", "dead-end", status=2).err
    story.pbm("remove", "dead-end", "--why", "it diverged\n\nRolled-back-from: 0badcafe")
    assert "it diverged" in story.git("log", "-1", "--format=%b")
    assert len(list((story.folder / "models").iterdir())) == 11
    assert story.git("status", "--porcelain") == ""
    story.pbm("remove", "rl-r1-i3", "--why", "now it can go")
    story.pbm("check", "--rehash")


def test_a_refused_removal_brings_every_byte_back(registry: Machine, train: Trainer) -> None:
    registry.pbm("add", *train(5), "--tag", "supervised-v5", "--no-promote")
    registry.write(".git/hooks/pre-commit", "#!/bin/sh\nexit 1\n").chmod(0o755)
    before = state_of(registry)
    registry.pbm("remove", "supervised-v5", "--why", "x", status=4)
    assert state_of(registry) == before


def test_changes_can_be_previewed(story: Machine) -> None:
    before = state_of(story)
    for words in (("promote", "supervised-v1"), ("rollback",), ("remove", "dead-end", "--why", "x")):
        assert "would commit" in story.pbm(*words, "--dry-run").out
    assert ask(story, "annotate", "current", "--notes", "x", "--dry-run")["changed"] is False
    assert state_of(story) == before


# -- engines


def test_a_deployment_is_checked_file_by_file(registry: Machine, engine: Path, train: Trainer) -> None:
    registry.pbm("deploy")
    registry.pbm("deploy", "--check")
    (engine / "value_v2.onnx").write_bytes((engine / "value_v2.onnx").read_bytes() + b"x")
    done = registry.pbm("deploy", "--check", status=1)
    assert "value_v2.onnx: edited" in done.out
    registry.pbm("deploy", status=4)
    registry.pbm("deploy", "--force")
    registry.pbm("promote", "supervised-v1", "--no-deploy")
    done = registry.pbm("deploy", "--check", status=1)
    assert done.out.count("stale") == 2
    assert "rl-r1-i1" in done.out
    registry.pbm("deploy")
    (engine / "policy_v9.onnx").write_bytes(b"whose?")
    assert "foreign" in registry.pbm("deploy", "--check", status=1).out
    assert "policy_v9.onnx" in registry.pbm("deploy", status=4).err
    (engine / "policy_v9.onnx").unlink()
    (engine / "policy_v2.onnx").unlink()
    (engine / "policy_v2.onnx").symlink_to("../nowhere")
    kinds = [flaw["kind"] for flaw in json.loads(registry.pbm("deploy", "--check", "--json", status=1).out)["flaws"]]
    assert kinds == ["link"]
    registry.pbm("deploy")
    registry.pbm("deploy", "--check")


def test_links_into_the_registry_are_replaced_and_the_registry_keeps_every_byte(
    registry: Machine, engine: Path, train: Trainer
) -> None:
    for name in ("policy_v2.onnx", "value_v2.onnx"):
        subprocess.run(["ln", "-sfn", f"../models-repo/current/{name}", engine / name], check=True)
    before = bytes_below(registry.folder)
    registry.pbm("deploy", "supervised-v1")
    assert bytes_below(registry.folder) == before
    assert not any(path.is_symlink() for path in engine.iterdir())
    policy, _ = train(7)
    registry.pbm("add", policy, "--tag", "rl-r1-i2")
    assert sorted(path.name for path in engine.iterdir()) == [".pbm-deploy.json", "policy_v2.onnx"]


def test_a_folder_with_a_space_can_be_typed_as_it_stands(registry: Machine) -> None:
    engine = registry.folder.parent / "my engine"
    typed = registry.pbm("deploy", "--to", "../my engine", status=4).err.strip().partition(" -> ")[2]
    assert registry.run("sh", "-c", typed).status == 0
    typed = registry.pbm("deploy", "--check", "--to", "../my engine", status=1).err.strip().partition(" -> ")[2]
    assert registry.run("sh", "-c", typed).status == 0
    (engine / "policy_v3.onnx").write_text("nobody's")
    said = registry.pbm("deploy", "supervised-v1", "--to", "../my engine", status=4).err.strip()
    assert registry.run("sh", "-c", said.partition("or lose it: ")[2]).status == 0
    assert "supervised-v1" in registry.pbm("deploy", "supervised-v1", "--check", "--to", "../my engine").out


def test_where_there_is_no_registry_nothing_is_called_unknown(machine: Machine, train: Trainer) -> None:
    project = machine.at(machine.folder / "project")
    project.folder.mkdir()
    project.git("init", "-q")
    for words in (("which", train(1)[0]), ("deploy", "--check", "--to", ".")):
        assert "git pbm init" in project.pbm(*words, status=4).err
    project.git("commit", "-q", "--allow-empty", "-m", "empty")
    for words in (("which", train(1)[0]), ("deploy", "--check", "--to", ".")):
        assert "not a models registry" in project.pbm(*words, status=4).err


def test_which_answers_by_content(registry: Machine, engine: Path) -> None:
    registry.pbm("deploy")
    (engine / "best.onnx").write_bytes((engine / "policy_v2.onnx").read_bytes())
    (engine / "other.onnx").write_bytes(b"?")
    done = registry.pbm("which", engine, status=1)
    assert f"{engine}/best.onnx: rl-r1-i1" in done.out
    assert f"{engine}/other.onnx: unknown" in done.out
    registry.pbm("which", engine / "best.onnx")
    assert "no such file" in registry.pbm("which", "nothing.onnx", status=2).err


def test_a_consumer_project_reaches_its_registry_from_its_own_folder(registry: Machine) -> None:
    project = registry.at(registry.folder.parent / "project")
    (project.folder / "engine/models").mkdir(parents=True)
    project.git("init", "-q")
    inner = project.at(project.folder / "engine")
    inner.pbm("deploy", "current", "--to", "models", PBM_REGISTRY="../../models-repo")
    assert (project.folder / "engine/models/.pbm-deploy.json").exists()
    project.git("config", "pbm.registry", "../models-repo")
    inner.pbm("deploy", "supervised-v1", "--to", "models")
    assert inner.pbm("path", "current").out == f"{registry.folder}/{os.readlink(registry.folder / 'current')}\n"
    assert "supervised-v1" in inner.pbm("list").out
    assert "no such folder" in inner.pbm("list", PBM_REGISTRY="/nowhere", status=128).err


def test_a_consumer_project_is_not_told_to_become_a_registry(registry: Machine) -> None:
    project = registry.at(registry.folder.parent / "project")
    project.folder.mkdir()
    project.git("init", "-q")
    project.git("config", "pbm.registry", "../models-repo")
    for words in (("promote", "supervised-v1"), ("check",), ("repair",)):
        said = project.pbm(*words, status=4).err
        assert f"cd {registry.folder}" in said
        assert "init" not in said


def test_a_reader_never_sees_a_torn_file(registry: Machine, engine: Path) -> None:
    registry.pbm("deploy")
    good = {p.read_bytes() for p in (registry.folder / "models").glob("*/policy_v2.onnx")}
    stop, torn, reads = threading.Event(), [], [0]

    def read() -> None:
        while not stop.is_set():
            data = (engine / "policy_v2.onnx").read_bytes()
            reads[0] += 1
            if data not in good:
                torn.append(len(data))

    reader = threading.Thread(target=read)
    reader.start()
    for number in range(12):
        registry.pbm("deploy", ("supervised-v1", "rl-r1-i1")[number % 2])
    stop.set()
    reader.join()
    assert not torn
    assert reads[0] > 100


# -- repair and broken registries


def break_registry(place: Machine) -> None:
    place.write("registry.json", '{"current": null, "models": {')


def drop_link(place: Machine) -> None:
    (place.folder / "current").unlink()


def stale_readme(place: Machine) -> None:
    place.write("README.md", (place.folder / "README.md").read_text().replace("rl-r1-i1", "gone"))


@pytest.mark.parametrize("flaw", [break_registry, drop_link, stale_readme])
def test_repair_previews_and_then_rebuilds_what_derives(registry: Machine, flaw: Callable[[Machine], None]) -> None:
    assert "nothing to repair" in registry.pbm("repair").out
    good = bytes_below(registry.folder)
    flaw(registry)
    broken = state_of(registry)
    assert "would write" in registry.pbm("repair", status=1).out
    assert state_of(registry) == broken
    registry.pbm("repair", "--apply")
    assert bytes_below(registry.folder) == good
    registry.pbm("check", "--staged")


def test_repair_never_touches_bytes_that_are_not_what_they_are_named_after(registry: Machine) -> None:
    policy = next((registry.folder / "models").glob("*/policy_v2.onnx"))
    data = bytearray(policy.read_bytes())
    data[len(data) // 2] ^= 1
    policy.write_bytes(data)
    done = registry.pbm("repair", "--apply")
    assert "not touched" in done.err
    assert "git checkout" in done.err
    assert policy.read_bytes() == data


def test_repair_leaves_a_directory_called_current_alone(registry: Machine) -> None:
    drop_link(registry)
    registry.write("current/precious.onnx", "mine")
    assert "is a directory" in registry.pbm("repair", "--apply", status=4).err
    assert (registry.folder / "current/precious.onnx").read_text() == "mine"


def test_repair_rebuilds_a_torn_index(registry: Machine) -> None:
    index = registry.folder / ".git/index"
    index.write_bytes(index.read_bytes()[:-30])
    assert "index" in registry.pbm("repair", status=1).out
    registry.pbm("repair", "--apply")
    assert registry.git("status", "--porcelain") == ""


def test_readers_show_what_they_can_of_a_broken_registry(registry: Machine) -> None:
    break_registry(registry)
    registry.write(f"{os.readlink(registry.folder / 'current')}/metadata.json", "{")
    done = registry.pbm("list")
    assert "supervised-v1" in done.out
    assert "metadata cannot be read" in done.out
    assert "registry.json" in done.err
    for words in (
        ("lineage",),
        ("show", "supervised-v1"),
        ("status",),
        ("history",),
        ("diff", "supervised-v1", "current"),
    ):
        registry.pbm(*words)


def test_an_empty_registry_says_how_to_begin(repository: Machine) -> None:
    assert "git pbm add" in repository.pbm("list").err
    repository.pbm("status")
    assert "no model is current" in repository.pbm("show", status=2).err


def test_free_text_is_shown_escaped(registry: Machine) -> None:
    registry.pbm("annotate", "current", "--notes", "red\x1b[31m \u202eevil\u2066 ::error::x")
    shown = registry.pbm("show").out
    assert "\x1b" not in shown
    assert "\u202e" not in shown
    assert "\\u202eevil" in shown


def test_a_closed_pipe_is_silent(story: Machine) -> None:
    done = story.run("bash", "-c", "set -o pipefail; git pbm list --json | head -c 1; exit 0")
    assert done.err == ""


def test_an_unknown_command_suggests_the_nearest(registry: Machine) -> None:
    assert "promote" in registry.pbm("promot", status=2).err
    assert "usage: git pbm" in registry.pbm("-h").out


def test_status_tells_what_is_left_to_do(registry: Machine, engine: Path) -> None:
    done = registry.pbm("status")
    assert "let hooks hold each commit to the rules: git pbm init" in done.out
    assert "git pbm deploy" in done.out
    assert "policy_v2.onnx: it is not there" in done.out
    found = ask(registry, "status")
    assert found["missing_hooks"]
    assert found["engine"] == str(engine)
