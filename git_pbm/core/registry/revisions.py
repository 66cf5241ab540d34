"""MODEL expressions: how a person names a model, after the manner of git's revisions; reads no history itself.

Grammar (EBNF)::

    model    = base , { step } ;
    base     = hash | id | prefix | tag | "current" | "current@{" , number , "}" ;
    hash     = 64 hex digits ;             the full SHA-256 of the policy
    id       = 8 hex digits ;
    prefix   = 4 to 63 hex digits ;        of exactly one model's hash
    tag      = as names.TAG_GRAMMAR says ; never 4 or more hex digits alone
    step     = "^" | "~" , [ number ] ;    the parent; the parent n steps up
    number   = 1 to 6 decimal digits ;

``current@{n}`` is what was current n changes of ``current`` ago on this branch's first-parent history.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from git_pbm.core.names import CURRENT_PATH, ID_DIGITS, is_id, tag_problem
from git_pbm.core.registry.facts import Facts
from git_pbm.core.registry.lineage import Lineage
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, UsageError

_EXPRESSION = re.compile(r"([A-Za-z0-9._-]{1,64})(?:@\{([0-9]{1,6})\})?((?:\^|~[0-9]{0,6})*)")
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
    """Raises :class:`UsageError` for a text that is not a MODEL expression."""
    match = _EXPRESSION.fullmatch(text)
    if match is None or (match[2] is not None and match[1] != CURRENT_PATH):
        raise UsageError(
            f"{text[:80]!r} does not name a model",
            "a MODEL is a tag, an id, current, current@{1}, or one of them with ^ or ~2",
            error_id=ErrorId.INVALID_ARGUMENTS,
        )
    steps = sum(int(step[1] or 1) for step in _STEP.finditer(match[3]))
    return Expression(text, match[1], None if match[2] is None else int(match[2]), steps)


def resolve(expression: Expression, registry: Registry, was_current: Callable[[int], str | None]) -> str:
    """The id of the model that is meant; its directory is there, its metadata may be broken.

    ``was_current(n)`` answers for ``current@{n}``, None where history has no such change. Raises
    :class:`UsageError` for what is unknown or ambiguous, with the nearest names or the candidates.
    """
    name = _base(expression, registry, was_current)
    if not expression.steps_up:
        return name
    lineage = Lineage.of(registry)
    found = lineage.nth_ancestor(name, expression.steps_up)
    if found is None:
        raise _lineage_ends(expression, registry, lineage, name)
    if not is_id(found):
        raise _wrongly_named(expression.text, found)
    return found


def _base(expression: Expression, registry: Registry, was_current: Callable[[int], str | None]) -> str:
    base = expression.base
    if base == CURRENT_PATH:
        return _current(expression, registry, was_current)
    # Hex digits alone are never a tag, so that an id is found without reading anybody's metadata.
    is_hex = _HEX.fullmatch(base) is not None
    found = _by_digits(base.lower(), registry) if is_hex else [m.name for tag, m in registry.tagged() if tag == base]
    if len(found) > 1:
        hint = "give more digits, or the tag" if is_hex else "name it by its id"
        raise UsageError(f"{base} is ambiguous: {_listed(found, registry)}", hint, error_id=ErrorId.AMBIGUOUS_MODEL)
    if not found:
        raise UsageError(f"no model is called {base}", _nearest(base, registry), error_id=ErrorId.UNKNOWN_MODEL)
    if not is_id(found[0]):
        raise _wrongly_named(base, found[0])
    return found[0]


def _current(expression: Expression, registry: Registry, was_current: Callable[[int], str | None]) -> str:
    ago = expression.changes_ago or 0
    found = registry.current_id if ago == 0 else was_current(ago)
    if found is None and ago == 0:
        raise UsageError(
            "no model is current yet", "promote one: git pbm promote MODEL", error_id=ErrorId.UNKNOWN_MODEL
        )
    if found is None:
        raise UsageError(
            f"{CURRENT_PATH}@{{{ago}}}: current has not changed that often",
            "git pbm history shows when it changed",
            error_id=ErrorId.UNKNOWN_MODEL,
        )
    if found not in registry.models:
        said = CURRENT_PATH if ago == 0 else f"{CURRENT_PATH}@{{{ago}}}"
        raise UsageError(
            f"{said} is {found}, which has no directory here",
            "git pbm check says what is wrong",
            error_id=ErrorId.UNKNOWN_MODEL,
        )
    return found


def _by_digits(digits: str, registry: Registry) -> list[str]:
    """Ids of the models whose hash begins with the digits; only beyond the id's digits is a hash looked at."""
    names = [name for name in registry.models if is_id(name) and name.startswith(digits[:ID_DIGITS])]
    if len(digits) <= ID_DIGITS:
        return names
    return [name for name in names if _hash(registry.models[name]).startswith(digits)]


def _hash(model: Model) -> str:
    """The full hash: of the bytes where they are here, else as metadata states it."""
    facts = model.facts(model.policy) if model.policy else None
    if isinstance(facts, Facts):
        return facts.sha256
    return model.metadata.hash if model.metadata else model.name


def _tag(model: Model) -> str | None:
    """The tag, where it is one: a hand-edited registry may hold anything, and this goes to a terminal."""
    tag = model.metadata.tag if model.metadata else ""
    return tag if tag_problem(tag) is None else None


def _label(name: str, registry: Registry) -> str:
    shown = name if is_id(name) else repr(name)
    tag = _tag(registry.models[name])
    return f"{shown} ({tag})" if tag else shown


def _listed(names: Sequence[str], registry: Registry) -> str:
    shown = ", ".join(_label(name, registry) for name in names[:_SHOWN])
    return shown if len(names) <= _SHOWN else f"{shown} and {len(names) - _SHOWN} more"


def _wrongly_named(said: str, name: str) -> UsageError:
    return UsageError(
        f"{said}: that model's directory is called {name!r}, which is not an id",
        "git pbm check says more",
        error_id=ErrorId.UNKNOWN_MODEL,
    )


def _lineage_ends(expression: Expression, registry: Registry, lineage: Lineage, name: str) -> UsageError:
    """Why there is no such ancestor: a root, a parent that is not here, or a circle."""
    path = (name, *lineage.ancestors(name))
    last, steps = path[-1], len(path) - 1
    stated = lineage.parents[last]
    if stated is None:
        why = "has no parent"
    elif stated in lineage.parents:
        why = "descends from itself"
    else:
        why = f"has a parent that is not here ({stated if is_id(stated) else repr(stated[:80])})"
    ends = f"the lineage ends {steps} step{'s' * (steps != 1)} up"
    return UsageError(
        f"{expression.text}: {ends}, at {_label(last, registry)}, which {why}",
        "git pbm lineage shows it",
        error_id=ErrorId.UNKNOWN_MODEL,
    )


def _nearest(base: str, registry: Registry) -> str:
    import difflib  # loaded only when there is something to say

    tags = [tag for tag, _ in registry.tagged() if tag_problem(tag) is None]
    names = [*tags, *(name for name in registry.models if is_id(name))]
    near = difflib.get_close_matches(base.lower(), names, n=3, cutoff=0.5)
    return f"did you mean {', '.join(near)}?" if near else "git pbm list shows what there is"
