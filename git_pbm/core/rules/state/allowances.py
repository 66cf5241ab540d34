"""The rule about allowances; the engine applies them, because it knows what the other rules found."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from git_pbm.core.documents import allowances
from git_pbm.core.documents.allowances import Allowance, AllowanceProblem
from git_pbm.core.findings import Finding, NotInspected, Outcome, Unverified
from git_pbm.core.names import ALLOWANCES_PATH, MODELS_PATH, Role, role_of
from git_pbm.core.registry.facts import Unavailable
from git_pbm.core.rules.rule import Problem, Remark, slug_of
from git_pbm.core.rules.state.lineage import lineage_is_a_forest
from git_pbm.core.rules.state.networks import onnx_is_a_model, onnx_is_self_contained, params_agree
from git_pbm.core.rules.state.registry_document import tags_are_unique
from git_pbm.core.rules.view import View

_ABOUT_CONTENT = {slug_of(rule) for rule in (onnx_is_a_model, onnx_is_self_contained, params_agree)}
_ABOUT_ALL_METADATA = {slug_of(rule) for rule in (tags_are_unique, lineage_is_a_forest)}


def allowances_are_used(view: View) -> Iterator[Remark]:
    """.pbm.toml is well-formed, and each allowance in it accepts a finding that is still there.

    An allowance that matches nothing is a hole waiting for the next flaw at that place. One whose rule could
    not be verified in this clone counts as matched.

    To fix it: delete the [[allow]] table that the message names.
    """
    facts = view.registry.allowances_facts
    if isinstance(facts, Unavailable):
        yield facts
        return
    try:
        if facts is not None and facts.text is None:
            raise AllowanceProblem(f"longer than {allowances.LIMIT} characters")
        allowances.parse(view.registry.allowances_text or "")
    except AllowanceProblem as problem:
        yield Problem(ALLOWANCES_PATH, str(problem), str(problem), f"correct {ALLOWANCES_PATH}")


def unused(allowed: Sequence[Allowance], outcomes: Sequence[Outcome]) -> Iterator[Problem]:
    """A finding for each allowance that matches nothing of what every rule said, where the rule could look."""
    found = {outcome.identity for outcome in outcomes if isinstance(outcome, Finding)}
    lacking = [outcome.path for outcome in outcomes if isinstance(outcome, Unverified)]
    unread = {_place(path) for path in lacking}
    unseen = {_place(outcome.path) for outcome in outcomes if isinstance(outcome, NotInspected)}
    # A network that is not here takes no finding away from another place; a document that is not here may.
    some_document_is_unread = any(role_of(path) is not Role.NETWORK for path in lacking)
    for allowance in allowed:
        place = _place(allowance.path)
        is_about_all = allowance.rule in _ABOUT_ALL_METADATA or not place.startswith(f"{MODELS_PATH}/")
        could_not_look = (
            place in unread
            or (is_about_all and some_document_is_unread)
            or (allowance.rule in _ABOUT_CONTENT and place in unseen)
        )
        if allowance.identity not in found and not could_not_look:
            yield Problem(
                ALLOWANCES_PATH,
                " ".join(allowance.identity),
                f"nothing matches the allowance of {allowance.rule} for {allowance.path}",
                f"delete that [[allow]] table from {ALLOWANCES_PATH}",
            )


def _place(path: str) -> str:
    """The model's directory that a path is in (or is); for any other path, its first two parts."""
    return "/".join(path.split("/")[:2])
