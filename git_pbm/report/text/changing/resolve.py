"""A merge that is being settled, as text: the two candidates side by side, what was settled, and what is left."""

from __future__ import annotations

from git_pbm.core.documents.metadata import METRICS
from git_pbm.core.names import REGISTRY_PATH
from git_pbm.operations.changing.merge_context import Candidate
from git_pbm.operations.changing.resolve import ResolveResult
from git_pbm.report.terminal import print_data, print_message, sanitize, styled, width_of
from git_pbm.report.text import write
from git_pbm.report.text.changes import report_recovery, warn
from git_pbm.report.text.findings import text_line
from git_pbm.report.text.table import cell

_FIELDS = ("created", "training", "params", "parent", *METRICS, "notes")


@write.register
def write_resolve(resolved: ResolveResult) -> None:
    """Print the question that is open, what was settled, and what is still to be settled."""
    report_recovery(resolved.recovered)
    warn(resolved.warnings)
    if resolved.candidates is not None:
        _report_question(resolved.candidates)
    for path in resolved.settled:
        print_data(f"settled {path}")
    if not (resolved.settled or resolved.candidates or resolved.left):
        print_data("nothing to settle")
    for path, way in resolved.left.items():
        print_message(f"in conflict, and yours to settle: {sanitize(path)} -> {sanitize(way)}")
    for finding in resolved.findings:
        print_message(text_line(finding))
    _report_next(resolved)


def _report_next(resolved: ResolveResult) -> None:
    if resolved.candidates is not None:
        _report_answers(resolved)
    elif resolved.blocked:
        print_message("then settle what follows from it: git pbm resolve")
    elif resolved.operation is not None and REGISTRY_PATH not in resolved.left:
        print_message(
            f"{'go on with' if resolved.is_done else 'then go on with'}: {resolved.operation.continue_command}"
        )


def _report_question(candidates: tuple[Candidate, Candidate]) -> None:
    """A column for each side; what only one of them has is shown, too."""
    rows = [["", *(candidate.side.label for candidate in candidates)]]
    rows.append(["model", *map(_model, candidates)])
    for name in _FIELDS:
        values = [candidate.view.field(name) if candidate.view else None for candidate in candidates]
        if any(value is not None for value in values):
            rows.append([name, *(cell(value, 40) for value in values)])
    rows.append(["since", *(cell(candidate.subject or None, 50) for candidate in candidates)])
    widths = [max(width_of(row[number]) for row in rows) for number in range(2)]
    same = all(candidate.is_there for candidate in candidates)
    print_data("Which model is current? " + ("Each side made another one current." if same else _dangling(candidates)))
    print_data("")
    for number, row in enumerate(rows):
        padded = (text + " " * (width - width_of(text)) for text, width in zip(row, widths, strict=False))
        line = "  ".join([*padded, row[2]]).rstrip()
        print_data(styled(line, "strong") if number == 0 else line)


def _model(candidate: Candidate) -> str:
    if candidate.model_id is None:
        return "none"
    tag = cell(candidate.view.metadata.get("tag")) if candidate.view else "-"
    return f"{tag} ({candidate.model_id})" + ("" if candidate.is_there else ", removed")


def _dangling(candidates: tuple[Candidate, Candidate]) -> str:
    gone = next(candidate for candidate in candidates if not candidate.is_there)
    if gone.model_id is None:
        return "One side has none."
    return f"The merge removes {_model(gone).removesuffix(', removed')}, which one side made current."


def _report_answers(resolved: ResolveResult) -> None:
    there = [c for c in resolved.candidates or () if c.is_there]
    for number, name in enumerate(dict.fromkeys(c.name for c in there) or ("MODEL",)):
        print_message(
            f"{'answer with: ' if number == 0 else '         or: '}git pbm resolve --current {sanitize(name)}"
        )
    if resolved.operation is not None:
        print_message(f"or give up:  {resolved.operation.abort_command}")
