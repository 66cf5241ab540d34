"""The rule that what becomes current has shown what the gate asks for; statistics are read only where one is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from git_pbm.core.registry.change import Change, Turn
from git_pbm.core.rules.rule import Remark

if TYPE_CHECKING:
    from git_pbm.core.registry.change import Origin
    from git_pbm.core.registry.registry import Registry


def gate_is_met(change: Change) -> Iterator[Remark]:
    """A model that becomes current has shown what the gate in `.pbm.toml` asks for, or its commit overrides the gate.

    The gate is the one that was there before: of the beginning of a range, of the commit that a new one is made on. So
    no pull request loosens it and uses the hole. A candidate is held against what is current in the commit's first
    parent, by all evaluations of the two that lie in the commit's own tree; a retraction counts once it lies where the
    range begins. What the trailers `Gate`, `Evidence`, `Evals` and `Replaced` say is true. Rolling back to what was
    current before the range is free; clearing `current` is not allowed. Over a whole range, a chain of promotions that
    each met the gate leads from what was current to what is, whatever merges did. An override is a warning, and an
    error where the gate says `override = false`.

    To fix it: `git pbm gate MODEL` says what is missing; record further matches with `git pbm eval add`, then
    `git pbm promote MODEL`.
    """
    origin = change.origin
    if origin is None or not origin.registry.may_have_gate or change.before.current_id == change.after.current_id:
        return
    from git_pbm.core.rules.change.promotions import remarks_on_turn

    yield from remarks_on_turn(change, origin)


def range_meets_gate(origin: Origin, tip: Registry, turns: Sequence[Turn]) -> Iterator[Remark]:
    """Yield what is wrong with a whole range: ``turns`` are those of its commits that are not merges."""
    if not origin.registry.may_have_gate or origin.registry.current_id == tip.current_id:
        return
    from git_pbm.core.rules.change.promotions import remarks_on_range

    yield from remarks_on_range(origin, tip, turns)
