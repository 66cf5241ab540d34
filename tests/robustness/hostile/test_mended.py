"""What hostile input once did to git pbm, each held by a test of its own."""

from __future__ import annotations

import os

import pytest

from git_pbm.cli.error_boundary import guarded
from git_pbm.core.documents.allowances import AllowanceProblem, parse
from git_pbm.report.terminal import print_data
from tests.robustness.hostile.case import LINE_TRICK
from tests.robustness.hostile.conftest import Quarry
from tests.robustness.hostile.place import FILE, TREE, Place
from tests.robustness.hostile.trial import flaws_of


@pytest.fixture
def place(quarry: Quarry) -> Place:
    return quarry.place()


def test_a_readme_beyond_the_limit_is_never_cut(place: Place) -> None:
    long = (place.folder / "README.md").read_bytes() + b"x" * (17 << 20)
    place.write("README.md", long)
    place.commit_all()
    outcome = place.runner.pbm(place.folder, "promote", place.ids[0])
    assert outcome.status == 0, outcome.text
    assert (place.folder / "README.md").read_bytes() == long


def test_an_author_with_control_characters_spoils_no_history(place: Place) -> None:
    place.git("config", "user.name", "a\x02b\x01c")
    assert place.runner.pbm(place.folder, "promote", place.ids[0], "-m", "one\x01two\x01\n\x01").status == 0
    outcome = place.runner.pbm(place.folder, "history")
    assert outcome.status == 0, outcome.text
    assert outcome.out.count(b"\n") == 3
    assert b"\\x01" in outcome.out


def test_a_commit_encoding_of_the_user_changes_nothing(place: Place) -> None:
    before = place.runner.pbm(place.folder, "history", "--json")
    place.git("config", "i18n.logOutputEncoding", "UTF-16")
    after = place.runner.pbm(place.folder, "history", "--json")
    assert (before.status, before.out) == (after.status, after.out)


def test_a_pipe_or_a_link_in_a_registry_is_no_file_to_identify(place: Place) -> None:
    os.mkfifo(place.folder / "models" / place.ids[0] / "pipe.onnx")
    place.link(f"models/{place.ids[0]}/secret.onnx", "/etc/passwd")
    outcome = place.runner.pbm(place.folder, "which", f"models/{place.ids[0]}")
    assert not outcome.hung
    assert b"secret.onnx" not in outcome.out
    assert b"policy_v2.onnx" in outcome.out


@pytest.mark.parametrize("current", [None, "", "../../etc", "ABCDEF01", 7])
def test_a_rollback_where_nothing_is_current_is_refused(place: Place, current: object) -> None:
    place.edit("registry.json", lambda document: document.update(current=current))
    assert place.commit_all()
    outcome = place.runner.pbm(place.folder, "rollback")
    assert not flaws_of(outcome)
    assert outcome.status == 4, outcome.text


def test_completion_follows_no_link(place: Place) -> None:
    elsewhere = place.beside / "elsewhere.json"
    elsewhere.write_text('{"models": {"00000000": {"tag": "stolen"}}}')
    place.link("registry.json", str(elsewhere))
    assert b"stolen" not in place.runner.pbm(place.folder, "complete", "promote", "s").out


@pytest.mark.parametrize(
    "text",
    ["x = " + "1" * 5000, "x = 2026-02-31", "x = " + "[" * 100_000, "a" + ".a" * 20_000 + " = 1", "#" * (2 << 20)],
)
def test_allowances_that_toml_cannot_hold_are_a_problem_and_no_bug(text: str) -> None:
    with pytest.raises(AllowanceProblem):
        parse(text)


def test_no_line_of_output_is_a_workflow_command(capsys: pytest.CaptureFixture[str]) -> None:
    print_data(f"  {LINE_TRICK}\n##[error]owned\nwords :: and ## stay")
    lines = capsys.readouterr().out.splitlines()
    assert lines == ["  \\u003a:error file=x,line=1::owned", "#\\u0023[error]owned", "words :: and ## stay"]


@pytest.mark.parametrize("name", [b"..", b".", b".git", b".GIT", b"git~1"])
def test_a_pushed_folder_that_no_index_takes_is_a_finding(place: Place, name: bytes) -> None:
    stray = place.raw_tree([(FILE, b"metadata.json", place.blob(b"{}"))])
    place.put((TREE, name, stray), below="models")
    for words in (("--rev", "HEAD"), ("--range", "HEAD~1..HEAD"), ("--rev", "HEAD", "--rehash")):
        outcome = place.runner.pbm(place.folder, "check", *words)
        assert outcome.status == 1, outcome.text
        assert f"models/{name.decode()}" in outcome.text


def test_attributes_beside_such_a_folder_are_still_judged(place: Place) -> None:
    stray = place.raw_tree([(FILE, b"metadata.json", place.blob(b"{}"))])
    attributes = place.blob(b"*.onnx text\n")
    place.put((FILE, b".gitattributes", attributes), below=f"models/{place.ids[0]}", in_order=True)
    place.put((TREE, b"..", stray), below="models", in_order=True)
    assert b"onnx-is-binary" in place.runner.pbm(place.folder, "check", "--rev", "HEAD").out
    assert b"onnx-is-binary" in place.runner.pbm(place.folder, "check", "--range", "HEAD~1..HEAD", "--rehash").out


@pytest.mark.parametrize("name", [b"..", b".git"])
def test_a_command_above_such_a_commit_leaves_the_folder_behind(place: Place, name: bytes) -> None:
    """No index takes it, so it is gone with the next commit, git's own or ours; everything else stays."""
    stray = place.raw_tree([(FILE, b"metadata.json", place.blob(b"{}"))])
    before = place.tree_of("models")
    place.put((TREE, name, stray), below="models", in_order=True)
    outcome = place.runner.pbm(place.folder, "promote", place.ids[0])
    assert outcome.status == 0, outcome.text
    assert place.tree_of("models") == before
    assert place.runner.pbm(place.folder, "repair", "--apply").status == 0  # the README showed it as a model
    assert place.runner.pbm(place.folder, "check").status == 0


def test_more_than_memory_holds_is_a_refusal(capsys: pytest.CaptureFixture[str]) -> None:
    def much() -> int:
        raise MemoryError

    assert guarded(much) == 4
    told = capsys.readouterr().err
    assert "out of memory; nothing was changed -> " in told
    assert "Traceback" not in told
