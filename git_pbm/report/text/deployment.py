"""What a deployment did, as text."""

from __future__ import annotations

from git_pbm.operations.deployment import DeployResult
from git_pbm.report.terminal import print_data, print_message, sanitize
from git_pbm.report.text import write


@write.register
def write_deployment(deployed: DeployResult) -> None:
    """Print the model, the folder, what was taken away there, and warnings."""
    for line in deployed.warnings:
        print_message(f"warning: {sanitize(line)}")
    write_if_deployed(deployed)


def write_if_deployed(deployed: DeployResult | None) -> None:
    """Print what was deployed; a change has its warnings among its own. Nothing where nothing was deployed."""
    if deployed is not None:
        gone = f" (took away {', '.join(deployed.taken_away)})" if deployed.taken_away else ""
        print_data(f"deployed {deployed.model_id} to {sanitize(deployed.folder)}{gone}")
