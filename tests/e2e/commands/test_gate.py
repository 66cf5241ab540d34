"""A gate in a repository: what candidates meet, what a promotion's commit carries, and what CI refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Trainer, copy_of
from tests.support.machine import Machine, state_of

GATE = "[gate]\nelo = [0, 100]\nunits = 5\n"
WON, LOST, EVEN = (1, 1), (0, 0), (1, 0)


@pytest.fixture
def gated(registry: Machine, train: Trainer) -> Machine:
    """A registry with a gate, and two candidates that have played nothing."""
    registry.write(".pbm.toml", GATE)
    registry.commit("chore: a gate")
    for seed, tag in ((3, "rl-r1-i2"), (4, "rl-r1-i3")):
        registry.pbm("add", *train(seed), "--tag", tag)
    return registry


def play(
    place: Machine, model: str, *pairs: tuple[float, float], against: str = "current", name: str = "", day: int = 17
) -> str:
    """Record a match, a tuple a pair of games; returns the evaluation's name."""
    lines = ["seat,score,unit"]
    for number, (white, black) in enumerate(pairs):
        lines += [f"white,{white},{number}", f"black,{black},{number}"]
    path = place.folder.parent / f"{model}{name}-{len(pairs)}.csv"
    path.write_text("\n".join(lines) + "\n")
    words = ("--against", against, "--from", path, "--notes", name or "a match", "--ended", f"2026-02-{day}", "--json")
    found: str = json.loads(place.pbm("eval", "add", model, *words).out)["eval"]["id"]
    return found


def head(place: Machine, revision: str = "HEAD") -> str:
    return place.git("rev-parse", revision).strip()


def checked(place: Machine, old: str, status: int = 0, new: str = "HEAD") -> list[dict[str, Any]]:
    """The findings of a range."""
    found: list[dict[str, Any]] = json.loads(
        place.pbm("check", "--range", f"{old}..{new}", "--json", status=status).out
    )["findings"]
    return found


def refused(place: Machine, old: str, new: str = "HEAD") -> str:
    """What the gate says of a range that it refuses."""
    found = [one for one in checked(place, old, 1, new) if one["severity"] == "error"]
    assert {one["rule"] for one in found} == {"gate-is-met"}, found
    return " ".join(one["message"] for one in found)


def verdict(place: Machine, status: int, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(place.pbm("gate", *words, "--json", status=status).out)
    return found


def test_add_keeps_a_candidate_and_says_what_leads_on(registry: Machine, train: Trainer, engine: Path) -> None:
    registry.write(".pbm.toml", GATE)
    registry.commit("chore: a gate")
    done = registry.pbm("add", *train(3), "--tag", "rl-r1-i2")
    assert "rl-r1-i1" in registry.pbm("show").out
    assert "is a candidate: a gate is in force" in done.err
    assert "git pbm eval add" in done.err
    assert list(engine.iterdir()) == []
    assert "is a candidate" in registry.pbm("add", *train(4), "--tag", "rl-r1-i3", "--dry-run").err
    assert "is a candidate" not in registry.pbm("add", *train(4), "--tag", "rl-r1-i3", "--no-promote").err


def test_the_first_model_needs_no_evidence(repository: Machine, train: Trainer) -> None:
    repository.write(".pbm.toml", GATE)
    repository.commit("chore: a gate")
    start = head(repository)
    assert "candidate" not in repository.pbm("add", *train(1), "--tag", "supervised-v1").err
    assert "supervised-v1" in repository.pbm("show", "current").out
    assert checked(repository, start) == []


def test_from_undecided_to_accepted_and_promoted(gated: Machine) -> None:
    start = head(gated)
    said = gated.pbm("promote", "rl-r1-i2", status=4).err
    assert "has not passed the gate" in said
    assert "git pbm gate" in said
    first = play(gated, "rl-r1-i2", WON, EVEN, WON)
    found = verdict(gated, 6)
    assert (found["verdict"], found["games"], found["counted"]) == ("undecided", 6, [first])
    assert found["games_left"] > 0
    text = gated.pbm("gate", status=6)
    assert "verdict    undecided" in text.out
    assert "games more at this pace" in text.err
    second = play(gated, "rl-r1-i2", *[WON] * 20)
    found = verdict(gated, 0, "rl-r1-i2")
    assert (found["verdict"], set(found["counted"])) == ("accepted", {first, second})
    gated.pbm("promote", "rl-r1-i2")
    lines = gated.git("log", "-1", "--format=%B").strip().splitlines()
    assert lines[2] == "Gate: sprt elo 0..100 alpha 0.05 beta 0.05, arena default"
    assert lines[3].startswith("Evidence: accepted, LLR ")
    assert sorted(lines[4].removeprefix("Evals: ").split()) == sorted([first, second])
    assert lines[5] == f"Replaced: {found['baseline']['id']}"
    assert checked(gated, start) == []
    assert gated.git("status", "--porcelain") == ""


def test_a_rejected_candidate_stays_rejected(gated: Machine) -> None:
    play(gated, "rl-r1-i2", *[LOST] * 20, EVEN)
    assert verdict(gated, 1)["verdict"] == "rejected"
    play(gated, "rl-r1-i2", *[WON] * 60, name="again", day=18)
    found = verdict(gated, 1)
    assert (found["verdict"], found["llr"] > 0) == ("rejected", True)
    gated.pbm("promote", "rl-r1-i2", status=4)
    assert "final" in gated.pbm("gate", status=1).err


def test_gate_names_what_is_meant(gated: Machine) -> None:
    assert "no model has an evaluation" in gated.pbm("gate", status=2).err
    assert "is the model to be better than" in gated.pbm("gate", "current", status=2).err
    play(gated, "rl-r1-i2", EVEN)
    play(gated, "rl-r1-i3", WON, EVEN)
    said = gated.pbm("gate", status=2).err
    assert "rl-r1-i2, rl-r1-i3" in said or "rl-r1-i3, rl-r1-i2" in said
    found = gated.pbm("gate", "rl-r1-i2", status=6)
    assert "tried      2 candidates" in found.out
    assert verdict(gated, 6, "rl-r1-i2", "--against", "supervised-v1")["games"] == 0


def test_without_a_gate_nothing_changes(registry: Machine) -> None:
    said = registry.pbm("gate", "supervised-v1", status=4).err
    assert "no gate is in force" in said
    registry.pbm("promote", "supervised-v1")
    assert registry.git("log", "-1", "--format=%b").strip() == ""


def test_the_gate_of_head_binds_and_another_one_is_told(gated: Machine) -> None:
    play(gated, "rl-r1-i2", WON)
    gated.write(".pbm.toml", "[gate]\nelo = [0, 1000]\nunits = 1\n")
    done = gated.pbm("gate", status=6)
    assert "not the one that binds" in done.err
    assert "elo 0..100" in done.out
    gated.pbm("promote", "rl-r1-i2", status=4)


def test_an_override_needs_a_reason_and_is_seen(gated: Machine) -> None:
    start = head(gated)
    before = state_of(gated)
    assert "go together" in gated.pbm("promote", "rl-r1-i2", "--no-gate", status=2).err
    assert "go together" in gated.pbm("promote", "rl-r1-i2", "--why", "x", status=2).err
    assert "empty" in gated.pbm("promote", "rl-r1-i2", "--no-gate", "--why", " ", status=2).err
    assert state_of(gated) == before
    gated.pbm("promote", "rl-r1-i2", "--no-gate", "--why", "the arena is down", "-m", "See 12.")
    text = gated.git("log", "-1", "--format=%B")
    assert "the arena is down\n\nSee 12.\n\nGate: overridden\nReplaced: " in text
    (found,) = checked(gated, start)
    assert (found["rule"], found["severity"]) == ("gate-is-met", "warning")


def test_where_it_cannot_be_overridden_neither_command_nor_ci_lets_it_pass(gated: Machine) -> None:
    gated.write(".pbm.toml", GATE + "override = false\n")
    gated.commit("chore: a strict gate")
    start = head(gated)
    assert "cannot be overridden" in gated.pbm("promote", "rl-r1-i2", "--no-gate", "--why", "x", status=4).err
    gated.write(".pbm.toml", GATE)
    gated.commit("chore: a mild gate")
    gated.pbm("promote", "rl-r1-i2", "--no-gate", "--why", "x")
    assert "cannot be overridden" in refused(gated, start)


def test_roll_backs_and_reverts_are_free(gated: Machine) -> None:
    play(gated, "rl-r1-i2", *[WON] * 20)
    gated.pbm("promote", "rl-r1-i2")
    start = head(gated)
    gated.pbm("rollback")
    assert checked(gated, start) == []
    gated.git("reset", "-q", "--hard", start)
    gated.git("revert", "--no-edit", "HEAD")
    assert checked(gated, start) == []
    gated.pbm("rollback")
    assert checked(gated, start) == []


def test_the_commit_msg_hook_refuses_a_promotion_by_hand(gated: Machine, tmp_path: Path) -> None:
    """The files are what promote writes; the message claims what is not so."""
    gated.pbm("promote", "rl-r1-i2", "--no-gate", "--why", "x", "--no-commit")
    message = gated.write(".git/message", "chore: rl-r1-i2 is current\n")
    done = gated.run("git-pbm-hook", "pbm-message", message)
    assert done.status == 1
    assert "gate-is-met" in done.out + done.err


def by_hand(place: Machine, tag: str, message: str) -> str:
    """A promotion that nobody asked the gate about, committed without hooks."""
    place.pbm("promote", tag, "--no-gate", "--why", "x", "--no-commit")
    place.git("commit", "-q", "--no-verify", "-m", message)
    return head(place)


def test_ci_refuses_a_promotion_without_evidence_and_a_warning_is_all_for_one_with(gated: Machine) -> None:
    start = head(gated)
    by_hand(gated, "rl-r1-i2", "promote rl-r1-i2")
    assert "undecided" in refused(gated, start)
    gated.git("reset", "-q", "--hard", start)
    play(gated, "rl-r1-i2", *[WON] * 20)
    by_hand(gated, "rl-r1-i2", "promote rl-r1-i2")
    (found,) = checked(gated, start)
    assert (found["rule"], found["severity"]) == ("gate-is-met", "warning")


def test_ci_refuses_trailers_that_lie(gated: Machine) -> None:
    start = head(gated)
    play(gated, "rl-r1-i2", *[WON] * 20)
    gated.pbm("promote", "rl-r1-i2")
    text = gated.git("log", "-1", "--format=%B").replace("40 games", "400 games")
    gated.git("commit", "-q", "--amend", "--no-verify", "-m", text)
    assert "says Evidence" in refused(gated, start)


def test_ci_refuses_a_gate_that_is_loosened_and_used(gated: Machine) -> None:
    start = head(gated)
    play(gated, "rl-r1-i2", *[WON] * 5)
    gated.write(".pbm.toml", "[gate]\nelo = [0, 1000]\nunits = 1\n")
    gated.commit("chore: be kind")
    gated.pbm("promote", "rl-r1-i2")
    assert "undecided" in refused(gated, start)
    warning = [one for one in checked(gated, start, 1) if one["severity"] == "warning"]
    assert [one["rule"] for one in warning] == ["policy-is-well-formed"]
    remedy = warning[0]["remedy"].partition(": ")[2].split()
    assert "1000" in gated.git(*remedy[1:])


def test_a_branch_from_before_the_gate_does_not_get_round_it(registry: Machine, train: Trainer) -> None:
    registry.git("checkout", "-q", "-b", "side")
    registry.pbm("add", *train(3), "--tag", "rl-r1-i2")
    registry.git("checkout", "-q", "main")
    registry.write(".pbm.toml", GATE)
    registry.commit("chore: a gate")
    assert "undecided" in refused(registry, "main", "side")


def test_evidence_against_an_older_baseline_does_not_count(gated: Machine) -> None:
    play(gated, "rl-r1-i2", *[WON] * 20)
    gated.git("checkout", "-q", "-b", "side")
    play(gated, "rl-r1-i3", *[WON] * 20)
    gated.pbm("promote", "rl-r1-i3")
    gated.git("checkout", "-q", "main")
    gated.pbm("promote", "rl-r1-i2")
    start = head(gated)
    assert "no chain of promotions" in refused(gated, start, "side")
    gated.git("checkout", "-q", "side")
    gated.run("git", "merge", "main")
    gated.pbm("resolve", "--current", "rl-r1-i3")
    gated.git("commit", "-q", "--no-edit")
    assert "no chain of promotions" in refused(gated, start)
    play(gated, "rl-r1-i3", *[WON] * 20, against="rl-r1-i2", name="next")
    assert checked(gated, start) == []


def test_a_merge_that_turns_current_is_seen_over_the_range(gated: Machine) -> None:
    start = head(gated)
    gated.git("checkout", "-q", "-b", "side")
    gated.write("notes.txt", "x\n")
    gated.commit("docs: notes")
    gated.git("checkout", "-q", "main")
    gated.write("more.txt", "x\n")
    gated.commit("docs: more")
    gated.git("merge", "-q", "--no-commit", "side")
    gated.pbm("init", "--no-hooks", status=4)
    registry = json.loads((gated.folder / "registry.json").read_text())
    candidate = next(name for name, entry in registry["models"].items() if entry["tag"] == "rl-r1-i2")
    text = (gated.folder / "registry.json").read_text()
    gated.write("registry.json", text.replace(f'"current": "{registry["current"]}"', f'"current": "{candidate}"'))
    (gated.folder / "current").unlink()
    (gated.folder / "current").symlink_to(f"models/{candidate}")
    gated.git("add", "-A")
    gated.git("commit", "-q", "--no-verify", "-m", "Merge branch 'side'")
    found = [one for one in checked(gated, start, 1) if one["rule"] == "gate-is-met"]
    assert "no chain of promotions" in found[0]["message"]


def test_current_is_not_cleared(gated: Machine) -> None:
    start = head(gated)
    registry = json.loads((gated.folder / "registry.json").read_text())
    text = (gated.folder / "registry.json").read_text()
    gated.write("registry.json", text.replace(f'"current": "{registry["current"]}"', '"current": null'))
    (gated.folder / "current").unlink()
    gated.commit("chore: nothing is current")
    found = [one["message"] for one in checked(gated, start, 1) if one["rule"] == "gate-is-met"]
    assert any("is cleared" in one for one in found)


def test_a_retraction_counts_for_the_commits_after_it_has_landed(gated: Machine) -> None:
    lost = play(gated, "rl-r1-i2", *[LOST] * 20)
    play(gated, "rl-r1-i2", *[WON] * 40, name="next", day=18)
    start = head(gated)
    gated.pbm("eval", "retract", lost, "--why", "the engine had no network", "--date", "2026-02-19")
    landed = head(gated)
    gated.pbm("promote", "rl-r1-i2")
    assert "rejected" in refused(gated, start)
    assert checked(gated, landed) == []


def test_a_bare_clone_and_one_without_setup_say_the_same(gated: Machine) -> None:
    play(gated, "rl-r1-i2", *[WON] * 20)
    gated.pbm("promote", "rl-r1-i2")
    bare = gated.at(gated.folder.parent / "bare.git")
    gated.git("clone", "-q", "--bare", ".", bare.folder)
    assert checked(bare, "HEAD~1") == []
    assert verdict(bare, 0, "rl-r1-i2", "--against", "rl-r1-i1") == verdict(
        gated, 0, "rl-r1-i2", "--against", "rl-r1-i1"
    )


def test_a_partial_clone_that_lacks_evaluations_is_unverified(gated: Machine) -> None:
    play(gated, "rl-r1-i2", *[WON] * 20)
    gated.git("config", "uploadpack.allowFilter", "true")
    clone = gated.at(gated.folder.parent / "partial")
    gated.git("clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{gated.folder}", clone.folder)
    clone.git("remote", "set-url", "origin", "file:///nowhere")
    found = clone.run("git", "pbm", "gate", "rl-r1-i2")
    assert found.status in (3, 4), (found.out, found.err)
    assert "accepted" not in found.out


def test_a_shallow_clone_does_not_guess_what_was_current(gated: Machine) -> None:
    play(gated, "rl-r1-i2", *[WON] * 20)
    gated.pbm("promote", "rl-r1-i2")
    gated.write("notes.txt", "x\n")
    gated.commit("docs: notes")
    gated.pbm("rollback")
    clone = gated.at(gated.folder.parent / "shallow")
    gated.git("clone", "-q", "--depth=2", f"file://{gated.folder}", clone.folder)
    assert "--unshallow" in clone.pbm("check", "--range", "HEAD~1..HEAD", status=3).err


def test_staged_and_previewed_promotions_ask_the_gate_too(gated: Machine) -> None:
    before = state_of(gated)
    gated.pbm("promote", "rl-r1-i2", "--dry-run", status=4)
    gated.pbm("promote", "rl-r1-i2", "--no-commit", status=4)
    assert state_of(gated) == before
    play(gated, "rl-r1-i2", *[WON] * 20)
    gated.pbm("promote", "rl-r1-i2", "--dry-run")
    copy = copy_of(gated, gated.folder.parent / "copy")
    copy.pbm("promote", "rl-r1-i2", "--no-commit")
    assert "rl-r1-i2" in copy.pbm("list", "--limit", "9").out
