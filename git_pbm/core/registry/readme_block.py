"""The block of a README that git pbm keeps: a line, a table and a graph; the rest of the file is never touched."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from git_pbm.core.names import is_id, tag_problem
from git_pbm.core.registry.lineage import Lineage
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.registry import Registry

MARKER_BEGIN = "<!-- git-pbm:models -->"
MARKER_END = "<!-- /git-pbm:models -->"

GRAPH_LIMIT = 200
"""Models that the graph shows. Mermaid draws no graph of more than 500 edges (its option ``maxEdges``)."""
ANCESTORS_LIMIT = 150
"""How many of them may be ancestors of the current model, so that the newest ones have a place in a long lineage."""

_HEAD = "| tag | id | training | created | params | parent |"
_GRAPH_HEAD = "graph LR"
_CURRENT = re.compile(r"Current model: (?:\*\*[a-z0-9._-]+\*\* \()?`([0-9a-f]{8})`\)?")
_CELL_LIMIT = 80
_NOTHING = "-"
_PUNCTUATION = re.compile(r"(?![ %()+,.?-])[ -/:-@\[-`{-~]")
_WORD_UNDERSCORE = re.compile(r"(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])")


@dataclass(frozen=True, slots=True)
class Row:
    """What the block shows of one model: its line in the table, and what the graph needs to know."""

    line: str
    tag: str | None
    parent: str | None
    created: str


@dataclass(frozen=True, slots=True)
class Listing:
    """What the block says: which model is current, and the models by directory name, sorted."""

    current: str | None
    rows: Mapping[str, Row]


Line = tuple[tuple[int, str], str]
"""A line of the block, and its place there: the part that it belongs to, and the model in it."""


def block_of(registry: Registry, known: Mapping[str, Row] | None = None) -> str:
    """The generated text, from marker to marker; one model a line, sorted by id, so that two additions merge.

    Of models whose rows are ``known`` no metadata is read.
    """
    return text_of_lines(lines_of(listing_of(registry, known)))


def listing_of(registry: Registry, known: Mapping[str, Row] | None = None) -> Listing:
    """What the block of a registry says."""
    rows = {name: (known or {}).get(name) or _row(model) for name, model in registry.models.items()}
    return Listing(registry.current_id, rows)


def known_rows(clean: Registry, names: Collection[str]) -> Mapping[str, Row]:
    """The rows of some models as they stand in the README of a registry that passed every rule."""
    bounds = block_bounds(clean.readme) if clean.readme is not None else None
    if clean.readme is None or bounds is None:
        return {}
    listing = read_block(clean.readme[bounds[0] : bounds[1]].replace("\r\n", "\n"))
    return {name: row for name, row in listing.rows.items() if name in names} if listing else {}


def lines_of(listing: Listing) -> list[Line]:
    """The lines of the block in order; two listings have a line at the same place if it is about the same thing."""
    lines: list[Line] = [((0, ""), MARKER_BEGIN), ((1, ""), _current_line(listing))]
    if listing.rows:
        lines += [((2, "0"), ""), ((2, "1"), _HEAD), ((2, "2"), "| --- | --- | --- | --- | --- | --- |")]
        lines += [((3, name), row.line) for name, row in listing.rows.items()]
    ids = [name for name in listing.rows if is_id(name)]
    if ids:
        lines += [((4, "0"), ""), ((4, "1"), "```mermaid"), ((4, "2"), _GRAPH_HEAD)]
        lines += [((5, name), node) for name, node in _graph(listing, ids)]
        lines += [((6, ""), "```")]
    if len(ids) > GRAPH_LIMIT:
        lines += [((7, "0"), ""), ((7, "1"), "The graph shows ancestors of the current model and the newest models.")]
    return [*lines, ((8, ""), MARKER_END)]


def text_of_lines(lines: Iterable[Line]) -> str:
    """The lines as the text of a block."""
    return "\n".join(line for _, line in lines)


def graph_of(registry: Registry) -> list[str]:
    """The lineage as the lines of a Mermaid graph."""
    listing = listing_of(registry)
    return [_GRAPH_HEAD, *(node for _, node in _graph(listing, [name for name in listing.rows if is_id(name)]))]


def read_block(block: str) -> Listing | None:
    """What a generated block says; None for one that says anything else or says it otherwise."""
    lines = block.split("\n")
    current = _CURRENT.fullmatch(lines[1]) if len(lines) > 2 else None
    rows = {}
    for line in lines:
        cells = line[2:-2].split(" | ")
        name = cells[1].strip("`") if len(cells) == 6 else ""
        if is_id(name):
            parent = cells[5].strip("`")
            tag = cells[0] if tag_problem(cells[0]) is None else None
            rows[name] = Row(line, tag, parent if is_id(parent) else None, cells[3])
    listing = Listing(current[1] if current else None, rows)
    return listing if text_of_lines(lines_of(listing)) == block else None


def has_block(readme: str) -> bool:
    """Whether a README has the two markers, once each and in order."""
    return block_bounds(readme) is not None


def replace_block(readme: str, block: str) -> str | None:
    """The README with its block replaced, its line ends kept; None where it has no (or no sound) markers.

    The line end after the first marker decides for the block, so a stray one elsewhere changes nothing.
    """
    bounds = block_bounds(readme)
    if bounds is None:
        return None
    start, end = bounds
    line_end = re.compile(r"\r?\n").search(readme, start) or re.search(r"\r?\n", readme)
    if line_end is not None and line_end[0] == "\r\n":
        block = block.replace("\n", "\r\n")
    return readme[:start] + block + readme[end:]


def outside_block(readme: str) -> str:
    """The README with its block taken out, and its lines left empty."""
    bounds = block_bounds(readme)
    if bounds is None:
        return readme
    start, end = bounds
    return readme[:start] + "\n" * readme.count("\n", start, end) + readme[end:]


def block_bounds(readme: str) -> tuple[int, int] | None:
    """Where the block begins and ends, both markers included; None where there are not two sound ones."""
    if readme.count(MARKER_BEGIN) != 1 or readme.count(MARKER_END) != 1:
        return None
    start, end = readme.index(MARKER_BEGIN), readme.index(MARKER_END)
    return (start, end + len(MARKER_END)) if start < end else None


def _current_line(listing: Listing) -> str:
    current = listing.current
    if current is None:
        return "No model is current yet."
    tag = listing.rows[current].tag if current in listing.rows else None
    return f"Current model: **{tag}** (`{current}`)" if tag else f"Current model: `{current}`"


def _row(model: Model) -> Row:
    metadata = model.metadata
    tag = _tag(model)
    cells = [tag or markdown_cell(model.name), _id(model.name)]
    if metadata is None:
        cells += [_NOTHING] * 4
    else:
        cells += [markdown_cell(text) for text in (metadata.training, metadata.created, metadata.params)]
        cells.append(_id(metadata.parent or ""))
    parent, created = (metadata.parent, metadata.created) if metadata else (None, "")
    return Row(f"| {' | '.join(cells)} |", tag, parent, created)


def _graph(listing: Listing, ids: list[str]) -> list[tuple[str, str]]:
    shown = dict.fromkeys(_shown(listing, ids))
    lines = []
    for name in shown:
        row = listing.rows[name]
        node = f'm{name}["{row.tag or name}"]'
        lines.append((name, f"  m{row.parent} --> {node}" if row.parent in shown else f"  {node}"))
    return lines


def _shown(listing: Listing, ids: list[str]) -> list[str]:
    if len(ids) <= GRAPH_LIMIT:
        return ids
    kept: set[str] = set()
    current, rows = listing.current, listing.rows
    if current is not None and current in rows:
        lineage = Lineage.from_parents({name: row.parent for name, row in rows.items()})
        kept = {name for name in (current, *lineage.ancestors(current)[:ANCESTORS_LIMIT]) if is_id(name)}
    newest = sorted(ids, key=lambda name: (rows[name].created, name), reverse=True)
    kept.update([name for name in newest if name not in kept][: GRAPH_LIMIT - len(kept)])
    return [name for name in ids if name in kept]


def _tag(model: Model) -> str | None:
    """The tag where it keeps the grammar of tags: then nothing in it needs escaping."""
    tag = model.metadata.tag if model.metadata else ""
    return tag if tag_problem(tag) is None else None


def _id(text: str) -> str:
    """An id as code; anything else as escaped text, because in code Markdown decodes no entity."""
    return f"`{text}`" if is_id(text) else markdown_cell(text)


def markdown_cell(text: str) -> str:
    """Free text as one short Markdown cell: punctuation that Markdown or HTML could act on becomes entities.

    An underscore inside a word stays (CommonMark emphasises nothing there), so ``rl_selfplay`` reads as it is.
    """
    short = text if len(text) <= _CELL_LIMIT else text[:_CELL_LIMIT] + "..."
    plain = "".join(c if c.isprintable() else "?" for c in short).strip()
    kept = {match.start() for match in _WORD_UNDERSCORE.finditer(plain)}
    return _PUNCTUATION.sub(lambda m: m[0] if m.start() in kept else f"&#{ord(m[0])};", plain) or _NOTHING
