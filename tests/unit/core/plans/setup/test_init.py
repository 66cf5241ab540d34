"""The plan of a new models repository, in memory: exact bytes, and what is there stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from git_pbm.core.names import Role
from git_pbm.core.plans.check import overlay
from git_pbm.core.plans.plan import Edit, Restage, WriteText
from git_pbm.core.plans.setup.adopt import Adoption
from git_pbm.core.plans.setup.init import CANDIDATES, Wanted, plan_init
from git_pbm.core.plans.setup.moved_in import MovedIn, Network
from git_pbm.core.plans.setup.templates import AGENTS_BLOCK, Release, hooks_config, workflow
from git_pbm.core.registry.facts import gather
from git_pbm.core.registry.readme_block import MARKER_BEGIN, MARKER_END, block_of
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import MemorySnapshot
from tests.support.networks import policy_bytes
from tests.support.registries import Tree, good_tree

TREE = good_tree()
RELEASE = Release("1.2.0", "https://example.org/git-pbm")
ADOPTION = Adoption({}, (), "2026-03-01", {})
README_LINE = "README.md merge=pbm\n"
JSON_LINES = f"registry.json text eol=lf merge=pbm\n{README_LINE}models/*/metadata.json text eol=lf merge=pbm\n"
BY_GIT = "*.onnx -text -diff -merge -delta\n"
BY_LFS = "*.onnx filter=lfs diff=lfs merge=lfs -text\n"
EMPTY_REGISTRY = b'{\n  "current": null,\n  "models": {}\n}\n'
EMPTY_README = (
    "# Models\n\n"
    "Kept with [git pbm](https://pypi.org/project/git-pbm/): `git pbm add POLICY VALUE --tag TAG` registers a model,\n"
    "`git pbm list` shows what there is.\n\n"
    f"{MARKER_BEGIN}\nNo model is current yet.\n{MARKER_END}\n"
)
BLOCK = block_of(Registry(TREE.snapshot()))
FILLED = f"# Ours\n\n{BLOCK}\n"
COMPLETE = {
    ".gitattributes": BY_GIT + JSON_LINES,
    ".pre-commit-config.yaml": hooks_config(RELEASE),
    ".github/workflows/models.yml": workflow(RELEASE),
    "AGENTS.md": AGENTS_BLOCK,
    "CLAUDE.md": "@AGENTS.md\n",
    "README.md": FILLED,
}
DONE = Wanted(COMPLETE, hooks=RELEASE)


def planned(wanted: Wanted, tree: Tree = TREE) -> dict[str, Edit]:
    """The edits by path, each path written once."""
    plan = plan_init(Registry(tree.snapshot()), wanted)
    assert plan is not None
    assert len(set(plan.paths)) == len(plan.edits)
    return {edit.path: edit for edit in plan.edits}


def lacking(path: str, wanted: Wanted = DONE) -> Wanted:
    """All there but one file."""
    return replace(wanted, present={name: text for name, text in wanted.present.items() if name != path})


def having(path: str, text: str, wanted: Wanted = DONE) -> Wanted:
    return replace(wanted, present={**wanted.present, path: text})


def written(wanted: Wanted, path: str) -> bytes | None:
    """What one file becomes; None where the plan leaves it, and everything else, alone."""
    plan = plan_init(Registry(TREE.snapshot()), wanted)
    if plan is None:
        return None
    (edit,) = plan.edits
    assert isinstance(edit, WriteText)
    assert edit.path == path
    return edit.content


def test_a_new_repository_gets_every_file_with_these_bytes() -> None:
    plan = plan_init(Registry(MemorySnapshot()), Wanted({}, hooks=RELEASE))
    assert plan is not None
    assert plan.edits == (
        WriteText(".gitattributes", (BY_GIT + JSON_LINES).encode()),
        WriteText(".pre-commit-config.yaml", hooks_config(RELEASE).encode()),
        WriteText(".github/workflows/models.yml", workflow(RELEASE).encode()),
        WriteText("AGENTS.md", AGENTS_BLOCK.encode()),
        WriteText("CLAUDE.md", b"@AGENTS.md\n"),
        WriteText("registry.json", EMPTY_REGISTRY),
        WriteText("README.md", EMPTY_README.encode()),
    )
    assert plan.message.text() == "chore: set up git pbm\n"
    assert {*plan.paths} == {*CANDIDATES, "registry.json"}


def test_where_nothing_is_missing_there_is_nothing_to_do() -> None:
    assert plan_init(Registry(TREE.snapshot()), DONE) is None


def test_without_hooks_neither_configuration_nor_workflow_is_written() -> None:
    assert set(planned(Wanted({}), Tree({}))) == {
        ".gitattributes",
        "AGENTS.md",
        "CLAUDE.md",
        "registry.json",
        "README.md",
    }


def test_what_is_not_committed_is_left_alone() -> None:
    untouchable = frozenset(CANDIDATES) - {".gitattributes"}
    assert plan_init(Registry(TREE.snapshot()), replace(DONE, untouchable=untouchable)) is None
    only = replace(Wanted({".gitattributes": BY_GIT + JSON_LINES}, hooks=RELEASE), untouchable=untouchable)
    assert plan_init(Registry(TREE.snapshot()), only) is None


@pytest.mark.parametrize("path", [".pre-commit-config.yaml", ".github/workflows/models.yml"])
def test_a_missing_file_of_the_hooks_is_written_and_one_that_is_there_stays(path: str) -> None:
    assert written(lacking(path), path) == COMPLETE[path].encode()
    assert written(having(path, "# mine\n"), path) is None


# -- .gitattributes


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("", DONE, BY_GIT + JSON_LINES),
        ("*.png binary", DONE, "*.png binary\n" + BY_GIT + JSON_LINES),
        ("*.png binary\r\n", DONE, ("*.png binary\n" + BY_GIT + JSON_LINES).replace("\n", "\r\n")),
        (JSON_LINES, DONE, JSON_LINES + BY_GIT),
        (BY_LFS + README_LINE, replace(DONE, in_lfs=True), BY_LFS + README_LINE + JSON_LINES.replace(README_LINE, "")),
        ("# \udcff\n" + BY_GIT + JSON_LINES, DONE, None),
        ("# \udcff\n" + JSON_LINES, DONE, "# \udcff\n" + JSON_LINES + BY_GIT),
    ],
    ids=["none", "no line end", "CRLF", "one line", "already in LFS", "complete", "not UTF-8"],
)
def test_lines_that_are_missing_are_added_at_the_end(text: str, wanted: Wanted, expected: str | None) -> None:
    content = written(having(".gitattributes", text, wanted), ".gitattributes")
    assert content == (None if expected is None else expected.encode("utf-8", "surrogateescape"))


# -- blocks for coding agents


OLDER_BLOCK = "<!-- git-pbm:agents -->\n## Models: an older text\n<!-- /git-pbm:agents -->"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_older_block_is_renewed_and_the_text_around_it_stays(end: str) -> None:
    older = f"# Ours\n{OLDER_BLOCK}\nmore\n".replace("\n", end)
    ours = f"# Ours\n{AGENTS_BLOCK}more\n".replace("\n", end).encode()
    assert written(having("AGENTS.md", older), "AGENTS.md") == ours
    assert plan_init(Registry(TREE.snapshot()), having("AGENTS.md", ours.decode())) is None


@pytest.mark.parametrize("text", [OLDER_BLOCK, "<!-- git-pbm:agents -->\nwithout an end\n"])
def test_an_older_block_that_is_not_committed_or_not_whole_stays(text: str) -> None:
    wanted = replace(having("AGENTS.md", text), untouchable=frozenset({"AGENTS.md"} if text == OLDER_BLOCK else ()))
    assert plan_init(Registry(TREE.snapshot()), wanted) is None


def test_a_workflow_of_another_release_is_renewed_and_one_that_somebody_changed_stays() -> None:
    path = ".github/workflows/models.yml"
    older = workflow(Release("1.0.0", RELEASE.repository))
    assert written(having(path, older), path) == workflow(RELEASE).encode()
    for changed in (older.replace("3.12", "3.13"), older.replace("pre-commit run", "pre-commit run -v"), ""):
        assert plan_init(Registry(TREE.snapshot()), having(path, changed)) is None


@pytest.mark.parametrize("path", ["AGENTS.md", "CLAUDE.md"])
@pytest.mark.parametrize(("text", "before"), [("# Ours\n\n\n", "# Ours\n\n"), ("", "")])
def test_a_file_for_coding_agents_that_is_there_gets_the_block_at_its_end(path: str, text: str, before: str) -> None:
    other = {"AGENTS.md": "CLAUDE.md", "CLAUDE.md": "AGENTS.md"}[path]
    assert written(having(path, text, lacking(other)), path) == (before + AGENTS_BLOCK).encode()


def test_a_file_that_reads_the_other_needs_no_block_of_its_own() -> None:
    both = having("CLAUDE.md", "see @AGENTS.md\n", having("AGENTS.md", "# Ours\n"))
    assert written(both, "AGENTS.md") == f"# Ours\n\n{AGENTS_BLOCK}".encode()
    assert written(having("CLAUDE.md", "# Ours\n"), "CLAUDE.md") == f"# Ours\n\n{AGENTS_BLOCK}".encode()


def test_a_file_for_coding_agents_that_is_untouchable_stops_new_ones() -> None:
    neither = lacking("AGENTS.md", lacking("CLAUDE.md"))
    assert written(replace(neither, untouchable=frozenset(("AGENTS.md",))), "") is None


# -- README.md


def test_a_readme_without_a_block_gets_one_at_its_end() -> None:
    expected = f"# Ours \udcff\n\n## Models\n\n{BLOCK}\n".encode("utf-8", "surrogateescape")
    assert written(having("README.md", "# Ours \udcff\n\n"), "README.md") == expected
    assert written(having("README.md", ""), "README.md") == f"## Models\n\n{BLOCK}\n".encode()


def test_a_missing_readme_is_written_with_the_block_filled() -> None:
    content = written(lacking("README.md"), "README.md")
    assert content == EMPTY_README.replace(f"{MARKER_BEGIN}\nNo model is current yet.\n{MARKER_END}", BLOCK).encode()


@pytest.mark.parametrize("marker", [MARKER_BEGIN, MARKER_END])
def test_somebodys_unfinished_block_is_left_alone(marker: str) -> None:
    assert written(having("README.md", f"# Ours\n{marker}\n"), "README.md") is None


def test_a_block_that_is_out_of_date_is_filled_by_an_adoption_alone() -> None:
    stale = having("README.md", f"# Ours\n\n{MARKER_BEGIN}\n{MARKER_END}\n")
    assert written(stale, "README.md") is None
    assert written(replace(stale, adoption=ADOPTION), "README.md") == FILLED.encode()
    assert written(replace(DONE, adoption=ADOPTION), "README.md") is None


# -- Git LFS


def test_networks_move_to_lfs_with_the_attributes_in_one_commit() -> None:
    wanted = having(".gitattributes", JSON_LINES, replace(DONE, lfs=True))
    networks = [path for path in TREE.files if path.endswith(".onnx")]
    edits = planned(wanted)
    assert edits.pop(".gitattributes") == WriteText(".gitattributes", (JSON_LINES + BY_LFS).encode())
    assert edits == {path: Restage(path, gather(Role.NETWORK, [TREE.files[path]])) for path in networks}


def test_what_is_in_lfs_or_not_here_is_not_staged_anew() -> None:
    first, second = (f"models/{model_id}/policy_v2.onnx" for model_id in TREE.ids[:2])
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'ab' * 32}\nsize 100\n".encode()
    tree = TREE.with_file(first, pointer).with_file(second, None)
    odd = tree.with_link(f"models/{TREE.ids[2]}/value_v2.onnx", "elsewhere")
    snapshot = odd.snapshot(missing=frozenset((second,)))
    plan = plan_init(Registry(snapshot), having(".gitattributes", BY_LFS + JSON_LINES, replace(DONE, lfs=True)))
    assert plan is not None
    assert set(plan.paths) == {path for path in odd.files if path.endswith(".onnx")} - {first}


# -- adoption


def test_an_adoption_writes_down_what_it_did_and_what_it_accepts() -> None:
    path = f"models/{TREE.ids[2]}/metadata.json"
    tree = TREE.edit(path, lambda metadata: metadata.update(params="?"))
    flawed = tree.with_file(f"models/{TREE.ids[0]}/notes.txt", b"mine")
    plan = plan_init(Registry(flawed.snapshot()), replace(DONE, adoption=ADOPTION))
    assert plan is not None
    assert plan.paths == (".pbm.toml", path)
    assert plan.edits[1] == WriteText(path, TREE.files[path])
    subject, empty, *lines = plan.message.text().splitlines()
    assert (subject, empty) == ("chore: set up git pbm", "")
    assert lines[0] == f"- supervised-v2 ({TREE.ids[2]}): params 2.0K from the policy's graph"
    assert lines[1].startswith(f"- accepted: models/{TREE.ids[0]}")
    assert plan.warnings == ()


def test_an_adoption_without_a_current_model_warns() -> None:
    tree = TREE.with_link("current", None).edit("registry.json", lambda registry: registry.update(current=None))
    plan = plan_init(Registry(tree.snapshot()), replace(lacking("AGENTS.md"), adoption=ADOPTION))
    assert plan is not None
    assert plan.warnings == ("no model is current: git pbm promote MODEL",)


def test_networks_that_an_adoption_brings_are_stored_as_the_new_attributes_say() -> None:
    policy = gather(Role.NETWORK, [policy_bytes(2000, 4)])
    folder = MovedIn("best", "supervised-v9", 2, Network(policy, "", "0"), None, {}, "2026-02-20", ("best/p.onnx",))
    wanted = Wanted({}, lfs=True, adoption=replace(ADOPTION, moved=(folder,)))
    plan = plan_init(Registry(MemorySnapshot()), wanted)
    assert plan is not None
    path = f"models/{policy.sha256[:8]}/policy_v2.onnx"
    assert plan.paths == (
        ".gitattributes",
        "AGENTS.md",
        "CLAUDE.md",
        path,
        f"models/{policy.sha256[:8]}/metadata.json",
        "registry.json",
        "README.md",
        "best/p.onnx",
    )
    facts = overlay(MemorySnapshot(), plan.edits).facts(path)
    assert (facts.sha256, facts.is_pointer) == (policy.sha256, True)  # type: ignore[union-attr]
