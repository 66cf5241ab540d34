"""``git pbm eval``: results of matches, as files of the registry that every check reads and nobody edits."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Trainer
from tests.support.machine import Machine, state_of
from tests.unit.core.evaluations.importers.matches import csv_of, fastchess_json, pairs, pgn, rows

GAMES = pairs(12, 3)


@pytest.fixture
def match(registry: Machine) -> Path:
    """A match of the current model against its parent, as a match program writes it."""
    return outside(registry, "match.pgn", pgn(GAMES))


def outside(registry: Machine, name: str, content: bytes | str) -> Path:
    """A file beside the registry."""
    path = registry.folder.parent / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def added(registry: Machine, *words: Any, against: str = "supervised-v1") -> dict[str, Any]:
    """The evaluation that ``eval add`` made."""
    ended = () if "--ended" in words or words[1].suffix == ".pgn" else ("--ended", "2026-02-19")  # commits are of then
    done = registry.pbm("eval", "add", "rl-r1-i1", "--against", against, *words, *ended, "--json")
    found: dict[str, Any] = json.loads(done.out)
    return found


def refusal(registry: Machine, *words: str | Path, status: int = 2) -> str:
    """What is said; nothing may have changed."""
    before = state_of(registry)
    done = registry.pbm(*words, status=status)
    assert state_of(registry) == before
    assert len(done.err.splitlines()) == 1, done.err
    assert " -> " in done.err
    return done.err


def only_evaluation(registry: Machine) -> Path:
    (path,) = (registry.folder / "evals").glob("*/*.json")
    return path


def test_a_match_is_one_file_named_by_its_hash_and_one_commit(registry: Machine, match: Path) -> None:
    done = registry.pbm("eval", "add", "rl-r1-i1", "--against", "supervised-v1", "--from", match)
    path = only_evaluation(registry)
    document = json.loads(path.read_text())
    assert path.stem == hashlib.sha256(path.read_bytes()).hexdigest()[:16]
    assert path.parent.name == document["model"]["id"]
    assert document["logs"] == [
        {"name": "match.pgn", "sha256": hashlib.sha256(match.read_bytes()).hexdigest(), "size": match.stat().st_size}
    ]
    folder = registry.folder / "models" / document["model"]["id"]
    sums = "".join(f"{hashlib.sha256(p.read_bytes()).hexdigest()}  {p.name}\n" for p in sorted(folder.glob("*.onnx")))
    assert document["model"]["networks"] == hashlib.sha256(sums.encode()).hexdigest()
    assert (document["games"], document["unit"], document["left_over"]) == (24, 2, 0)
    model_id = document["model"]["id"]
    subject = f"test: evaluate rl-r1-i1 model ({model_id}) against supervised-v1"
    assert registry.git("log", "-1", "--format=%s").strip() == subject
    assert registry.git("show", "--format=", "--name-only").split() == [f"evals/{model_id}/{path.name}"]
    assert path.stem in done.out
    assert registry.git("status", "--porcelain") == ""
    registry.pbm("check")
    registry.pbm("check", "--range", "HEAD~1..HEAD")


def test_the_same_results_again_change_nothing(registry: Machine, match: Path) -> None:
    first = added(registry, "--from", match)
    again = added(registry, "--from", match, "--notes", "again")
    assert (first["changed"], again["changed"]) == (True, False)
    assert again["eval"]["id"] == first["eval"]["id"]
    other = registry.pbm("eval", "add", "supervised-v1", "--against", "rl-r1-i1", "--from", match)
    assert "has these results already" in other.out


def test_of_a_file_that_grew_only_what_is_new_is_imported(registry: Machine) -> None:
    growing = outside(registry, "match.pgn", pgn(GAMES[:8]) + b"\n")
    first = added(registry, "--from", growing)
    growing.write_bytes(growing.read_bytes() + pgn(GAMES[8:]))
    second = added(registry, "--from", growing)
    assert [one["eval"]["document"]["games"] for one in (first, second)] == [8, 16]
    registry.pbm("check")


def test_a_dry_run_and_a_staged_evaluation(registry: Machine, match: Path) -> None:
    before = state_of(registry)
    plan = added(registry, "--from", match, "--dry-run")
    assert state_of(registry) == before
    assert (plan["changed"], plan["commit"]) == (False, None)
    staged = added(registry, "--from", match, "--no-commit")
    assert (staged["changed"], staged["commit"]) == (True, None)
    registry.pbm("check", "--staged")
    registry.git("commit", "-q", "-m", "test: a match")
    registry.pbm("check", "--range", "HEAD~1..HEAD")


def test_an_arena_an_engine_a_log_and_an_opponent_that_is_no_model(registry: Machine) -> None:
    registry.write(
        ".pbm.toml",
        '[arena.board]\n[arena.board.config]\nmovetime_ms = 100\n[arena.board.log]\nloaded = ["model is ready"]\n'
        'refuse = ["running without"]\n',
    )
    registry.commit("chore: an arena", verify=True)
    engine = registry.at(registry.folder.parent / "the-engine")
    engine.folder.mkdir()
    engine.git("init", "-q")
    engine.write("play.py", "pass\n")
    commit = engine.commit("feat: play")
    games = outside(registry, "games.csv", csv_of(rows(GAMES)))
    log = outside(registry, "play.log", "the model is ready\n")
    words = ("--from", games, "--log", log, "--engine", engine.folder, "--ended", "2026-02-19", "--notes", "at night")
    document = added(registry, *words, against="medium@1.2")["eval"]["document"]
    assert document["opponent"] == {"name": "medium", "version": "1.2"}
    assert (document["arena"], document["config"]) == ("board", {"movetime_ms": 100})
    assert document["engine"] == {"name": "the-engine", "commit": commit, "clean": True}
    assert document["loaded"]["how"] == "log"
    assert (document["ended"], document["notes"]) == ("2026-02-19T00:00:00Z", "at night")
    shown = registry.pbm("eval", "show", only_evaluation(registry).stem[:6]).out
    for line in ("medium@1.2", "board, 2 seats, movetime_ms 100", "the-engine", "loaded      log", "at night", "white"):
        assert line in shown
    log.write_text("running without neural eval\n")
    (registry.folder.parent / "more.csv").write_bytes(csv_of(rows(pairs(3, 9))))
    said = refusal(
        registry, *("eval", "add", "rl-r1-i1", "--against", "medium@1.2"), "--from", "../more.csv", "--log", log
    )
    assert said.startswith("git pbm: play.log says: running without -> these games were not played by the model")
    unknown = refusal(
        registry, *("eval", "add", "rl-r1-i1", "--against", "a@1", "--from", "../more.csv", "--arena", "x")
    )
    assert "x is not an arena: there is board" in unknown


def test_evaluations_are_listed_shown_and_retracted(registry: Machine, match: Path) -> None:
    name = added(registry, "--from", match)["eval"]["id"]
    other = added(registry, "--from", outside(registry, "a.csv", csv_of(rows(pairs(4, 1)))), against="bot@2")["eval"]
    listed = registry.pbm("eval", "list").out.splitlines()
    assert len(listed) == 3
    titles = "evaluation model against arena games won drawn lost score ended"
    assert listed[0].split() == titles.split()
    for words, names in (
        (("supervised-v1",), {name}),
        (("rl-r1-i1", "--against", "bot@2"), {other["id"]}),
        (("current", "--against", "supervised-v1"), {name}),
        (("--arena", "default"), {name, other["id"]}),
        (("--arena", "elsewhere"), set()),
    ):
        found = json.loads(registry.pbm("eval", "list", *words, "--json").out)["evals"]
        assert {one["id"] for one in found} == names
    registry.pbm("eval", "retract", name[:8], "--why", "the wrong book")
    shown = json.loads(registry.pbm("eval", "show", name, "--json").out)["eval"]
    assert shown["retracted"]["reason"] == "the wrong book"
    assert "retracted   " in registry.pbm("eval", "show", name).out
    assert "retracted: the wrong book" in registry.pbm("eval", "list").out
    assert "retracted already" in refusal(registry, "eval", "retract", name, "--why", "x", status=4)
    assert "--date x: not a date" in refusal(registry, "eval", "retract", name, "--why", "x", "--date", "x")
    assert "--why is empty" in refusal(registry, "eval", "retract", name, "--why", " ")
    registry.pbm("check")
    registry.pbm("check", "--range", "HEAD~3..HEAD")
    registry.pbm("undo")
    assert json.loads(registry.pbm("eval", "show", name, "--json").out)["eval"]["retracted"] is None


def test_what_cannot_be_imported_is_one_line_and_changes_nothing(registry: Machine, match: Path) -> None:
    add = ("eval", "add", "rl-r1-i1", "--against")
    cases: list[tuple[tuple[str | Path, ...], str]] = [
        ((*add, "current", "--from", match), "does not play itself"),
        ((*add, "nobody", "--from", match), "nobody"),
        ((*add, "supervised-v1", "--from", "nothing.pgn"), "nothing.pgn: No such file or directory"),
        ((*add, "supervised-v1", "--from", match, "--ended", "soon"), "--ended soon: not a time"),
        ((*add, "supervised-v1", "--from", match, "--player", "x"), "--player x: not NAME=MODEL"),
        ((*add, "supervised-v1", "--from", match, "--engine", "nowhere"), "--engine nowhere: no such folder"),
        ((*add, "supervised-v1", "--from", match, "--notes", ""), "--notes is empty"),
        ((*add, "a\tb@1", "--from", match), "not NAME@VERSION"),
        ((*add, "supervised-v1", "--from", outside(registry, "x", "?")), "none of the formats"),
        (("eval", "show", "0123"), "not an evaluation of this registry"),
        (("eval", "show", ""), "not an evaluation of this registry"),
        (("eval",), "git pbm eval needs one of add, list, show, check, retract"),
        (("eval", "forget"), "git pbm eval needs one of add, list, show, check, retract"),
    ]
    for words, said in cases:
        assert said in refusal(registry, *words)


def test_a_player_can_be_named(registry: Machine) -> None:
    games = outside(registry, "named.pgn", pgn(GAMES, "the new one", "the old one"))
    words = ("--player", "the new one=current", "--player", "the old one=supervised-v1")
    assert added(registry, "--from", games, *words)["eval"]["document"]["games"] == 24
    bots = outside(registry, "bots.pgn", pgn(GAMES, "the new one", "a bot"))
    named = added(registry, "--from", bots, *words[:2], "--player", "a bot=medium", against="medium@1")
    assert named["eval"]["document"]["opponent"]["name"] == "medium"


def test_an_unbalanced_or_unfinished_match_is_kept_and_said_not_to_count(registry: Machine) -> None:
    alone = outside(registry, "alone.csv", "score\n1\n0\n1\n")
    assert "not balanced" in registry.pbm("eval", "add", "current", "--against", "a@1", "--from", alone).err
    stopped = outside(registry, "stopped.pgn", pgn(GAMES).replace(b"1-0", b"*", 1))
    words = ("eval", "add", "current", "--against", "supervised-v1", "--from", stopped)
    assert "--cut-short" in refusal(registry, *words)
    done = registry.pbm(*words, "--cut-short")
    assert "it was cut short" in done.err
    assert "1 left over of its pairs" in done.out


def test_the_ladder_rates_who_played_and_names_who_did_not(registry: Machine, match: Path, train: Trainer) -> None:
    assert "no match in the arena default counts" in refusal(registry, "ladder", status=4)
    name = added(registry, "--from", match)["eval"]["id"]
    added(registry, "--from", outside(registry, "a.csv", csv_of(rows(pairs(8, 1)))), against="bot@2")
    registry.pbm("add", *train(3), "--tag", "supervised-v2", "--no-promote")
    found = json.loads(registry.pbm("ladder", "--anchor", "supervised-v1", "--json").out)
    rated = {one["tag"] or one["id"]: one for one in found["models"]}
    assert set(rated) == {"supervised-v1", "rl-r1-i1", "bot@2"}
    assert found["anchor"] == rated["supervised-v1"]["id"]
    assert (rated["supervised-v1"]["elo"], rated["supervised-v1"]["low"]) == (0.0, 0.0)
    assert rated["rl-r1-i1"]["low"] < rated["rl-r1-i1"]["elo"] < rated["rl-r1-i1"]["high"]
    assert (rated["rl-r1-i1"]["games"], rated["rl-r1-i1"]["opponents"], rated["rl-r1-i1"]["current"]) == (40, 2, True)
    assert len(found["unrated"]) == 1
    text = registry.pbm("ladder", "--anchor", "supervised-v1").out
    assert "supervised-v2 is not rated: no games connect it with supervised-v1" in text
    turned = json.loads(registry.pbm("ladder", "--json").out)  # all are of one day: by tag it is the first
    assert turned["anchor"] == rated["rl-r1-i1"]["id"]
    assert registry.pbm("ladder", "--format", "csv").out.splitlines()[0] == "model,id,elo,low,high,games,opponents"
    assert registry.pbm("ladder", "--format", "md").out.splitlines()[1] == "| --- | --- | --- | --- | --- | --- | --- |"
    assert "has no match that counts" in refusal(registry, "ladder", "--anchor", "supervised-v2")
    assert "no match" in refusal(registry, "ladder", "--last", "1", status=4)
    registry.pbm("eval", "retract", name, "--why", "x")
    assert {one["tag"] for one in json.loads(registry.pbm("ladder", "--json").out)["models"]} == {"rl-r1-i1", None}


def test_results_that_were_retracted_can_be_imported_again_another_way(registry: Machine, match: Path) -> None:
    name = added(registry, "--from", match)["eval"]["id"]
    registry.pbm("eval", "retract", name, "--why", "it was another arena")
    words = ("eval", "add", "rl-r1-i1", "--against", "supervised-v1", "--from", match)
    assert "was retracted: it was another arena -> what differs" in refusal(registry, *words, status=4)
    again = added(registry, "--from", match, "--notes", "the right arena")
    assert (again["changed"], again["eval"]["id"] != name) == (True, True)
    registry.pbm("check")
    registry.pbm("check", "--range", "HEAD~3..HEAD")


def test_a_file_is_the_source_of_one_evaluation_of_a_pair(registry: Machine, match: Path) -> None:
    name = added(registry, "--from", match)["eval"]["id"]
    more = outside(registry, "more.pgn", pgn(pairs(3, 8)))
    words = ("eval", "add", "rl-r1-i1", "--against", "supervised-v1", "--from", more)
    for option in ("--from", "--log"):
        said = refusal(registry, *words, option, match)
        assert f"match.pgn is a source of the evaluation {name} already -> leave it out" in said
    future = refusal(registry, *words, "--ended", "2099-01-01")
    assert "the match ended at 2099-01-01T00:00:00Z, which is to come -> say when it ended" in future
    assert "is not a file" in refusal(registry, *words[:-1], registry.folder)


def test_a_commit_that_may_not_be_on_the_disk_is_told(registry: Machine, match: Path) -> None:
    words = ("eval", "add", "rl-r1-i1", "--against", "supervised-v1", "--from", match)
    done = registry.run("sh", "-c", f"git pbm {' '.join(map(str, words))} > /dev/full")
    assert done.status == 5
    assert "do not run it again" in done.err
    assert registry.git("status", "--porcelain") == ""


def with_evaluation(registry: Machine, match: Path) -> Path:
    added(registry, "--from", match)
    return only_evaluation(registry)


def test_an_edited_evaluation_is_found_by_check_and_hook(registry: Machine, match: Path) -> None:
    path = with_evaluation(registry, match)
    path.write_text(path.read_text().replace('"faults": 0', '"faults": 1'))
    assert "evals-are-named-by-hash" in registry.pbm("check", status=1).out
    registry.git("add", "-A")
    hook = registry.run("git-pbm-hook", "pbm-verify")
    assert (hook.status, "evals-are-named-by-hash" in hook.out) == (1, True)
    assert registry.run("git-pbm-hook", "pbm-evals").status == 1
    registry.commit("chore: improve")
    found = registry.pbm("check", "--range", "HEAD~1..HEAD", status=1).out
    assert "evals-are-append-only" in found
    assert "evals-are-named-by-hash" in found
    assert "evals-are-named-by-hash" in registry.pbm("check", "--rev", "HEAD", status=1).out


def test_a_removed_evaluation_is_found_by_the_message_hook_and_the_range(registry: Machine, match: Path) -> None:
    path = with_evaluation(registry, match)
    registry.pbm("check")
    registry.git("rm", "-q", path.relative_to(registry.folder))
    message = registry.folder.parent / "message"
    message.write_text("chore: tidy up\n")
    date = "@1771600000 +0000"  # not that of HEAD: it is not amended
    hook = registry.run("git-pbm-hook", "pbm-message", message, GIT_AUTHOR_DATE=date)
    assert (hook.status, "evals-are-append-only" in hook.out) == (1, True)
    registry.commit("chore: tidy up")
    found = registry.pbm("check", "--range", "HEAD~1..HEAD", status=1).out
    assert "evals-are-append-only" in found
    assert "git pbm eval retract" in found


def test_a_merge_that_drops_an_evaluation_is_found(registry: Machine, match: Path) -> None:
    base = registry.git("rev-parse", "HEAD").strip()
    registry.git("checkout", "-q", "-b", "other")
    with_evaluation(registry, match)
    registry.git("checkout", "-q", "-")
    registry.write("notes.txt", "x\n")
    registry.commit("docs: notes")
    registry.git("merge", "-q", "-s", "ours", "--no-edit", "other")
    assert "evals-are-append-only" in registry.pbm("check", "--range", f"{base}..HEAD", status=1).out
    registry.git("reset", "-q", "--hard", "HEAD~1")
    registry.git("merge", "-q", "--no-edit", "other")
    registry.pbm("check", "--range", f"{base}..HEAD")


def test_evaluations_of_unknown_models_and_other_networks_are_refused(registry: Machine, match: Path) -> None:
    path = with_evaluation(registry, match)
    document = json.loads(path.read_text())
    registry.pbm("undo")

    def forged(**fields: object) -> str:
        text = json.dumps({**document, **fields}, indent=2) + "\n"
        name = hashlib.sha256(text.encode()).hexdigest()[:16]
        registry.write(f"evals/{document['model']['id']}/{name}.json", text)
        registry.commit("test: forge")
        found = registry.pbm("check", "--range", "HEAD~1..HEAD", status=1).out
        registry.git("reset", "-q", "--hard", "HEAD~1")
        return found

    stranger = {**document["opponent"], "id": "0badcafe"}
    assert "not in this registry" in forged(opponent=stranger)
    assert "had other networks" in forged(opponent={**document["opponent"], "networks": "0" * 64})
    assert "more than a day after its commit" in forged(ended="2099-01-01T00:00:00Z")
    assert "evals-add-up" in forged(games=23)
    assert "evals-match-schema" in forged(elo=1900)


def test_a_log_counts_once(registry: Machine, match: Path) -> None:
    path = with_evaluation(registry, match)
    document = json.loads(path.read_text())
    text = json.dumps({**document, "notes": "once more"}, indent=2) + "\n"
    name = hashlib.sha256(text.encode()).hexdigest()[:16]
    registry.write(f"evals/{path.parent.name}/{name}.json", text)
    assert "logs-count-once" in registry.pbm("check", status=1).out
    registry.git("add", "-A")
    assert "logs-count-once" in registry.run("git-pbm-hook", "pbm-verify").out


def test_what_is_astray_below_evals_is_named(registry: Machine) -> None:
    registry.write("evals/readme.md", "x\n")
    registry.write("evals/00000000/0000000000000000.json", "{]\n")
    out = registry.pbm("check", status=1).out
    assert out.count("evals-are-strict-json") == 2
    (registry.folder / "evals/00000000/0000000000000000.json").unlink()
    (registry.folder / "evals/00000000/0000000000000000.json").symlink_to("../../registry.json")
    assert "not a regular file" in registry.pbm("check", status=1).out


def test_what_is_astray_can_be_taken_away_as_the_finding_says(registry: Machine, match: Path) -> None:
    with_evaluation(registry, match)
    registry.write("evals/read me.md", "x\n")
    said = registry.pbm("check", status=1).out
    assert "git rm --cached --ignore-unmatch 'evals/read me.md', then move it away" in said
    registry.commit("docs: notes")
    registry.git("rm", "-q", "--cached", "--ignore-unmatch", "evals/read me.md")
    (registry.folder / "evals/read me.md").unlink()
    registry.commit("docs: no notes")
    registry.pbm("check")
    registry.pbm("check", "--range", "HEAD~1..HEAD")


def malformed(registry: Machine) -> str:
    """An evaluation that is committed and wrong; returns its path."""
    path = only_evaluation(registry)
    text = path.read_text().replace('"games": 24', '"games": 23')
    path.unlink()
    name = hashlib.sha256(text.encode()).hexdigest()[:16]
    registry.write(f"evals/{path.parent.name}/{name}.json", text)
    registry.commit("test: forge")
    return f"evals/{path.parent.name}/{name}.json"


def test_a_wrong_evaluation_is_found_after_it_was_away_from_the_disk(registry: Machine, match: Path) -> None:
    with_evaluation(registry, match)
    path = malformed(registry)
    (registry.folder / path).unlink()
    registry.pbm("check")
    registry.git("checkout", "--", path)
    assert "evals-add-up" in registry.pbm("check", status=1).out


def test_an_allowance_holds_in_checks_and_hooks_and_is_missed_when_it_goes(registry: Machine, match: Path) -> None:
    with_evaluation(registry, match)
    path = malformed(registry)
    findings = json.loads(registry.pbm("check", "--json", status=1).out)["findings"]
    pinned = [[f'{name} = "{one[name]}"' for name in ("rule", "path", "found")] for one in findings]
    tables = ["\n".join(["[[allow]]", *lines, 'reason = "it is old"', ""]) for lines in pinned]
    assert {one["path"] for one in findings} == {path}
    registry.write(".pbm.toml", "\n".join(tables))
    registry.commit("chore: allow it")
    for _ in range(2):
        registry.pbm("check")
        assert registry.run("git-pbm-hook", "pbm-verify").status == 0
    registry.write("README.md", "other words\n")
    registry.git("add", "-A")
    assert registry.run("git-pbm-hook", "pbm-verify").status == 0
    registry.pbm("check")
    (registry.folder / ".pbm.toml").unlink()
    registry.commit("chore: forget it")
    assert "evals-add-up" in registry.pbm("check", status=1).out


def test_another_scoring_of_an_arena_judges_all_again(registry: Machine) -> None:
    seats = "abcdefg"
    registry.write(".pbm.toml", '[arena.x]\nseats = 7\nscoring = "sum-of-squares"\n')
    registry.commit("chore: an arena")
    games = outside(registry, "games.csv", "seat,score\n" + "".join(f"{seat},0.9\n" for seat in seats))
    added(registry, "--from", games, against="bot@1")
    registry.pbm("check")
    registry.write(".pbm.toml", '[arena.x]\nseats = 7\nscoring = "draw-size"\n')
    assert "evals-add-up" in registry.pbm("check", status=1).out
    registry.git("add", "-A")
    assert "evals-add-up" in registry.pbm("check", "--staged", status=1).out


def test_a_clone_without_the_evaluations_is_unverified_and_gets_them(registry: Machine, match: Path) -> None:
    with_evaluation(registry, match)
    registry.git("config", "uploadpack.allowFilter", "true")
    registry.git("config", "uploadpack.allowAnySHA1InWant", "true")
    clone = registry.at(registry.folder.parent / "partial")
    registry.git("clone", "-q", "--bare", "--filter=blob:none", f"file://{registry.folder}", clone.folder)
    done = clone.pbm("check", "--rev", "HEAD", status=3, GIT_NO_LAZY_FETCH="1")
    assert "evals/" in done.out + done.err
    clone.pbm("eval", "list", status=3)
    clone.pbm("check", "--rev", "HEAD", "--fetch")
    assert "supervised-v1" in clone.pbm("eval", "list").out


def test_a_check_judges_what_is_new_and_nothing_twice(registry: Machine, match: Path) -> None:
    with_evaluation(registry, match)
    registry.pbm("check")
    trace = registry.folder.parent / "trace"
    registry.pbm("check", GIT_TRACE2_EVENT=str(trace))
    assert "cat-file" not in trace.read_text()
    more = outside(registry, "more.csv", csv_of(rows(pairs(3, 5))))
    added(registry, "--from", more, against="bot@1")
    registry.pbm("check", "--staged")
    assert registry.pbm("check").err.endswith(": ok\n")


def checked(registry: Machine, name: str, *words: str | Path, status: int = 0) -> dict[str, Any]:
    """What ``eval check`` says of an evaluation; nothing may change."""
    before = state_of(registry)
    found: dict[str, Any] = json.loads(registry.pbm("eval", "check", name, *words, "--json", status=status).out)
    assert state_of(registry) == before
    assert found["same"] == (not found["differences"]) == (status == 0)
    return found


def test_the_files_of_an_evaluation_give_it_again_byte_for_byte(registry: Machine, match: Path) -> None:
    log = outside(registry, "engine.log", "ready\n")
    name = added(registry, "--from", match, "--log", log, "--notes", "at night")["eval"]["id"]
    assert checked(registry, name, "--from", match, "--log", log)["eval"] == name
    renamed = outside(registry, "renamed.pgn", match.read_bytes() + b"\n" + pgn(GAMES[:4]))  # it grew since
    checked(registry, name, "--from", renamed, "--log", log)
    assert "the same to the last byte" in registry.pbm("eval", "check", name, "--from", match, "--log", log).out
    assert list(checked(registry, name, "--from", match, status=1)["differences"]) == ["logs"]
    other = outside(registry, "other.pgn", pgn(pairs(12, 4)))
    found = checked(registry, name, "--from", other, "--log", log, status=1)["differences"]
    assert {"outcomes", "logs"} <= set(found)
    said = registry.pbm("eval", "check", name, "--from", other, "--log", log, status=1).out
    assert "  outcomes: recorded {" in said
    assert "git pbm eval list" in refusal(registry, "eval", "check", "0123", "--from", match)
    assert "no game between" in refusal(registry, "eval", "check", name, "--from", outside(registry, "x", '[A "b"]\n'))


def test_each_part_of_a_file_that_grew_is_found_again(registry: Machine) -> None:
    growing = outside(registry, "match.pgn", "")
    names = []
    for end in (8, 16, 24):
        growing.write_bytes(pgn(GAMES[:end]) + b"\n")
        names.append(added(registry, "--from", growing)["eval"]["id"])
    for name in names:
        checked(registry, name, "--from", growing)


def test_a_sum_that_may_have_known_games_in_it_is_refused(registry: Machine) -> None:
    state = outside(registry, "config.json", fastchess_json(GAMES[:12]))
    name = added(registry, "--from", state)["eval"]["id"]
    checked(registry, name, "--from", state)
    state.write_bytes(fastchess_json(GAMES))
    words = ("eval", "add", "rl-r1-i1", "--against", "supervised-v1", "--from", state, "--ended", "2026-02-19")
    said = refusal(registry, *words, status=4)
    assert f"these 24 games may have the 12 of {name} in them -> retract that one first" in said
    mirrored = ("eval", "add", "supervised-v1", "--against", "rl-r1-i1", "--from", state, "--ended", "2026-02-19")
    refusal(registry, *mirrored, status=4)
    registry.pbm("eval", "retract", name, "--why", "it goes on", "--date", "2026-02-19")
    registry.pbm(*words)


def test_the_seat_of_the_model_is_said_once_or_for_each_file(registry: Machine) -> None:
    registry.write(".pbm.toml", '[arena.three]\nseats = 3\nscoring = "draw-size"\n')
    registry.commit("chore: an arena")
    held = {"north": 0, "east": 3, "west": 3}
    for seat in held:
        game = {"Winner": "", "SCCounts": held, "GameID": seat}
        outside(registry, f"{seat}.json", json.dumps({"total": 1, "errors": 0, "results": [game]}))
    folder = registry.folder.parent
    files = [word for seat in held for word in ("--from", folder / f"{seat}.json", "--seat", seat)]
    found = added(registry, *files, against="bot@1")["eval"]
    assert (found["document"]["unit"], found["document"]["scores"]) == (3, [[333333, 1]])
    checked(registry, found["id"], *files)
    said = refusal(registry, "eval", "add", "rl-r1-i1", "--against", "bot@2", *files, "--seat", "up")
    assert "--seat is there 4 times, and --from 3 times -> give one --seat for all files" in said
    alone = added(registry, "--from", folder / "east.json", "--seat", "east", against="bot@3")["eval"]
    checked(registry, alone["id"], "--from", folder / "east.json")
