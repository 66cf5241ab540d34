"""``git pbm add``: the recipe as one command, and what it leaves alone."""

from __future__ import annotations

import json
import os
import shutil
from hashlib import sha256
from pathlib import Path

import pytest

from tests.conftest import Trainer
from tests.support.forged import forged_pair
from tests.support.machine import Machine, bytes_below, state_of
from tests.support.networks import policy_bytes, value_bytes


def digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def metadata(repository: Machine, name: str) -> dict[str, object]:
    found = json.loads((repository.folder / f"models/{name}/metadata.json").read_text())
    assert isinstance(found, dict)
    return found


def test_one_commit_holds_the_model_and_the_tree_is_clean(registry: Machine, train: Trainer) -> None:
    policy, value = train(3)
    name = digest(policy)[:8]
    registry.pbm("add", policy, value, "--tag", "rl-r2-i1")
    assert registry.git("log", "-1", "--format=%s") == f"feat: add rl-r2-i1 model ({name})\n"
    assert registry.git("status", "--porcelain") == ""
    assert registry.git("diff-tree", "--no-commit-id", "--name-only", "-r", "HEAD").split() == [
        "README.md",
        "current",
        f"models/{name}/metadata.json",
        f"models/{name}/policy_v2.onnx",
        f"models/{name}/value_v2.onnx",
        "registry.json",
    ]
    assert os.readlink(registry.folder / "current") == f"models/{name}"
    registry.git("fsck", "--strict")
    assert registry.pbm("check", "--rehash").status == 0


def test_what_can_be_known_is_not_asked(registry: Machine, train: Trainer) -> None:
    parent = json.loads((registry.folder / "registry.json").read_text())["current"]
    policy, value = train(3)
    registry.pbm("add", policy, value, "--tag", "rl-r2-i5")
    found = metadata(registry, digest(policy)[:8])
    assert list(found) == ["hash", "created", "training", "tag", "params", "parent", "round", "iteration", "files"]
    assert (found["training"], found["round"], found["iteration"]) == ("rl_selfplay", 2, 5)
    assert (found["params"], found["parent"], found["hash"]) == ("3.0K", parent, digest(policy))
    assert found["files"] == {p.name: {"sha256": digest(p), "size": p.stat().st_size} for p in (policy, value)}


def test_the_command_and_the_eight_steps_by_hand_differ_only_in_what_the_command_adds(
    machine: Machine, train: Trainer
) -> None:
    """The recipe, as the people who use it wrote it down."""
    policy, value = train(3)
    name = digest(policy)[:8]
    engine = machine.folder / "by-hand" / "engine" / "models"
    engine.mkdir(parents=True)
    by_hand = machine.at(machine.folder / "by-hand" / "repo")
    by_hand.folder.mkdir()
    by_hand.git("init", "-q")
    script = f"""
        set -e
        shasum -a 256 {policy} | grep -q ^{name} || sha256sum {policy} | grep -q ^{name}
        mkdir -p models/{name}
        cp {policy} {value} models/{name}/
        printf '%s\\n' '{{"hash": "{digest(policy)}", "created": "2026-02-20", "training": "supervised",' \\
            '"tag": "supervised-v1", "params": "3.0K"}}' > models/{name}/metadata.json
        printf '%s\\n' '{{"current": "{name}", "models": {{"{name}": {{"tag": "supervised-v1", "date": "2026-02-20",' \\
            '"training": "supervised"}}}}}}' > registry.json
        rm -f current && ln -s models/{name} current
        cp models/{name}/*.onnx ../engine/models/
        git add -A && git commit -q -m "feat: add supervised-v1 model ({name})"
    """
    done = by_hand.run("bash", "-c", script)
    assert done.status == 0, done.err
    (machine.folder / "by-command").mkdir()
    (machine.folder / "by-command" / "engine").mkdir()
    ours = machine.at(machine.folder / "by-command" / "repo")
    ours.folder.mkdir()
    ours.git("init", "-q")
    ours.pbm("init", "--no-hooks", "--engine", "../engine")
    ours.pbm("add", policy, value, "--tag", "supervised-v1", "--created", "2026-02-20")
    subject = ("log", "-1", "--format=%s%n%b%an")
    assert ours.git(*subject) == by_hand.git(*subject)
    left, right = bytes_below(by_hand.folder), bytes_below(ours.folder)
    assert set(right) - set(left) == {".gitattributes", "README.md", "AGENTS.md", "CLAUDE.md"}
    for path, content in left.items():
        if path.endswith(".json"):
            assert isinstance(content, bytes)
            now = right[path]
            assert isinstance(now, bytes)
            mine, theirs = json.loads(now), json.loads(content)
            mine.pop("files", None)
            assert mine == theirs
        else:
            assert right[path] == content
    engines = [bytes_below(engine), bytes_below(machine.folder / "by-command" / "engine")]
    assert engines[1].pop(".pbm-deploy.json")
    assert engines[0] == engines[1]


def test_other_work_staged_unstaged_and_untracked_is_left_alone(registry: Machine, train: Trainer) -> None:
    registry.write("a.txt", "a\n")
    registry.write("b.txt", "b\n")
    registry.commit("two files")
    registry.write("a.txt", "a staged\n")
    registry.git("add", "a.txt")
    registry.write("a.txt", "a staged and edited\n")
    registry.write("b.txt", "b edited\n")
    registry.write("new.txt", "staged new\n")
    registry.git("add", "new.txt")
    registry.write("c.txt", "untracked\n")
    before = registry.git("status", "--porcelain")
    registry.pbm("add", *train(3), "--tag", "rl-r1-i2")
    assert registry.git("status", "--porcelain") == before
    assert registry.git("show", ":a.txt") == "a staged\n"
    assert registry.git("ls-files", "new.txt", "c.txt") == "new.txt\n"
    assert (registry.folder / "a.txt").read_text() == "a staged and edited\n"
    assert registry.git("show", "--stat", "--format=", "HEAD").count("txt") == 0
    registry.git("fsck", "--strict")


def test_a_candidate_is_kept_without_promotion_or_deployment(registry: Machine, train: Trainer) -> None:
    engine = registry.folder.parent / "engine"
    engine.mkdir()
    registry.git("config", "pbm.engine", str(engine))
    before = os.readlink(registry.folder / "current")
    registry.pbm("add", *train(3), "--tag", "rl-r1-i2", "--no-promote")
    assert os.readlink(registry.folder / "current") == before
    assert list(engine.iterdir()) == []
    registry.pbm("check")


def test_staging_only_commits_nothing_and_the_next_commit_is_whole(registry: Machine, train: Trainer) -> None:
    head = registry.git("rev-parse", "HEAD")
    registry.pbm("add", *train(3), "--tag", "rl-r1-i2", "--no-commit")
    assert registry.git("rev-parse", "HEAD") == head
    assert {line[0] for line in registry.git("status", "--porcelain").splitlines()} <= {"A", "M"}
    registry.pbm("check", "--staged")
    registry.git("commit", "-q", "-m", "by hand")
    registry.pbm("check", "--rev", "HEAD")


def test_a_dry_run_shows_the_plan_and_changes_nothing(registry: Machine, train: Trainer) -> None:
    before = state_of(registry)
    out = registry.pbm("add", *train(3), "--tag", "rl-r1-i2", "--dry-run").out
    assert "would commit  feat: add rl-r1-i2 model" in out
    assert "would link    current -> models/" in out
    assert state_of(registry) == before
    plan = json.loads(registry.pbm("add", *train(3), "--tag", "rl-r1-i2", "--dry-run", "--json").out)
    assert plan["version"] == 1
    assert plan["metadata"]["iteration"] == 2


def test_the_same_again_adds_nothing_and_says_what_differs(registry: Machine, train: Trainer) -> None:
    before = state_of(registry)
    done = registry.pbm("add", *train(1), "--tag", "supervised-v1", "--kl", "0.5")
    assert "already" in done.out
    assert "git pbm annotate supervised-v1 --kl 0.5" in done.err
    assert "git pbm promote supervised-v1" in done.err
    assert state_of(registry) == before


def test_what_differs_can_be_typed_as_it_stands(registry: Machine, train: Trainer) -> None:
    words = ("add", *train(1), "--tag", "supervised-v1", "--notes", "it's slow; kept", "--no-promote")
    said, _, typed = registry.pbm(*words).err.strip().partition(": ")
    assert said == "notes is absent, not it's slow; kept"
    assert registry.run("sh", "-c", typed).status == 0
    assert registry.pbm(*words).err == ""


def test_what_differs_shows_no_escape_sequence(registry: Machine, train: Trainer) -> None:
    registry.pbm("annotate", "supervised-v1", "--notes", "red\x1b[31m \u202eevil")
    said = registry.pbm("add", *train(1), "--tag", "supervised-v1", "--notes", "\x1b[32mgreen").err
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "\\x1b[31m" in said


def test_metrics_come_from_a_training_history(registry: Machine, train: Trainer) -> None:
    rows = [
        {
            "epoch": e,
            "val_loss": 2 - e / 10 if e < 8 else 3,
            "train_entropy": e / 4,
            "train_kl": 0.0,
            "train_total_loss": 1,
        }
        for e in range(5, 12)
    ]
    history = registry.write("../history.json", json.dumps(rows))
    policy, value = train(3)
    registry.pbm("add", policy, value, "--tag", "rl-r1-i2", "--metrics", history)
    found = metadata(registry, digest(policy)[:8])
    assert (found["best_epoch"], found["best_loss"], found["entropy"]) == (7, 1.3, 1.75)
    assert "kl" not in found


def test_the_version_follows_the_names_of_the_sources(registry: Machine, machine: Machine) -> None:
    policy = machine.write("runs/policy_v7.onnx", policy_bytes(3000, 7))
    value = machine.write("runs/best.onnx", value_bytes(3000, 7))
    registry.pbm("add", policy, value, "--tag", "supervised-v7")
    folder = registry.folder / "models" / digest(policy)[:8]
    assert sorted(path.name for path in folder.iterdir()) == ["metadata.json", "policy_v7.onnx", "value_v7.onnx"]


def test_an_ignored_model_is_added_all_the_same(registry: Machine, train: Trainer) -> None:
    registry.write(".gitignore", "*.onnx\n")
    registry.commit("ignore networks")
    policy, value = train(3)
    registry.pbm("add", policy, value, "--tag", "rl-r1-i2")
    assert "value_v2.onnx" in registry.git("ls-tree", "-r", "--name-only", "HEAD", f"models/{digest(policy)[:8]}")


def test_a_branch_without_commits_and_a_detached_head_work(machine: Machine, train: Trainer) -> None:
    place = machine.at(machine.folder / "fresh")
    place.folder.mkdir()
    place.git("init", "-q")
    place.write("registry.json", '{\n  "current": null,\n  "models": {}\n}\n')
    place.git("add", "registry.json")
    done = place.pbm("add", *train(1), "--tag", "supervised-v1", "--no-commit", status=4)
    assert ".gitattributes" in done.err
    place.git("rm", "-q", "--cached", "registry.json")
    (place.folder / "registry.json").unlink()
    place.pbm("init", "--no-hooks")
    place.pbm("add", *train(1), "--tag", "supervised-v1")
    place.git("checkout", "-q", "--detach")
    done = place.pbm("add", *train(2), "--tag", "rl-r1-i1")
    assert "detached" in done.err


def test_swapped_files_are_warned_about(registry: Machine, machine: Machine) -> None:
    policy = machine.write("a.onnx", value_bytes(3000, 3))
    value = machine.write("b.onnx", policy_bytes(3000, 3))
    swapped = ("add", policy, value, "--tag", "supervised-v3")
    refused = registry.pbm(*swapped, status=4).err
    assert "the policy has the inputs and outputs of " in refused
    assert "--as-given" in refused
    registry.git("config", "pbm.engine", "../nowhere")
    for more, status in (("--dry-run", 0), ("--json", 5)):
        done = registry.pbm(*swapped, "--as-given", more, status=status)
        assert "are the two files swapped?" in done.out + done.err


def test_the_first_model_s_files_can_only_be_doubted(repository: Machine, machine: Machine) -> None:
    policy = machine.write("a.onnx", value_bytes(3000, 3))
    value = machine.write("b.onnx", policy_bytes(3000, 3))
    repository.git("config", "pbm.engine", "../nowhere")
    done = repository.pbm("add", policy, value, "--tag", "supervised-v1", status=5)
    assert "are the two files swapped?" in done.err


def test_the_sources_time_stamp_is_kept(registry: Machine, train: Trainer) -> None:
    policy, value = train(3)
    os.utime(policy, (1_700_000_000, 1_700_000_000))
    registry.pbm("add", policy, value, "--tag", "rl-r1-i2")
    assert (registry.folder / "models" / digest(policy)[:8] / policy.name).stat().st_mtime == 1_700_000_000


# -- refusals


def zipped(_: Path) -> bytes:
    return b"PK\x03\x04" + bytes(200)


BAD_SOURCES = {
    "absent": (None, "No such file"),
    "empty": (b"", "empty"),
    "text": (b"hello\n", "plain text"),
    "zip": (b"PK\x03\x04" + bytes(100), "zip"),
    "pointer": (b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 5\n", "git lfs pull"),
    "truncated": (policy_bytes()[:-5], "truncated"),
}


@pytest.mark.parametrize("kind", BAD_SOURCES)
def test_what_is_no_model_is_refused_by_name(registry: Machine, train: Trainer, kind: str) -> None:
    content, words = BAD_SOURCES[kind]
    source = registry.folder.parent / "odd.onnx"
    if content is not None:
        source.write_bytes(content)
    before = state_of(registry)
    done = registry.pbm("add", source, train(3)[1], "--tag", "rl-r1-i2", status=4)
    assert "odd.onnx" in done.err
    assert words in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert state_of(registry) == before


def test_a_folder_and_a_fifo_are_refused_at_once(registry: Machine, machine: Machine) -> None:
    os.mkfifo(machine.folder / "pipe.onnx")
    for source in (machine.folder / "pipe.onnx", machine.folder):
        assert "not a regular file" in registry.pbm("add", source, "--tag", "rl-r1-i2", status=4).err


def test_weights_outside_the_file_are_refused(registry: Machine, machine: Machine) -> None:
    import onnx

    model = onnx.load_from_string(policy_bytes())
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../etc/passwd")
    source = machine.write("far.onnx", bytes(model.SerializeToString()))
    assert "external_data=False" in registry.pbm("add", source, "--tag", "rl-r1-i2", status=4).err


BAD_WORDS = [
    (("--tag", "deadbeef"), 2, "hex"),
    (("--tag", "Über"), 2, "--tag"),
    (("--tag", "x\n\nSigned-off-by: y"), 2, "--tag"),
    (("--tag", "odd-name"), 2, "--training"),
    (("--tag", "rl-r1-i2", "--round", "2"), 2, "contradicts"),
    (("--tag", "rl-r1-i2", "--training", "supervised"), 2, "contradicts"),
    (("--tag", "rl-r1-i2", "--parent", "nobody"), 2, "no model is called nobody"),
    (("--tag", "rl-r1-i2", "--created", "2026-02-30"), 2, "created"),
    (("--tag", "rl-r1-i2", "--kl", "nan"), 2, "kl"),
    (("--tag", "rl-r1-i2", "--kl", "much"), 2, "not a finite number: much"),
    (("--tag", "rl-r1-i2", "--wait", "long"), 2, "not a number of seconds, 0 or more: long"),
    (("--tag", "rl-r1-i2", "--kl", "-1"), 2, "kl"),
    (("--tag", "rl-r1-i2", "--params", "many"), 2, "params"),
    (("--tag", "supervised-v1"), 4, "supervised-v1"),
    (("--tag", "rl-r1-i2", "--metrics", "no-such.json"), 2, "not finished"),
    ((), 2, "--tag"),
    (("--tag", "rl-r1-i2", "--frobnicate"), 2, "frobnicate"),
]


@pytest.mark.parametrize(
    ("words", "status", "expected"), BAD_WORDS, ids=[" ".join(row[0]) or "none" for row in BAD_WORDS]
)
def test_wrong_words_are_refused_and_nothing_changes(
    registry: Machine, train: Trainer, words: tuple[str, ...], status: int, expected: str
) -> None:
    before = state_of(registry)
    done = registry.pbm("add", *train(3), *words, status=status)
    assert expected in done.err
    assert len(done.err.strip().splitlines()) == 1
    assert state_of(registry) == before


def test_the_same_bytes_under_another_tag_are_refused(registry: Machine, train: Trainer) -> None:
    done = registry.pbm("add", *train(1), "--tag", "supervised-v9", status=4)
    assert digest(train(1)[0])[:8] in done.err
    assert "supervised-v1" in done.err


def test_another_value_net_for_a_known_policy_is_refused(registry: Machine, train: Trainer) -> None:
    done = registry.pbm("add", train(1)[0], train(2)[1], "--tag", "supervised-v1", status=4)
    assert "never changes" in done.err


def test_a_forged_policy_of_the_same_id_is_refused(repository: Machine, machine: Machine) -> None:
    first, second = (machine.write(f"{n}.onnx", data) for n, data in enumerate(forged_pair()))
    repository.pbm("add", first, "--tag", "supervised-v1")
    before = state_of(repository)
    done = repository.pbm("add", second, "--tag", "supervised-v2", status=4)
    assert "forged" in done.err
    assert state_of(repository) == before


def in_progress(place: Machine, what: str) -> None:
    """Leave a conflict of the kind open, in a file of no concern to the registry."""
    place.write("x.txt", "base\n")
    place.commit("base")
    place.git("checkout", "-q", "-b", "side")
    place.write("x.txt", "side\n")
    place.commit("side")
    place.git("checkout", "-q", "main")
    place.write("x.txt", "main\n")
    place.commit("main")
    argv = {"merge": ["merge", "side"], "cherry-pick": ["cherry-pick", "side"], "rebase": ["rebase", "side"]}
    done = place.run("git", *argv.get(what, ["revert", "--no-edit", "HEAD~1"]))
    assert done.status != 0


@pytest.mark.parametrize("what", ["merge", "cherry-pick", "rebase", "revert"])
def test_operations_in_progress_are_refused(registry: Machine, train: Trainer, what: str) -> None:
    in_progress(registry, what)
    before = state_of(registry)
    done = registry.pbm("add", *train(3), "--tag", "rl-r1-i2", status=4)
    assert f"git {what} --abort" in done.err
    assert state_of(registry) == before


def test_files_that_would_ride_along_are_refused(registry: Machine, train: Trainer) -> None:
    text = (registry.folder / "registry.json").read_text()
    registry.write("registry.json", text + "\n")
    assert "registry.json" in registry.pbm("add", *train(3), "--tag", "rl-r1-i2", status=4).err
    registry.git("checkout", "-q", "registry.json")
    registry.write("README.md", (registry.folder / "README.md").read_text() + "my words\n")
    assert "README.md" in registry.pbm("add", *train(3), "--tag", "rl-r1-i2", status=4).err
    registry.git("checkout", "-q", "README.md")
    (registry.folder / "current").unlink()
    (registry.folder / "current").symlink_to("models/0badcafe")
    assert "current" in registry.pbm("add", *train(3), "--tag", "rl-r1-i2", status=4).err


def test_current_as_a_directory_is_refused_and_its_files_survive(registry: Machine, train: Trainer) -> None:
    (registry.folder / "current").unlink()
    registry.write("current/precious.onnx", "mine")
    before = state_of(registry)
    assert "directory" in registry.pbm("add", *train(3), "--tag", "rl-r1-i2", status=4).err
    assert state_of(registry) == before


def test_places_that_are_no_registry_are_refused(machine: Machine, train: Trainer) -> None:
    done = machine.pbm("add", *train(1), "--tag", "supervised-v1", status=128)
    assert "not a git repository" in done.err
    machine.git("init", "-q", "--bare", "bare.git")
    machine.git("init", "-q", "plain")
    assert (
        "bare"
        in machine.at(machine.folder / "bare.git")
        .pbm("add", *train(1), "--tag", "s", "--training", "supervised", status=128)
        .err
    )
    assert (
        "git pbm init"
        in machine.at(machine.folder / "plain").pbm("add", *train(1), "--tag", "supervised-v1", status=4).err
    )


def test_without_an_identity_nothing_is_begun(registry: Machine, train: Trainer) -> None:
    registry.git("config", "--global", "--unset", "user.email")
    registry.git("config", "--global", "user.useConfigOnly", "true")
    before = state_of(registry)
    assert "user.email" in registry.pbm("add", *train(3), "--tag", "rl-r1-i2", status=4).err
    assert state_of(registry) == before


def test_a_hook_that_refuses_undoes_everything(registry: Machine, train: Trainer) -> None:
    engine = registry.folder.parent / "engine"
    engine.mkdir()
    registry.git("config", "pbm.engine", str(engine))
    hook = registry.write(
        ".git/hooks/pre-commit", "#!/bin/sh\necho spoiled >> registry.json\necho NOT TODAY >&2\nexit 1\n"
    )
    hook.chmod(0o755)
    before = state_of(registry)
    done = registry.pbm("add", *train(3), "--tag", "rl-r1-i2", status=4)
    assert "NOT TODAY" in done.err
    assert state_of(registry) == before
    assert list(engine.iterdir()) == []
    registry.pbm("add", *train(3), "--tag", "rl-r1-i2", "--no-verify")


def test_signing_that_fails_undoes_everything(registry: Machine, train: Trainer) -> None:
    registry.git("config", "commit.gpgsign", "true")
    registry.git("config", "gpg.program", "false")
    before = state_of(registry)
    registry.pbm("add", *train(3), "--tag", "rl-r1-i2", status=4)
    assert state_of(registry) == before


def test_a_foreign_index_lock_is_never_removed(registry: Machine, train: Trainer) -> None:
    lock = registry.write(".git/index.lock", "")
    done = registry.pbm("add", *train(3), "--tag", "rl-r1-i2", status=4)
    assert f"rm {lock}" in done.err
    assert lock.exists()
    lock.unlink()
    assert registry.git("status", "--porcelain") == ""


def test_a_second_git_pbm_waits_and_then_says_busy(registry: Machine, train: Trainer) -> None:
    import fcntl

    with open(registry.folder / ".git" / "pbm" / "lock", "r+") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        done = registry.pbm("add", *train(3), "--tag", "rl-r1-i2", "--wait", "0.2", status=4)
    assert "another git pbm works" in done.err


def test_a_hook_that_mends_and_stages_is_followed(registry: Machine, train: Trainer) -> None:
    script = '#!/bin/sh\nf=$(ls -t models/*/metadata.json | head -1)\nprintf \'\\n\' >> "$f"; git add "$f"\n'
    registry.write(".git/hooks/pre-commit", script).chmod(0o755)
    registry.pbm("add", *train(3), "--tag", "rl-r1-i2")
    assert registry.git("status", "--porcelain") == ""


# -- deployment


def test_a_configured_engine_gets_the_model_and_a_receipt(registry: Machine, train: Trainer) -> None:
    engine = registry.folder.parent / "engine"
    engine.mkdir()
    registry.git("config", "pbm.engine", "../engine")
    policy, value = train(3)
    registry.pbm("add", policy, value, "--tag", "rl-r1-i2")
    assert (engine / policy.name).read_bytes() == policy.read_bytes()
    receipt = json.loads((engine / ".pbm-deploy.json").read_text())
    assert receipt["id"] == digest(policy)[:8]
    assert receipt["commit"] == registry.git("rev-parse", "HEAD").strip()
    assert receipt["files"][value.name] == {"sha256": digest(value), "size": value.stat().st_size}


def test_a_deployment_never_writes_through_a_link(registry: Machine, train: Trainer) -> None:
    engine = registry.folder.parent / "engine"
    engine.mkdir()
    for name in ("policy_v2.onnx", "value_v2.onnx"):
        (engine / name).symlink_to(f"../models-repo/current/{name}")
    registry.git("config", "pbm.engine", str(engine))
    before = bytes_below(registry.folder / "models")
    registry.pbm("add", *train(3), "--tag", "rl-r1-i2")
    after = bytes_below(registry.folder / "models")
    assert {path: after[path] for path in before} == before
    assert not any(path.is_symlink() for path in engine.iterdir())
    policy = registry.folder.parent / "runs/4/policy_v2.onnx"
    train(4)
    registry.pbm("add", policy, "--tag", "rl-r1-i3")
    assert not (engine / "value_v2.onnx").exists()


def test_an_unknown_file_in_the_engine_is_kept_and_the_exit_is_five(registry: Machine, train: Trainer) -> None:
    engine = registry.folder.parent / "engine"
    engine.mkdir()
    registry.git("config", "pbm.engine", str(engine))
    (engine / "policy_v2.onnx").write_bytes(b"nobody knows me")
    done = registry.pbm("add", *train(3), "--tag", "rl-r1-i2", status=5)
    assert "git pbm deploy" in done.err
    assert (engine / "policy_v2.onnx").read_bytes() == b"nobody knows me"
    assert registry.git("log", "-1", "--format=%s").startswith("feat: add rl-r1-i2")
    shutil.rmtree(engine)
    engine.mkdir()
    registry.pbm("add", *train(3), "--tag", "rl-r1-i2")
    assert (engine / ".pbm-deploy.json").exists()


def test_an_engine_inside_a_registry_is_refused(registry: Machine) -> None:
    assert "inside the registry" in registry.pbm("init", "--no-hooks", "--engine", "current", status=4).err
