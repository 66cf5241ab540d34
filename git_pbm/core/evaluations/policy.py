"""What ``.pbm.toml`` says of arenas and of the gate; it gives no verdict."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from git_pbm.core.documents.allowances import AllowanceProblem, toml_of
from git_pbm.core.evaluations.evaluation import ConfigValue
from git_pbm.core.evaluations.evaluation_reader import SEATS_LIMIT, config_of, is_arena_name, is_line
from git_pbm.core.evaluations.fields import GAMES_LIMIT, EvaluationProblem

SCORINGS = ("win-draw-loss", "solo", "draw-size", "sum-of-squares")
NEEDS = ("loaded", "loaded-in-memory", "log", "clean-engine", "one-engine")
FEWEST_ROUNDS = 20
"""With fewer rounds of skewed scores the test promotes more often than alpha by chance."""
ELO_LIMIT = 10_000


class PolicyProblem(ValueError):
    """Which key of ``[arena]`` or ``[gate]`` is wrong, and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arena:
    """Where models meet: an evaluation is of it only with exactly its configuration.

    ``loaded`` are texts that a log must hold, ``refuse`` those that it must not; plain text, no patterns.
    """

    name: str
    seats: int = 2
    scoring: str = SCORINGS[0]
    config: Mapping[str, ConfigValue] = field(default_factory=dict)
    loaded: tuple[str, ...] = ()
    refuse: tuple[str, ...] = ()


DEFAULT_ARENA = Arena(name="default")
"""The arena of a file that names none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sprt:
    """The sequential test of ``elo1`` against ``elo0``, decided with ``units`` units or more."""

    elo0: float = 0
    elo1: float = 35
    alpha: float = 0.05
    beta: float = 0.05
    units: int = 20


@dataclass(frozen=True, slots=True)
class Fixed:
    """A score of the first ``games`` games."""

    games: int
    score: float


Test: TypeAlias = "Sprt | Fixed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What a candidate must show against the current model."""

    arena: Arena
    test: Test
    needs: tuple[str, ...] = ()
    override: bool = True


@dataclass(frozen=True, slots=True)
class Policy:
    """The arenas of a file, by name, and its gate, None where it has none."""

    arenas: Mapping[str, Arena]
    gate: Gate | None


def policy_in(text: str) -> Policy:
    """Return the policy in the text of a ``.pbm.toml``; without a text that can be read, none.

    Raises :class:`PolicyProblem`. That the text is TOML, and holds no other tables, is another rule's affair.
    """
    try:
        document = toml_of(text)
    except AllowanceProblem:
        return Policy({}, None)
    return policy_of(document)


def policy_of(document: Mapping[str, object]) -> Policy:
    """Return the policy in the tables ``arena`` and ``gate`` of a TOML document. Raises :class:`PolicyProblem`."""
    tables = _table(document.get("arena", {}), "arena")
    arenas = {name: _arena(name, value) for name, value in tables.items()}
    return Policy(arenas, _gate(document["gate"], arenas) if "gate" in document else None)


def _arena(name: str, value: object) -> Arena:
    where = f"arena.{name}"
    table = _table(value, where, ("seats", "scoring", "config", "log"))
    if not is_arena_name(name):
        raise PolicyProblem(f"[{where}]: a name is 1 to 64 letters, digits, '-' and '_'")
    seats = _integer(table.get("seats", 2), f"{where}.seats", 2, SEATS_LIMIT)
    scoring = table.get("scoring", SCORINGS[0])
    if scoring not in SCORINGS:
        raise PolicyProblem(f"`{where}.scoring` is none of {', '.join(SCORINGS)}")
    if (seats == 2) != (scoring == SCORINGS[0]):
        raise PolicyProblem(f"`{where}.scoring`: {SCORINGS[0]} is for two seats, the others are for more")
    log = _table(table.get("log", {}), f"{where}.log", ("loaded", "refuse"))
    try:
        config = config_of(table.get("config", {}))
    except EvaluationProblem as problem:
        raise PolicyProblem(f"[{where}]: {problem}") from None
    return Arena(
        name=name,
        seats=seats,
        scoring=str(scoring),
        config=config,
        loaded=_texts(log.get("loaded", []), f"{where}.log.loaded"),
        refuse=_texts(log.get("refuse", []), f"{where}.log.refuse"),
    )


def _gate(value: object, arenas: Mapping[str, Arena]) -> Gate:
    table = _table(value, "gate")
    arena = _arena_of_gate(table.get("arena"), arenas)
    shared = ("arena", "test", "needs", "override")
    kind = table.get("test", "sprt")
    if kind == "sprt":
        _table(table, "gate", (*shared, "elo", "alpha", "beta", "units"))
        test: Test = _sprt(table, arena)
    elif kind == "fixed":
        _table(table, "gate", (*shared, "games", "score"))
        test = Fixed(
            _integer(table.get("games"), "gate.games", 1, GAMES_LIMIT),
            _number(table.get("score"), "gate.score", 0, 1),
        )
    else:
        raise PolicyProblem("`gate.test` is neither sprt nor fixed")
    needs = _texts(table.get("needs", []), "gate.needs")
    unknown = [need for need in needs if need not in NEEDS]
    if unknown:
        raise PolicyProblem(f"`gate.needs` has {unknown[0]}, which is none of {', '.join(NEEDS)}")
    override = table.get("override", True)
    if not isinstance(override, bool):
        raise PolicyProblem("`gate.override` is neither true nor false")
    return Gate(arena=arena, test=test, needs=needs, override=override)


def _arena_of_gate(name: object, arenas: Mapping[str, Arena]) -> Arena:
    known = arenas or {DEFAULT_ARENA.name: DEFAULT_ARENA}
    if name is None and len(known) == 1:
        return next(iter(known.values()))
    if name is None:
        raise PolicyProblem(f"`gate.arena` must name one of {', '.join(sorted(known))}")
    if not isinstance(name, str) or name not in known:
        raise PolicyProblem(f"`gate.arena` is none of {', '.join(sorted(known))}")
    return known[name]


def _sprt(table: Mapping[str, object], arena: Arena) -> Sprt:
    elo = table.get("elo", [0, 35])
    if not isinstance(elo, list) or len(elo) != 2:
        raise PolicyProblem("`gate.elo` is not a list of two numbers")
    elo0, elo1 = (_number(item, "gate.elo", -ELO_LIMIT, ELO_LIMIT) for item in elo)
    if elo0 >= elo1:
        raise PolicyProblem("`gate.elo` is not in ascending order")
    fewest = FEWEST_ROUNDS if arena.seats > 2 else 1
    return Sprt(
        elo0=elo0,
        elo1=elo1,
        alpha=_number(table.get("alpha", 0.05), "gate.alpha", 0, 0.5),
        beta=_number(table.get("beta", 0.05), "gate.beta", 0, 0.5),
        units=_integer(table.get("units", 20), "gate.units", fewest, GAMES_LIMIT),
    )


def _table(value: object, where: str, known: Sequence[str] | None = None) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise PolicyProblem(f"`{where}` is not a table")
    unknown = [] if known is None else sorted(set(value) - set(known))
    if unknown:
        raise PolicyProblem(f"unknown key {where}.{unknown[0]}")
    return value


def _integer(value: object, where: str, lowest: int, highest: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise PolicyProblem(f"`{where}` is not an integer from {lowest} to {highest}")
    return value


def _number(value: object, where: str, lowest: float, highest: float) -> float:
    """A number between two others, which it does not reach."""
    if not isinstance(value, int | float) or isinstance(value, bool) or not math.isfinite(value):
        raise PolicyProblem(f"`{where}` is not a number")
    if not lowest < value < highest:
        raise PolicyProblem(f"`{where}` is not between {lowest:g} and {highest:g}")
    return value


def _texts(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) and is_line(item) for item in value):
        raise PolicyProblem(f"`{where}` is not a list of single lines")
    return tuple(value)
