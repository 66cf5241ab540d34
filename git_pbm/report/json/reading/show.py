"""One model as JSON."""

from __future__ import annotations

from git_pbm.operations.reading.show import ShowResult
from git_pbm.report.json import to_json
from git_pbm.report.json.models import model_json


@to_json.register
def show_json(result: ShowResult) -> dict[str, object]:
    """Return what ``show --json`` prints."""
    networks = {name: network.to_json() for name, network in result.networks.items()}
    return {"model": {**model_json(result.view), "networks": networks}}
