"""The rule about allowances; applying them is the judge's affair, because it needs what the others found."""

from __future__ import annotations

from collections.abc import Iterator

from git_pbm.core import allowances
from git_pbm.core.allowances import AllowanceProblem
from git_pbm.core.findings import Finding, Outcome, Unverified
from git_pbm.core.names import ALLOWANCES_PATH
from git_pbm.core.registry import Registry
from git_pbm.core.rules.rule import error


def allowances_are_used(registry: Registry) -> Iterator[Outcome]:
    """.pbm.toml is well-formed, and each allowance in it accepts a finding that is still there.

    An allowance that matches nothing is a hole waiting for the next flaw at that place. One whose rule could
    not be verified in this clone counts as matched.

    To mend: delete the [[allow]] table that the message names.
    """
    try:
        allowances.parse(registry.allowances_text or "")
    except AllowanceProblem as problem:
        yield error(allowances_are_used, ALLOWANCES_PATH, str(problem), str(problem), f"correct {ALLOWANCES_PATH}")


def apply_allowances(registry: Registry, outcomes: list[Outcome]) -> Iterator[Outcome]:
    """The outcomes without the findings that are allowed, and a finding for each allowance that matched nothing."""
    try:
        allowed = allowances.parse(registry.allowances_text or "")
    except AllowanceProblem:
        allowed = ()
    pinned = {allowance.identity for allowance in allowed}
    used = {outcome.identity for outcome in outcomes if isinstance(outcome, Finding)} & pinned
    unverified = {outcome.path for outcome in outcomes if isinstance(outcome, Unverified)}
    yield from (o for o in outcomes if not (isinstance(o, Finding) and o.identity in pinned))
    for allowance in allowed:
        if allowance.identity not in used and not _is_unverified(allowance.path, unverified):
            yield error(
                allowances_are_used,
                ALLOWANCES_PATH,
                " ".join(allowance.identity),
                f"nothing matches the allowance of {allowance.rule} for {allowance.path}",
                f"delete that [[allow]] table from {ALLOWANCES_PATH}",
            )


def _is_unverified(path: str, unverified: set[str]) -> bool:
    return any(other == path or other.startswith(f"{path}/") for other in unverified)
