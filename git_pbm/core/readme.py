"""The block of a README that git pbm keeps: a line, a table and a graph; the rest of the file is never touched."""

from __future__ import annotations

import re

from git_pbm.core.lineage import Lineage
from git_pbm.core.names import is_id, tag_problem
from git_pbm.core.registry import Model, Registry

MARKER_BEGIN = "<!-- git-pbm:models -->"
MARKER_END = "<!-- /git-pbm:models -->"

GRAPH_LIMIT = 200
"""Models that the graph shows. Mermaid draws no graph of more than 500 edges (its option ``maxEdges``)."""
ANCESTORS_LIMIT = 150
"""How many of them may be ancestors of the current model, so that the newest ones have a place in a long lineage."""

_CELL_LIMIT = 80
_NOTHING = "-"
_PUNCTUATION = re.compile(r"(?![ %()+,.?-])[ -/:-@\[-`{-~]")
_WORD_UNDERSCORE = re.compile(r"(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])")


def block_of(registry: Registry) -> str:
    """The generated text, from marker to marker; one model a line, sorted by id, so that two additions merge."""
    lines = [MARKER_BEGIN, _current_line(registry)]
    if registry.models:
        lines += [
            "",
            "| tag | id | training | created | params | parent |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        lines += [_row(model) for model in registry.models.values()]
    ids = [name for name in registry.models if is_id(name)]
    if ids:
        lines += ["", "```mermaid", *graph_of(registry), "```"]
    if len(ids) > GRAPH_LIMIT:
        lines += ["", "The graph shows ancestors of the current model and the newest models."]
    return "\n".join([*lines, MARKER_END])


def graph_of(registry: Registry) -> list[str]:
    """The lineage as the lines of a Mermaid graph."""
    return ["graph LR", *_graph(registry, [name for name in registry.models if is_id(name)])]


def has_block(readme: str) -> bool:
    """Whether a README has the two markers, once each and in order."""
    return _bounds(readme) is not None


def replace_block(readme: str, block: str) -> str | None:
    """The README with its block replaced, its line ends kept; None where it has no (or no sound) markers.

    The line end after the first marker decides for the block, so a stray one elsewhere changes nothing.
    """
    bounds = _bounds(readme)
    if bounds is None:
        return None
    start, end = bounds
    line_end = re.compile(r"\r?\n").search(readme, start) or re.search(r"\r?\n", readme)
    if line_end is not None and line_end[0] == "\r\n":
        block = block.replace("\n", "\r\n")
    return readme[:start] + block + readme[end:]


def _bounds(readme: str) -> tuple[int, int] | None:
    if readme.count(MARKER_BEGIN) != 1 or readme.count(MARKER_END) != 1:
        return None
    start, end = readme.index(MARKER_BEGIN), readme.index(MARKER_END)
    return (start, end + len(MARKER_END)) if start < end else None


def _current_line(registry: Registry) -> str:
    current = registry.current_id
    if current is None:
        return "No model is current yet."
    tag = _tag(registry.models[current]) if current in registry.models else None
    return f"Current model: **{tag}** (`{current}`)" if tag else f"Current model: `{current}`"


def _row(model: Model) -> str:
    metadata = model.metadata
    cells = [_tag(model) or _escaped(model.name), _id(model.name)]
    if metadata is None:
        cells += [_NOTHING] * 4
    else:
        cells += [_escaped(text) for text in (metadata.training, metadata.created, metadata.params)]
        cells.append(_id(metadata.parent or ""))
    return f"| {' | '.join(cells)} |"


def _graph(registry: Registry, ids: list[str]) -> list[str]:
    shown = dict.fromkeys(_shown(registry, ids))
    lines = []
    for name in shown:
        model = registry.models[name]
        node = f'm{name}["{_tag(model) or name}"]'
        parent = model.metadata.parent if model.metadata else None
        lines.append(f"  m{parent} --> {node}" if parent in shown else f"  {node}")
    return lines


def _shown(registry: Registry, ids: list[str]) -> list[str]:
    if len(ids) <= GRAPH_LIMIT:
        return ids
    kept: set[str] = set()
    current = registry.current_id
    if current is not None and current in registry.models:
        nearest = Lineage.of(registry).ancestors(current)[:ANCESTORS_LIMIT]
        kept = {name for name in (current, *nearest) if is_id(name)}
    for name in sorted(ids, key=lambda name: (_created(registry.models[name]), name), reverse=True):
        if len(kept) >= GRAPH_LIMIT:
            break
        kept.add(name)
    return [name for name in ids if name in kept]


def _created(model: Model) -> str:
    return model.metadata.created if model.metadata else ""


def _tag(model: Model) -> str | None:
    """The tag where it keeps the grammar of tags: then nothing in it needs escaping."""
    tag = model.metadata.tag if model.metadata else ""
    return tag if tag_problem(tag) is None else None


def _id(text: str) -> str:
    """An id as code; anything else as escaped text, because in code Markdown decodes no entity."""
    return f"`{text}`" if is_id(text) else _escaped(text)


def _escaped(text: str) -> str:
    """Free text as one short Markdown cell: punctuation that Markdown or HTML could act on becomes entities.

    An underscore inside a word stays (CommonMark emphasises nothing there), so ``rl_selfplay`` reads as it is.
    """
    short = text if len(text) <= _CELL_LIMIT else text[:_CELL_LIMIT] + "..."
    plain = "".join(c if c.isprintable() else "?" for c in short).strip()
    kept = {match.start() for match in _WORD_UNDERSCORE.finditer(plain)}
    return _PUNCTUATION.sub(lambda m: m[0] if m.start() in kept else f"&#{ord(m[0])};", plain) or _NOTHING
