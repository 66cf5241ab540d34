"""Single fields of a JSON object, read strictly; a problem names the field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from git_pbm.core.documents.strict_json import JsonValue

ROWS_LIMIT = 20_000
INTEGER_LIMIT = 2**53 - 1
"""Every reader of JSON holds these integers exactly (RFC 8259, section 6)."""
GAMES_LIMIT = 10**9

T = TypeVar("T")


class EvaluationProblem(ValueError):
    """Which field of a document of the ledger is wrong, and why."""


def optional_of(fields: Mapping[str, JsonValue], name: str, read: Callable[[JsonValue], T]) -> T | None:
    """Return what a field holds, None where there is none."""
    return read(fields[name]) if name in fields else None


def object_of(
    value: JsonValue, where: str, required: Sequence[str], optional: Sequence[str] = ()
) -> Mapping[str, JsonValue]:
    """Return an object that has the required fields and no unknown one."""
    if not isinstance(value, dict):
        raise EvaluationProblem(f"`{where}` is not an object")
    missing = [name for name in required if name not in value]
    unknown = sorted(set(value) - {*required, *optional})
    if missing or unknown:
        raise EvaluationProblem(
            f"{where} has no `{missing[0]}`" if missing else f"{where} has an unknown field `{unknown[0]}`"
        )
    return value


def list_of(value: JsonValue, where: str) -> list[JsonValue]:
    """Return a list of at most 20,000 rows."""
    if not isinstance(value, list) or len(value) > ROWS_LIMIT:
        raise EvaluationProblem(f"`{where}` is not a list of at most {ROWS_LIMIT} rows")
    return value


def integers_of(value: JsonValue, where: str, count: int, lowest: int) -> list[int]:
    """Return a list of ``count`` integers."""
    rows = list_of(value, where)
    if len(rows) != count:
        raise EvaluationProblem(f"`{where}` does not have {count} numbers")
    return [integer_of(row, where, lowest, INTEGER_LIMIT if lowest < 0 else GAMES_LIMIT) for row in rows]


def integer_of(value: JsonValue, where: str, lowest: int, highest: int) -> int:
    """Return an integer from ``lowest`` to ``highest``; true and false are refused."""
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise EvaluationProblem(f"`{where}` is not an integer from {lowest} to {highest}")
    return value


def boolean_of(value: JsonValue, where: str) -> bool:
    """Return true or false."""
    if not isinstance(value, bool):
        raise EvaluationProblem(f"`{where}` is neither true nor false")
    return value


def text_of(value: JsonValue, where: str, fits: Callable[[str], bool]) -> str:
    """Return a text that fits its grammar."""
    if not isinstance(value, str) or not fits(value):
        raise EvaluationProblem(f"`{where}` is not a text of the form that the schema describes")
    return value


def check_constant(fields: Mapping[str, JsonValue], name: str, expected: int) -> None:
    """Refuse a field that is not exactly ``expected``."""
    if integer_of(fields[name], name, 0, INTEGER_LIMIT) != expected:
        raise EvaluationProblem(f"`{name}` is not {expected}")
