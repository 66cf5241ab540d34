"""What an engine's folder holds, as text."""

from __future__ import annotations

import shlex

from git_pbm.operations.changing.deploy import DeployCheckResult
from git_pbm.report.terminal import print_data, print_message, sanitize, styled
from git_pbm.report.text import write


@write.register
def write_deploy_check(inspected: DeployCheckResult) -> None:
    """Print one line a flaw, and what to type."""
    folder, model = sanitize(inspected.folder), sanitize(inspected.tag)
    if not inspected.flaws:
        print_data(f"{folder} holds {model} ({inspected.model_id})")
        return
    for flaw in inspected.flaws:
        print_data(f"{sanitize(flaw.path)}: {styled(flaw.kind, 'error')}: {sanitize(flaw.message)}")
    hint = f"git pbm deploy {inspected.model_id} --to {shlex.quote(folder)}"
    print_message(f"{folder} does not hold {model} -> {hint}")
