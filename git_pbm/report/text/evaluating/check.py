"""What came of importing once more, as text."""

from __future__ import annotations

import json

from git_pbm.operations.evaluating.check import EvalCheckResult
from git_pbm.report.terminal import print_data, sanitize
from git_pbm.report.text import write


@write.register
def write_check(result: EvalCheckResult) -> None:
    """Print whether it is the same; else one line for each field that differs."""
    logs = ", ".join(sanitize(log.name) for log in result.recorded.logs)
    if result.is_same:
        print_data(f"{result.name}: {logs} imported again, the same to the last byte")
        return
    print_data(f"{result.name}: the files give another evaluation than the one recorded")
    for name, (recorded, imported) in result.differences.items():
        print_data(f"  {name}: recorded {_said(recorded)}, imported {_said(imported)}")


def _said(value: object) -> str:
    return "nothing" if value is None else sanitize(json.dumps(value))
