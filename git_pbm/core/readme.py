"""The block of a README that git pbm keeps: a line, a table and a graph; the rest of the file is the user's."""

from __future__ import annotations

import html

from git_pbm.core.lineage import Lineage
from git_pbm.core.names import tag_problem
from git_pbm.core.registry import Model, Registry

MARKER_BEGIN = "<!-- git-pbm:models -->"
MARKER_END = "<!-- /git-pbm:models -->"

GRAPH_LIMIT = 200
"""Models that the graph shows; above it, the current model's ancestors and the newest ones."""


def block_of(registry: Registry) -> str:
    """The generated text, from marker to marker; one model a line, sorted by id, so that two additions merge."""
    lines = [MARKER_BEGIN, _current_line(registry)]
    if registry.models:
        lines += [
            "",
            "| id | tag | training | created | params | parent |",
            "| --- | --- | --- | --- | --- | --- |",
        ]
        lines += [_row(model) for model in registry.models.values()]
        lines += ["", "```mermaid", "graph LR", *_graph(registry), "```"]
    return "\n".join([*lines, MARKER_END])


def has_block(readme: str) -> bool:
    """Whether a README has the two markers, once each and in order."""
    return _bounds(readme) is not None


def replace_block(readme: str, block: str) -> str | None:
    """The README with its block replaced, its line ends kept; None where it has no (or no sound) markers."""
    bounds = _bounds(readme)
    if bounds is None:
        return None
    start, end = bounds
    if "\r\n" in readme:
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
    model = registry.models.get(current)
    return f"Current model: **{_name(model)}** (`{current}`)" if model else f"Current model: `{current}`"


def _row(model: Model) -> str:
    name, metadata = f"`{_cell(model.name)}`", model.metadata
    if metadata is None:
        return f"| {name} | | | | | |"
    parent = f"`{_cell(metadata.parent)}`" if metadata.parent else "-"
    free = (_cell(text) or "-" for text in (metadata.training, metadata.created, metadata.params))
    return f"| {' | '.join((name, _name(model), *free, parent))} |"


def _graph(registry: Registry) -> list[str]:
    shown = _shown(registry)
    lines = []
    for name in shown:
        node = f'm{_cell(name)}["{_name(registry.models[name])}"]'
        metadata = registry.models[name].metadata
        parent = metadata.parent if metadata else None
        lines.append(f"  m{parent} --> {node}" if parent in shown else f"  {node}")
    return lines


def _shown(registry: Registry) -> list[str]:
    names = [name for name in registry.models if name.isalnum()]
    if len(names) <= GRAPH_LIMIT:
        return names
    current = registry.current_id
    kept = {current, *Lineage.of(registry).ancestors(current)} if current in registry.models and current else set()
    newest = sorted(names, key=lambda name: (_created(registry.models[name]), name), reverse=True)
    for name in newest:
        if len(kept) >= GRAPH_LIMIT:
            break
        kept.add(name)
    return [name for name in names if name in kept]


def _created(model: Model) -> str:
    return model.metadata.created if model.metadata else ""


def _name(model: Model) -> str:
    """The tag where it keeps the grammar of tags (then nothing in it needs escaping), else the directory's name."""
    tag = model.metadata.tag if model.metadata else ""
    return tag if tag and tag_problem(tag) is None else _cell(model.name)


def _cell(text: str) -> str:
    plain = "".join(c if c.isprintable() else "?" for c in text[:80])
    for character in "\\`*_[]|":
        plain = plain.replace(character, f"&#{ord(character)};")
    return html.escape(plain, quote=True).replace("&amp;#", "&#")
