"""Trees known to be sound: any change that a rule could see is seen, what no rule looks at costs nothing."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from git_pbm.gitio.repository import Repository
from git_pbm.operations.checking.check import CheckOptions, check, check_for_hook
from git_pbm.snapshots import verdict_cache as sound
from git_pbm.snapshots.tree_source import TreeSource
from git_pbm.snapshots.verdict_cache import VerdictCache
from git_pbm.snapshots.verdict_file import LIMIT
from tests.support.machine import Machine
from tests.test_project import HOOK, imported_by

Change = Callable[[Machine], object]


def opened(place: Machine) -> Repository:
    return Repository.discover(str(place.folder))


def known(place: Machine) -> tuple[bool, bool]:
    """Whether the working tree and the staged tree are known to be sound, without looking at them."""
    found = [VerdictCache(opened(place)).models(at) for at in (TreeSource.worktree(), TreeSource.staged())]
    return found[0] is not None, found[1] is not None


def memory(place: Machine) -> Path:
    return place.folder / ".git/pbm/sound"


@pytest.fixture
def checked(registry: Machine) -> Machine:
    """A registry of which both trees were checked, and found sound."""
    registry.write("notes.txt", "one\n")
    registry.write("models/.DS_Store", "litter")
    registry.write(".git/info/exclude", ".DS_Store\n")
    registry.git("add", "notes.txt")
    check(opened(registry))
    check(opened(registry), CheckOptions(staged=True))
    assert known(registry) == (True, True)
    return registry


def file_of(place: Machine, name: str) -> Path:
    return sorted((place.folder / "models").glob(f"*/{name}"))[0]


def edited(path: str) -> Change:
    def change(place: Machine) -> None:
        target = place.folder / path if "*" not in path else file_of(place, path.rpartition("/")[2])
        target.write_bytes(target.read_bytes() + b"\n")

    return change


def staged(first: Change) -> Change:
    def change(place: Machine) -> None:
        first(place)
        place.git("add", "-A")

    return change


def removed(name: str) -> Change:
    return lambda place: file_of(place, name).unlink()


def relinked(place: Machine) -> None:
    (place.folder / "current").unlink()
    (place.folder / "current").symlink_to("models/nothing")


def replaced_by_a_link(place: Machine) -> None:
    (place.folder / "models").rename(place.folder / "elsewhere")
    (place.folder / "models").symlink_to("elsewhere")


def touched(name: str) -> Change:
    return lambda place: os.utime(file_of(place, name), (1, 1))


def made_a_folder(place: Machine) -> None:
    memory(place).unlink()
    memory(place).mkdir()


def written(path: str, content: str) -> Change:
    return lambda place: place.write(path, content)


def git(*argv: str) -> Change:
    return lambda place: place.git(*argv)


NEITHER, ONLY_STAGED, BOTH = (False, False), (False, True), (True, True)

CHANGES: dict[str, tuple[Change, tuple[bool, bool]]] = {
    "nothing": (lambda place: None, BOTH),
    "a network": (edited("*/policy_v2.onnx"), ONLY_STAGED),
    "a network, staged": (staged(edited("*/policy_v2.onnx")), NEITHER),
    "metadata": (edited("*/metadata.json"), ONLY_STAGED),
    "metadata, staged": (staged(edited("*/metadata.json")), NEITHER),
    "the registry": (edited("registry.json"), ONLY_STAGED),
    "the README": (edited("README.md"), ONLY_STAGED),
    "the README, staged": (staged(edited("README.md")), NEITHER),
    "allowances": (written(".pbm.toml", ""), ONLY_STAGED),
    "allowances, staged": (staged(written(".pbm.toml", "")), NEITHER),
    "attributes": (edited(".gitattributes"), ONLY_STAGED),
    "attributes, staged": (staged(edited(".gitattributes")), NEITHER),
    "attributes of a folder": (written("models/.gitattributes", "*.onnx text\n"), ONLY_STAGED),
    "attributes of the repository": (written(".git/info/attributes", "*.onnx text\n"), NEITHER),
    "attributes of the user": (written("../home/.config/git/attributes", "*.onnx text\n"), NEITHER),
    "attributes that the user configured": (git("config", "--global", "core.attributesFile", "~/a"), NEITHER),
    "an untracked file": (written("models/stray.txt", "?"), ONLY_STAGED),
    "an ignored network": (
        lambda place: (place.write(".git/info/exclude", "*.onnx\n"), place.write("models/x/policy_v2.onnx", "?")),
        ONLY_STAGED,
    ),
    "a deleted network": (removed("policy_v2.onnx"), ONLY_STAGED),
    "a touched network": (touched("policy_v2.onnx"), BOTH),
    "the current model": (relinked, ONLY_STAGED),
    "models replaced by a link": (replaced_by_a_link, ONLY_STAGED),
    "a network that is executable": (lambda place: file_of(place, "policy_v2.onnx").chmod(0o755), ONLY_STAGED),
    "a file that is not a model's": (edited("notes.txt"), BOTH),
    "a file that is not a model's, staged": (staged(edited("notes.txt")), BOTH),
    "a file that is not a model's, new and staged": (staged(written("src/train.py", "")), BOTH),
    "a commit": (git("commit", "-q", "-m", "notes"), BOTH),
    "litter": (written("models/.DS_Store", "other litter"), BOTH),
    "settings": (git("config", "core.fileMode", "false"), NEITHER),
    "the user's name": (git("config", "user.name", "Another"), BOTH),
    "the memory, one line of it damaged": (
        lambda place: memory(place).write_bytes(memory(place).read_bytes().replace(b" 2 ", b" 3 ")),
        NEITHER,
    ),
    "the memory, cut off": (lambda place: os.truncate(memory(place), 70), NEITHER),
    "the memory, deleted": (lambda place: memory(place).unlink(), NEITHER),
    "the memory, a folder": (made_a_folder, NEITHER),
    "the memory, garbage": (lambda place: memory(place).write_bytes(b"\xff \n\n" * 99), NEITHER),
}


@pytest.mark.parametrize("what", CHANGES)
def test_a_change_that_a_rule_could_see_is_looked_at(checked: Machine, what: str) -> None:
    change, expected = CHANGES[what]
    change(checked)
    assert known(checked) == expected


def test_the_content_of_the_attributes_file_that_the_user_configured_counts(checked: Machine) -> None:
    checked.git("config", "--global", "core.attributesFile", "~/a")
    checked.write("../home/a", "*.onnx text\n")
    assert known(checked) == NEITHER


def test_what_is_sound_is_answered_as_the_rules_answer(checked: Machine) -> None:
    for words in ((), ("--staged",), ("--rev", "HEAD"), ("--json",), ("--staged", "--json")):
        remembered = checked.pbm("check", *words)
        assert remembered == checked.pbm("check", "--rehash", *words)
        assert "2 models" in remembered.err or '"models": 2' in remembered.out


def test_a_tree_with_a_finding_is_not_remembered(checked: Machine) -> None:
    file_of(checked, "policy_v2.onnx").unlink()
    for _ in range(2):
        assert check(opened(checked)).verdict.findings
        assert not known(checked)[0]
    checked.git("checkout", "-q", ".")
    assert not check(opened(checked)).verdict.findings


def test_a_hook_of_one_rule_says_nothing_of_the_others(checked: Machine) -> None:
    memory(checked).unlink()
    verdict = check_for_hook(opened(checked), "pbm-no-symlinks", TreeSource.staged()).checked.verdict
    assert not verdict.findings
    assert known(checked) == NEITHER


def test_a_commit_is_known_by_its_tree(checked: Machine) -> None:
    def knows(revision: str) -> bool:
        return VerdictCache(opened(checked)).models(TreeSource("a commit", revision)) is not None

    assert not knows("HEAD")
    check(opened(checked), CheckOptions(revision="HEAD"))
    checked.git("commit", "-q", "--amend", "-m", "another message, and an equal tree", "--only")
    assert knows("HEAD")
    assert not knows("HEAD~1")


def test_another_version_of_the_rules_judges_anew(checked: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "__version__", "0.0.0-other")
    assert known(checked) == NEITHER


@pytest.mark.parametrize("setting", ["GIT_ATTR_SOURCE", "attr.tree"])
def test_attributes_of_another_tree_are_not_taken_for_granted(
    checked: Machine, monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    if setting.isupper():
        monkeypatch.setenv(setting, "HEAD")
    else:
        checked.git("config", setting, "HEAD")
    assert known(checked) == NEITHER


def test_a_change_during_the_check_is_not_remembered(checked: Machine) -> None:
    memory(checked).unlink()
    trees = VerdictCache(opened(checked))
    look = trees.look(TreeSource.staged())
    checked.write("README.md", "changed while the rules looked\n")
    checked.git("add", "README.md")
    trees.remember(TreeSource.staged(), look, b"", 2, whole=True)
    assert known(checked) == NEITHER


def test_a_repository_that_cannot_be_written_is_checked_all_the_same(checked: Machine) -> None:
    memory(checked).unlink()
    memory(checked).mkdir()  # as root, a read-only folder would refuse nothing
    assert not check(opened(checked)).verdict.findings
    assert known(checked) == NEITHER


def test_the_memory_is_bounded(checked: Machine) -> None:
    for number in range(LIMIT):
        VerdictCache(opened(checked))._file.add([b"%064x" % number], 2)
    assert len(memory(checked).read_bytes().splitlines()) <= LIMIT
    assert VerdictCache(opened(checked))._known[b"%064x" % (LIMIT - 1)] == 2


def test_several_at_once_remember_each(checked: Machine) -> None:
    memory(checked).unlink()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: VerdictCache(opened(checked))._file.add([b"%064x" % number], number), range(64)))
    assert len(VerdictCache(opened(checked))._known) == 64


def test_a_check_of_what_is_known_starts_few_processes_and_reads_no_rule(checked: Machine, tmp_path: Path) -> None:
    for words, processes in ((("check",), 6), (("check", "--staged"), 3)):  # one is `git version`
        trace = tmp_path / f"trace {words[-1]}"
        checked.pbm(*words, GIT_TRACE2_EVENT=str(trace))
        assert trace.read_text().count('"event":"start"') - 1 <= processes  # `git pbm` itself is one
        assert not {"git_pbm.core.rules", "jsonschema", "git", "json"} & imported_by(*words, cwd=checked.folder)
    hook = imported_by("pbm-verify", cwd=checked.folder, run=HOOK)
    assert not {"git_pbm.core.rules", "jsonschema", "git", "argparse"} & hook
