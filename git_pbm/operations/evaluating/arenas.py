"""The arenas of a registry: what ``.pbm.toml`` says of how models meet."""

from __future__ import annotations

from git_pbm.core.evaluations.policy import DEFAULT_ARENA, Arena, Policy, PolicyProblem, policy_in
from git_pbm.core.names import ALLOWANCES_PATH
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, RefusedError, UsageError


def policy_of(registry: Registry) -> Policy:
    """Return what ``.pbm.toml`` says. Raises ``RefusedError`` where it is malformed."""
    try:
        return policy_in(registry.allowances_text or "")
    except PolicyProblem as problem:
        raise RefusedError(
            f"{ALLOWANCES_PATH}: {problem}", f"correct {ALLOWANCES_PATH}", error_id=ErrorId.RULES_VIOLATED
        ) from problem


def arena_of(registry: Registry, name: str | None) -> Arena:
    """Return the arena of this name, or the only one. Raises ``UsageError`` where the file does not have it."""
    arenas = policy_of(registry).arenas or {DEFAULT_ARENA.name: DEFAULT_ARENA}
    if name is None and len(arenas) == 1:
        return next(iter(arenas.values()))
    names = ", ".join(sorted(arenas))
    if name is None:
        raise UsageError(f"{ALLOWANCES_PATH} has the arenas {names}", "name one: --arena NAME")
    if name not in arenas:
        raise UsageError(f"{name} is not an arena: there is {names}", f"arenas are in {ALLOWANCES_PATH}: [arena.NAME]")
    return arenas[name]
