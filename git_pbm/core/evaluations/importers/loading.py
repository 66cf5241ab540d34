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
    _refuse_texts(logs, refused)
    loaded = _in_memory(logs, policy, value)
    if loaded:
        return Loaded(policy, value, "in-memory")
    if texts and all(_holds(logs, text) for text in texts):
        return Loaded(policy, value, "log")
    return Loaded(policy, value, "label") if _holds(logs, policy[:ID_DIGITS]) else None


def _refuse_texts(logs: Sequence[Source], refused: Collection[str]) -> None:
    for text in refused:
        for log in logs:
            if _holds([log], text):
                raise ImportProblem(
                    f"{log.name} says: {text}", "these games were not played by the model: play them again"
                )


def _in_memory(logs: Sequence[Source], policy: str, value: str | None) -> bool:
    """Whether a log has the line of this model; a line that names the policy alone will do."""
    said = {match.groups() for log in logs for match in _IN_MEMORY.finditer(log.data)}
    own = {(policy.encode(), None), (policy.encode(), value.encode() if value is not None else None)}
    if said and not said & own:
        loaded = min(one[0] for one in said).decode()
        raise ImportProblem(
            f"{logs[0].name}: the engine loaded the policy {loaded[:ID_DIGITS]}, not {policy[:ID_DIGITS]}",
            "evaluate the model that played, or give the logs of this one",
        )
    return bool(said)


def _holds(logs: Sequence[Source], text: str) -> bool:
    return any(text.encode() in log.data for log in logs)
