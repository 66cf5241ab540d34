"""MODEL expressions: how a person names a model, after the manner of git's revisions.

Grammar (EBNF)::

    model    = base , { step } ;
    base     = hash | id | prefix | tag | "current" | "current@{" , number , "}" ;
    hash     = 64 hex digits ;             the full SHA-256 of the policy
    id       = 8 hex digits ;
    prefix   = 4 to 63 hex digits ;        of exactly one model's hash
    tag      = as names.TAG_GRAMMAR says ;
    step     = "^" | "~" , [ number ] ;    the parent; the parent n steps up

``current@{n}`` is what was current n changes of ``current`` ago on this branch's first-parent history.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from git_pbm.core.facts import Facts
from git_pbm.core.lineage import Lineage
from git_pbm.core.names import CURRENT_PATH, ID_DIGITS
from git_pbm.core.registry import Model, Registry
from git_pbm.errors import UsageError

_EXPRESSION = re.compile(r"([A-Za-z0-9._-]+)(?:@\{([0-9]{1,6})\})?((?:\^|~[0-9]{0,6})*)")
_STEP = re.compile(r"\^|~([0-9]*)")
_HEX = re.compile(r"[0-9a-fA-F]{4,64}")
_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed MODEL: what it starts from, how many changes of ``current`` ago, how many parents up."""

    text: str
    base: str
    changes_ago: int | None
    steps_up: int


def parse(text: str) -> Expression:
    """Raises :class:`UsageError` for a text that is no MODEL expression."""
    match = _EXPRESSION.fullmatch(text)
    if match is None or (match[2] is not None and match[1] != CURRENT_PATH):
        raise UsageError(
            f"{text!r} does not name a model",
            "a MODEL is a tag, an id, current, current@{1}, or one of them with ^ or ~2",
        )
    steps = sum(int(step[1] or 1) if step[0] != "^" else 1 for step in _STEP.finditer(match[3]))
    return Expression(text, match[1], None if match[2] is None else int(match[2]), steps)


def resolve(expression: Expression, registry: Registry, was_current: Callable[[int], str | None]) -> str:
    """The id of the model that is meant.

    ``was_current(n)`` answers for ``current@{n}``, None where history has no such change. Raises
    :class:`UsageError` for what is unknown or ambiguous, with the nearest names.
    """
    name = _base(expression, registry, was_current)
    if expression.steps_up:
        ancestors = Lineage.of(registry).ancestors(name)
        if len(ancestors) < expression.steps_up:
            last = ancestors[-1] if ancestors else name
            raise UsageError(
                f"{expression.text}: the lineage ends {len(ancestors)} step{'s' * (len(ancestors) != 1)} up, at {last}",
                "git pbm lineage shows it",
            )
        name = ancestors[expression.steps_up - 1]
    return name


def _base(expression: Expression, registry: Registry, was_current: Callable[[int], str | None]) -> str:
    base = expression.base
    if base == CURRENT_PATH:
        return _current(expression, registry, was_current)
    for tag, model in registry.tagged():
        if tag == base:
            return model.name
    if _HEX.fullmatch(base):
        found = _by_digits(base.lower(), registry)
        if len(found) == 1:
            return found[0]
        if found:
            shown = ", ".join(f"{name} ({_tag(registry.models[name])})" for name in found[:_SHOWN])
            raise UsageError(f"{base} is ambiguous: {shown}", "give more digits, or the tag")
    raise UsageError(f"no model is called {base}", _nearest(base, registry))


def _current(expression: Expression, registry: Registry, was_current: Callable[[int], str | None]) -> str:
    if expression.changes_ago is None or expression.changes_ago == 0:
        if registry.current_id is None:
            raise UsageError("no model is current yet", "promote one: git pbm promote MODEL")
        return registry.current_id
    found = was_current(expression.changes_ago)
    if found is None:
        raise UsageError(
            f"{expression.base}@{{{expression.changes_ago}}}: current has not changed that often",
            "git pbm history shows when it changed",
        )
    return found


def _by_digits(digits: str, registry: Registry) -> list[str]:
    if len(digits) <= ID_DIGITS:
        return [name for name in registry.models if name.startswith(digits)]
    return [name for name, model in registry.models.items() if _hash(model).startswith(digits)]


def _hash(model: Model) -> str:
    facts = model.facts(model.policy) if model.policy else None
    if isinstance(facts, Facts):
        return facts.sha256
    return model.metadata.hash if model.metadata else model.name


def _tag(model: Model) -> str:
    return model.metadata.tag if model.metadata and model.metadata.tag else "no tag"


def _nearest(base: str, registry: Registry) -> str:
    import difflib

    names = [tag for tag, _ in registry.tagged()] + list(registry.models)
    near = difflib.get_close_matches(base, names, n=3, cutoff=0.5)
    return f"did you mean {', '.join(near)}?" if near else "git pbm list shows what there is"
