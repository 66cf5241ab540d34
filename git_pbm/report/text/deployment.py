"""Deployments, and what an engine's folder holds, as lines and as JSON."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from git_pbm.operations.changing.deploy import DeployCheckResult
from git_pbm.operations.deployment import DeployResult
from git_pbm.operations.reading.which import FileMatch
from git_pbm.report.terminal import print_data, print_json, print_message, sanitize, styled


def report_deployed(deployed: DeployResult, style: str) -> None:
    """What ``deploy`` did."""
    if style == "json":
        print_json(
            {
                "id": deployed.model_id,
                "folder": deployed.folder,
                "files": list(deployed.files),
                "taken_away": list(deployed.taken_away),
            }
        )
        return
    report_deployment(deployed)


def report_deployment(deployed: DeployResult | None) -> None:
    """The model, the folder, and what was taken away there; nothing where nothing was deployed."""
    if deployed is not None:
        gone = f" (took away {', '.join(deployed.taken_away)})" if deployed.taken_away else ""
        print_data(f"deployed {deployed.model_id} to {sanitize(deployed.folder)}{gone}")


def report_inspected(inspected: DeployCheckResult, style: str) -> int:
    """One line a flaw; returns 1 where there is any."""
    if style == "json":
        flaws = [{"path": flaw.path, "kind": flaw.kind, "message": flaw.message} for flaw in inspected.flaws]
        print_json({"id": inspected.model_id, "tag": inspected.tag, "folder": inspected.folder, "flaws": flaws})
    elif not inspected.flaws:
        print_data(f"{sanitize(inspected.folder)} holds {sanitize(inspected.tag)} ({inspected.model_id})")
    else:
        for flaw in inspected.flaws:
            print_data(f"{sanitize(flaw.path)}: {styled(flaw.kind, 'error')}: {sanitize(flaw.message)}")
        folder = sanitize(inspected.folder)
        hint = f"git pbm deploy {inspected.model_id} --to {shlex.quote(folder)}"
        print_message(f"{folder} does not hold {sanitize(inspected.tag)} -> {hint}")
    return 1 if inspected.flaws else 0


def report_identified(found: Sequence[FileMatch], style: str) -> int:
    """One line a file; returns 1 where one is unknown, 3 where that is not certain in this clone."""
    if style == "json":
        files = [
            {
                "path": item.path,
                "sha256": item.sha256,
                "models": [
                    {"id": known.model_id, "tag": known.tag, "file": known.name, "current": known.is_current}
                    for known in item.known
                ],
            }
            for item in found
        ]
        print_json({"files": files})
    else:
        for item in found:
            names = ", ".join(
                f"{sanitize(known.tag)} ({known.model_id}) {known.name}{' *' if known.is_current else ''}"
                for known in item.known
            )
            print_data(
                f"{sanitize(item.path)}: {names or styled('unknown' if item.is_certain else 'unverified', 'error')}"
            )
        if not found:
            print_message("no ONNX file there")
    if not all(item.is_certain for item in found):
        print_message("this clone lacks networks of the registry -> git pbm check --fetch")
    if not found or any(item.is_certain and not item.known for item in found):
        return 1
    return 0 if all(item.known for item in found) else 3
