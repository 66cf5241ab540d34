"""The generated block of a README: what it shows, what it escapes, and that it touches nothing else."""

from __future__ import annotations

import html
import json
import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_pbm.core.documents.metadata import Metadata
from git_pbm.core.registry.readme_block import (
    GRAPH_LIMIT,
    MARKER_BEGIN,
    MARKER_END,
    block_of,
    graph_of,
    has_block,
    known_rows,
    replace_block,
)
from git_pbm.core.registry.registry import Registry
from git_pbm.core.registry.snapshot import MemorySnapshot
from tests.support.registries import good_tree

A, B, C = "0000000a", "0000000b", "0000000c"


def metadata(tag: str = "supervised-v1", **fields: str | None) -> Metadata:
    words: dict[str, str] = {name: value for name, value in fields.items() if value is not None}
    return replace(Metadata("f" * 64, "2026-02-01", "supervised", tag, "15.36M"), **words)  # type: ignore[arg-type]


def registry_of(models: dict[str, Metadata], current: str | None = None, **more: bytes) -> Registry:
    files = {f"models/{name}/metadata.json": model.text().encode() for name, model in models.items()}
    files["registry.json"] = json.dumps({"current": current, "models": {}}).encode()
    return Registry(MemorySnapshot({**files, **more}))


def rows_of(block: str) -> list[str]:
    return [line for line in block.split("\n") if line.startswith("| ")][2:]


def nodes_of(block: str) -> list[str]:
    graph = block.partition("graph LR\n")[2].partition("\n```")[0]
    return [line.strip() for line in graph.split("\n") if line]


def test_a_block_shows_the_current_model_a_table_and_a_graph() -> None:
    models = {
        B: metadata("rl-r1-i1", training="rl_selfplay", created="2026-02-03", parent=A),
        A: metadata(),
    }
    assert block_of(registry_of(models, B)) == (
        f"{MARKER_BEGIN}\n"
        f"Current model: **rl-r1-i1** (`{B}`)\n"
        "\n"
        "| tag | id | training | created | params | parent |\n"
        "| --- | --- | --- | --- | --- | --- |\n"
        f"| supervised-v1 | `{A}` | supervised | 2026-02-01 | 15.36M | - |\n"
        f"| rl-r1-i1 | `{B}` | rl_selfplay | 2026-02-03 | 15.36M | `{A}` |\n"
        "\n"
        "```mermaid\n"
        "graph LR\n"
        f'  m{A}["supervised-v1"]\n'
        f'  m{A} --> m{B}["rl-r1-i1"]\n'
        "```\n"
        f"{MARKER_END}"
    )


def test_an_empty_registry_says_so() -> None:
    assert block_of(registry_of({})) == f"{MARKER_BEGIN}\nNo model is current yet.\n{MARKER_END}"


def test_adding_a_model_only_adds_lines() -> None:
    before = block_of(registry_of({A: metadata("a-1"), C: metadata("c-1")}, A)).split("\n")
    after = block_of(registry_of({A: metadata("a-1"), B: metadata("b-1", parent=A), C: metadata("c-1")}, A)).split("\n")
    new = [line for line in after if line not in before]
    assert new == [f"| b-1 | `{B}` | supervised | 2026-02-01 | 15.36M | `{A}` |", f'  m{A} --> m{B}["b-1"]']
    assert [line for line in after if line not in new] == before


def test_broken_models_are_shown_by_their_ids() -> None:
    broken = {
        f"models/{B}/metadata.json": b"not JSON",
        f"models/{C}/policy_v2.onnx": b"",
        "models/mine/metadata.json": b"{}",
        "models/not|an`id/metadata.json": b"{}",
    }
    block = block_of(registry_of({A: metadata("two words", parent=C)}, "0000000d", **broken))
    assert block.split("\n")[1] == "Current model: `0000000d`"
    assert rows_of(block) == [
        f"| {A} | `{A}` | supervised | 2026-02-01 | 15.36M | `{C}` |",
        f"| {B} | `{B}` | - | - | - | - |",
        f"| {C} | `{C}` | - | - | - | - |",
        "| mine | mine | - | - | - | - |",
        "| not&#124;an&#96;id | not&#124;an&#96;id | - | - | - | - |",
    ]
    assert nodes_of(block) == [f'm{C} --> m{A}["{A}"]', f'm{B}["{B}"]', f'm{C}["{C}"]']


def test_the_link_stands_in_for_an_unreadable_registry() -> None:
    tree = good_tree()
    readable = block_of(Registry(tree.snapshot()))
    assert block_of(Registry(tree.with_file("registry.json", b"{").snapshot())) == readable
    assert f"(`{tree.ids[1]}`)" in readable


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("rl_selfplay", "rl_selfplay"),
        ("_a_b_", "&#95;a_b&#95;"),
        ("a|b", "a&#124;b"),
        ("<b>", "&#60;b&#62;"),
        ("&#60;b&#62;", "&#38;&#35;60&#59;b&#38;&#35;62&#59;"),
        ("[x](y)", "&#91;x&#93;(y)"),
        ("a\nb\u202e\x1b", "a?b??"),
        ("", "-"),
        (" ", "-"),
        ("x" * 81, "x" * 80 + "..."),
    ],
)
def test_free_text_is_escaped(text: str, cell: str) -> None:
    row = rows_of(block_of(registry_of({A: metadata(training=text)})))[0]
    assert row == f"| supervised-v1 | `{A}` | {cell} | 2026-02-01 | 15.36M | - |"


@given(
    st.text(max_size=60), st.text(max_size=60), st.text(max_size=60), st.sampled_from([MARKER_BEGIN, MARKER_END, ""])
)
def test_no_metadata_breaks_out_of_its_cell(tag: str, training: str, parent: str, marker: str) -> None:
    block = block_of(registry_of({A: metadata(tag, training=training + marker, parent=parent)}, A))
    assert has_block(block)
    assert replace_block(block, "x") == "x"
    (row,) = rows_of(block)
    assert row.count("|") == 7
    assert not re.search(r"[<>\\*\[\]]", row)
    shown = html.unescape(row.split(" | ")[2])
    assert shown == ("".join(c if c.isprintable() else "?" for c in training + marker).strip() or "-")
    assert len(nodes_of(block)) == 1


@pytest.mark.parametrize("current", [250, 5])
def test_a_large_graph_shows_ancestors_and_the_newest(current: int) -> None:
    count = 10_000
    models = {
        f"{n:08x}": metadata(f"run-{n}", created=f"{2000 + n // 300}-{n % 300 // 28 + 1:02}-{n % 28 + 1:02}")
        for n in range(count)
    }
    for n in range(1, current + 1):
        models[f"{n:08x}"] = replace(models[f"{n:08x}"], parent=f"{n - 1:08x}")
    block = block_of(registry_of(models, f"{current:08x}"))
    nodes = nodes_of(block)
    assert len(rows_of(block)) == count
    assert len(nodes) == GRAPH_LIMIT
    assert f'  m{current - 1:08x} --> m{current:08x}["run-{current}"]' in block
    assert f'  m{count - 1:08x}["run-{count - 1}"]' in block
    assert sum("-->" in node for node in nodes) == min(current, 150)
    assert "The graph shows ancestors of the current model and the newest models." in block


def test_a_graph_of_two_hundred_is_whole() -> None:
    block = block_of(registry_of({f"{n:08x}": metadata(f"run-{n}") for n in range(GRAPH_LIMIT)}))
    assert len(nodes_of(block)) == GRAPH_LIMIT
    assert "The graph shows" not in block


@pytest.mark.parametrize(
    "readme",
    [
        "",
        "# Models\n",
        MARKER_BEGIN,
        f"{MARKER_END}\n{MARKER_BEGIN}\n",
        f"{MARKER_BEGIN}\n{MARKER_BEGIN}\n{MARKER_END}\n",
        f"{MARKER_BEGIN}\n{MARKER_END}\n{MARKER_END}\n",
        f"{MARKER_BEGIN}\n{MARKER_END}\n{MARKER_BEGIN}\n{MARKER_END}\n",
    ],
)
def test_a_readme_without_sound_markers_is_left_alone(readme: str) -> None:
    assert not has_block(readme)
    assert replace_block(readme, block_of(registry_of({}))) is None


BLOCK = block_of(Registry(good_tree().snapshot()))
outside = st.text(alphabet=st.characters(codec=None, blacklist_characters="<"), max_size=40) | st.sampled_from(
    ["# Models\n\n", "# Models\r\n\r\n", "\r\n", "\n", "a\r", "<!-- git-pbm -->\n"]
)


@given(outside, outside, outside)
def test_replacing_is_idempotent_and_touches_nothing_outside(before: str, inside: str, after: str) -> None:
    readme = f"{before}{MARKER_BEGIN}{inside}{MARKER_END}{after}"
    once = replace_block(readme, BLOCK)
    assert once is not None
    assert once.startswith(before + MARKER_BEGIN)
    assert once.endswith(MARKER_END + after)
    assert once[len(before) : len(once) - len(after)].replace("\r\n", "\n") == BLOCK
    assert replace_block(once, BLOCK) == once


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_line_ends_are_kept(line_end: str) -> None:
    readme = f"# Models\n\n{MARKER_BEGIN}\n{MARKER_END}\n\nMine.\n".replace("\n", line_end)
    replaced = replace_block(readme, BLOCK)
    assert replaced == f"# Models\n\n{BLOCK}\n\nMine.\n".replace("\n", line_end)


def test_a_block_at_the_very_end_takes_the_line_end_of_the_text_before() -> None:
    replaced = replace_block(f"# Models\r\n{MARKER_BEGIN}{MARKER_END}", BLOCK)
    assert replaced == f"# Models\n{BLOCK}".replace("\n", "\r\n")


def test_a_stray_line_end_elsewhere_does_not_turn_the_block() -> None:
    readme = f"# Mine\r\n\n{BLOCK}\n"
    assert replace_block(readme, BLOCK) == readme


def test_a_graph_can_be_drawn_without_the_table() -> None:
    registry = registry_of({A: metadata(), B: metadata("rl-r1-i1", parent=A), "mine": metadata()}, B)
    assert graph_of(registry) == [
        "graph LR",
        f'  m{A}["supervised-v1"]',
        f'  m{A} --> m{B}["rl-r1-i1"]',
    ]


@pytest.mark.parametrize("current", [None, "ffffffff"])
def test_a_large_graph_without_a_current_model_shows_the_newest(current: str | None) -> None:
    models = {f"{n:08x}": metadata(f"run-{n}", created=f"2026-01-{n % 28 + 1:02}") for n in range(GRAPH_LIMIT + 28)}
    nodes = nodes_of(block_of(registry_of(models, current)))
    assert len(nodes) == GRAPH_LIMIT
    assert not any(f'm{n:08x}["' in node for node in nodes for n in (0, 28, 56))


def test_ancestors_may_fill_a_large_graph_with_names_that_are_no_ids() -> None:
    models = {f"{n:08x}": metadata(f"run-{n}") for n in range(GRAPH_LIMIT + 1)}
    models["mine"] = metadata(parent=f"{5:08x}")
    models[f"{GRAPH_LIMIT:08x}"] = metadata("newest", parent="mine", created="2026-03-01")
    nodes = nodes_of(block_of(registry_of(models, f"{GRAPH_LIMIT:08x}")))
    assert len(nodes) == GRAPH_LIMIT
    assert f'm{GRAPH_LIMIT:08x}["newest"]' in nodes
    assert f'm{5:08x}["run-5"]' in nodes


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_rows_of_models_that_did_not_change_are_taken_from_a_readme_that_is_up_to_date(line_end: str) -> None:
    tree = good_tree()
    block = block_of(Registry(tree.snapshot()))
    before = Registry(tree.with_file("README.md", block.replace("\n", line_end).encode()).snapshot())
    path = f"models/{tree.ids[2]}/metadata.json"
    change = tree.edit(path, lambda document: document.update(created="2026-03-03"))
    after, same = Registry(change.snapshot()), tree.ids[:2]
    assert tuple(known_rows(before, same)) == tuple(same)
    assert block_of(after, known_rows(before, same)) == block_of(after) != block


def test_a_block_that_somebody_touched_gives_no_rows() -> None:
    tree = good_tree()
    block = block_of(Registry(tree.snapshot()))
    before = Registry(tree.with_file("README.md", block.replace("supervised-v1", "mine", 1).encode()).snapshot())
    assert known_rows(before, tree.ids) == {}
