"""Which model each file is, as text."""

from __future__ import annotations

from git_pbm.operations.reading.which import Known, WhichResult
from git_pbm.report.terminal import print_data, print_message, sanitize, styled
from git_pbm.report.text import write


@write.register
def write_which(result: WhichResult) -> None:
    """Print one line a file."""
    for item in result.files:
        unknown = "unknown" if item.is_certain else "unverified"
        if item.removal is not None:
            unknown = f"policy of a removed model: {sanitize(item.removal.sentence)}"
        names = ", ".join(map(_name, item.known)) or styled(unknown, "error")
        print_data(f"{sanitize(item.path)}: {names}")
    if not result.files:
        print_message("no ONNX file there")


def _name(known: Known) -> str:
    return f"{sanitize(known.tag)} ({known.model_id}) {known.name}{' *' if known.is_current else ''}"
