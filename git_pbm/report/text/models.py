"""Models as tables, trees and JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence

from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.onnx import OnnxSummary
from git_pbm.operations.reading.queries import Difference, View
from git_pbm.report.terminal import print_data, sanitize, styled, terminal_width, width_of

COLUMNS = ("tag", "id", "training", "created", "params", "parent", "best_loss", "entropy", "kl")
_OPTIONAL = ("parent", "best_loss", "entropy", "kl")


def report_table(views: Sequence[View], columns: Sequence[str]) -> None:
    """One model a line; the current one is marked."""
    chosen = columns or [n for n in COLUMNS if n not in _OPTIONAL or any(view.field(n) is not None for view in views)]
    rows = [[cell(view.field(name)) for name in chosen] for view in views]
    widths = [max(map(width_of, column)) for column in zip(chosen, *rows, strict=True)]
    if not columns:
        kept = _fitting(widths)
        chosen, widths, rows = chosen[:kept], widths[:kept], [row[:kept] for row in rows]
    lines = ["  " + _line(chosen, widths)]
    for view, row in zip(views, rows, strict=True):
        line = _line(row, widths)
        marked = f"{styled('*', 'good')} {styled(line, 'good')}" if view.is_current else f"  {line}"
        lines.append(marked + _problem(view))
    print_data("\n".join(lines))


def _fitting(widths: Sequence[int]) -> int:
    """How many columns fit the terminal; all of them where nobody looks at a terminal."""
    limit, used = terminal_width(), 0
    for number, width in enumerate(widths):
        used += width + 2
        if limit is not None and used > limit and number > 1:
            return number
    return len(widths)


def _problem(view: View) -> str:
    return f"  ({view.problem})" if view.problem else ""


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    padded = [text + " " * (width - width_of(text)) for text, width in zip(cells, widths, strict=True)]
    return "  ".join(padded).rstrip()


def cell(value: JsonValue, limit: int = 60) -> str:
    """A value in a table: short, and safe to show."""
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.6g}"
    text = sanitize(value if isinstance(value, str) else json.dumps(value))
    return text if len(text) <= limit else f"{text[: limit - 3]}..."


def report_model(view: View, networks: dict[str, OnnxSummary]) -> None:
    """Everything about one model."""
    tag = cell(view.metadata.get("tag"))
    print_data(f"{styled(tag, 'strong')} ({view.model_id}){' ' + styled('current', 'good') if view.is_current else ''}")
    for name, value in view.metadata.items():
        if name == "files" and isinstance(value, dict):
            continue
        text = sanitize(value) if isinstance(value, str) else cell(value)
        print_data(f"  {sanitize(name):<15} {text}")
    files = view.metadata.get("files")
    for name, record in files.items() if isinstance(files, dict) else ():
        size = record.get("size") if isinstance(record, dict) else None
        sha256 = record.get("sha256") if isinstance(record, dict) else None
        print_data(f"  {sanitize(name):<15} {cell(size)} bytes, sha256 {cell(sha256)[:16]}...")
    for name, network in networks.items():
        print_data(f"  {sanitize(name)}: {network.parameters} parameters, producer {sanitize(network.producer) or '-'}")
        print_data(f"    in   {', '.join(sanitize(str(port)) for port in network.inputs)}")
        print_data(f"    out  {', '.join(sanitize(str(port)) for port in network.outputs)}")
    if view.problem:
        print_data(f"  {view.problem}: see git pbm check")


def report_tree(lines: Sequence[tuple[int, View]]) -> None:
    """The lineage, children below their parents."""
    for number, (depth, view) in enumerate(lines):
        stem = ""
        for level in range(1, depth + 1):
            more = _continues(lines, number, level)
            stem += ("├─ " if more else "└─ ") if level == depth else ("│  " if more else "   ")
        text = f"{cell(view.metadata.get('tag'))} ({view.model_id})"
        print_data(f"{stem}{styled(text + ' *', 'good') if view.is_current else text}{_problem(view)}")


def _continues(lines: Sequence[tuple[int, View]], number: int, level: int) -> bool:
    for depth, _ in lines[number + 1 :]:
        if depth < level:
            return False
        if depth == level:
            return True
    return False


def report_differences(first: View, second: View, rows: Sequence[Difference], changes: Sequence[str]) -> None:
    """Two models side by side."""
    heads = [
        "",
        f"{cell(first.metadata.get('tag'))} ({first.model_id})",
        f"{cell(second.metadata.get('tag'))} ({second.model_id})",
        "",
    ]
    table = [heads]
    for row in rows:
        delta = "" if row.delta is None else f"{row.delta:+.6g}"
        table.append([sanitize(row.name), cell(row.first, 28), cell(row.second, 28), delta])
    widths = [max(map(width_of, column)) for column in zip(*table, strict=True)]
    for number, line in enumerate(table):
        text = _line(line, widths).rstrip()
        same = number > 0 and line[1] == line[2]
        print_data(styled(text, "dim") if same else text)
    print_data("interface: " + ("the same" if not changes else ""))
    for change in changes:
        print_data(f"  {sanitize(change)}")
