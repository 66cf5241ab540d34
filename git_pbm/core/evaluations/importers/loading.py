"""What logs prove about the networks that an engine loaded; plain text is searched for, no patterns."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence

from git_pbm.core.evaluations.evaluation import Loaded
from git_pbm.core.evaluations.importers.results import ImportProblem, Source
from git_pbm.core.names import ID_DIGITS

_IN_MEMORY = re.compile(rb"info string pbm loaded policy ([0-9a-f]{64})(?: value ([0-9a-f]{64}))?")


def loading_proof(
    logs: Sequence[Source], texts: Collection[str], refused: Collection[str], policy: str, value: str | None
) -> Loaded | None:
    """Return what is known of the loading of a model with these digests: ``in-memory``, ``log``, ``label``, or None.

    Raises :class:`ImportProblem` for a log with one of the ``refused`` texts, and for one that names other networks.
    """
    data = [log.data for log in logs]
    for log in logs:
        for text in refused:
            if text.encode() in log.data:
                raise ImportProblem(
                    f"{log.name} says: {text}", "these games were not played by the model: play them again"
                )
    said = {match.groups() for each in data for match in _IN_MEMORY.finditer(each)}
    if said:
        own = {(policy.encode(), value.encode() if value is not None else None)}
        if not said & own and not any(one[0] == policy.encode() and one[1] is None for one in said):
            loaded = min(said)[0].decode()
            raise ImportProblem(
                f"{logs[0].name}: the engine loaded the policy {loaded[:ID_DIGITS]}, not {policy[:ID_DIGITS]}",
                "evaluate the model that played, or give the logs of this one",
            )
        return Loaded(policy, value, "in-memory")
    if texts and all(any(text.encode() in each for each in data) for text in texts):
        return Loaded(policy, value, "log")
    if any(policy[:ID_DIGITS].encode() in each for each in data):
        return Loaded(policy, value, "label")
    return None
