"""``.pbm.toml`` and its accepted findings, each with a reason, each pinned to exactly what was found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tomlkit.items import Table

FIELDS = ("rule", "path", "found", "reason")
TABLES = frozenset({"allow", "arena", "gate"})
"""The tables of ``.pbm.toml``; arenas and the gate are read by :mod:`git_pbm.core.evaluations.policy`."""

LIMIT = 1 << 20
_DOTS = 1000
"""A dotted key takes time that grows with the square of its parts."""


class AllowanceProblem(ValueError):
    """Why ``.pbm.toml`` cannot be read."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """One accepted finding: its identity, and the reason why it is accepted."""

    rule: str
    path: str
    found: str
    reason: str

    @property
    def identity(self) -> tuple[str, str, str]:
        """What a finding must be, to be accepted: rule, path, what was found."""
        return (self.rule, self.path, self.found)


def parse(text: str) -> tuple[Allowance, ...]:
    """The allowances of a file's text. Raises :class:`AllowanceProblem`."""
    document = toml_of(text)
    unknown = sorted(set(document) - TABLES)
    if unknown:
        raise AllowanceProblem(f"unknown key {unknown[0]}")
    rows = document.get("allow", [])
    if not isinstance(rows, list):
        raise AllowanceProblem("`allow` is not a list of tables: write [[allow]]")
    return tuple(_allowance(number, row) for number, row in enumerate(rows, 1))


def toml_of(text: str) -> dict[str, object]:
    """The tables of a file's text. Raises :class:`AllowanceProblem` where it is not TOML."""
    if len(text) > LIMIT:
        raise AllowanceProblem(f"longer than {LIMIT} characters")
    if any(line.count(".") > _DOTS for line in text.splitlines()):
        raise AllowanceProblem(f"a line with more than {_DOTS} dots")
    import tomllib  # few registries have this file

    try:
        return tomllib.loads(text)
    except RecursionError:
        raise AllowanceProblem("not TOML: nested too deep") from None
    except ValueError as error:  # also of numbers and days that Python cannot hold
        raise AllowanceProblem(f"not TOML: {error}") from None


def _allowance(number: int, row: object) -> Allowance:
    if not isinstance(row, dict) or set(row) != set(FIELDS):
        raise AllowanceProblem(f"[[allow]] number {number} must have exactly {', '.join(FIELDS)}")
    values = [row[name] for name in FIELDS]
    if not all(isinstance(value, str) for value in values) or not row["reason"].strip():
        raise AllowanceProblem(f"[[allow]] number {number}: every field is text, and the reason is not empty")
    return Allowance(*values)


def with_added(text: str, fresh: Sequence[Allowance]) -> str:
    """The file's text with further allowances at its end, a table each; comments and order stay."""
    return _rewritten(text, lambda one: True, fresh)


def without(text: str, goes: Callable[[Allowance], bool]) -> str:
    """The file's text without the allowances that ``goes`` says so of; comments and order of the others stay."""
    return _rewritten(text, lambda one: not goes(one), ()) if any(map(goes, parse(text))) else text


def _rewritten(text: str, stays: Callable[[Allowance], bool], fresh: Sequence[Allowance]) -> str:
    """The text with those allowances that stay, as they are written, and the fresh ones after them."""
    import tomlkit
    from tomlkit.items import AoT

    document = tomlkit.parse(text)
    rows = document.pop("allow", None)
    array = tomlkit.aot()
    for number, one in enumerate(parse(text)):
        if stays(one):
            table = rows[number] if isinstance(rows, AoT) else _table(one)  # `allow = [{...}]` takes no table
            array.append(table)
    for one in fresh:
        array.append(_table(one))
    if len(array):
        document.append("allow", array)
    return tomlkit.dumps(document).lstrip("\n")


def _table(one: Allowance) -> Table:
    import tomlkit

    table = tomlkit.table()
    for name in FIELDS:
        table.add(name, getattr(one, name))
    return table
