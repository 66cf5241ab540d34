"""Conditions of ``git pbm list --where``: ``KEY OP VALUE``, read and held against models."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from git_pbm.core.documents.own_metrics import read_number
from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.names import is_id
from git_pbm.errors import UsageError
from git_pbm.operations.model_view import View

_GRAMMAR = re.compile(r"\s*([^\s=!<>]+)\s*(!=|<=|>=|=|<|>)\s*(.*?)\s*", re.DOTALL)
_EXAMPLE = "for example: --where 'training=rl_selfplay', --where 'best_loss<=0.7'"

_ORDER: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition. ``value`` is text as given; a field that is absent never matches."""

    key: str
    sign: str
    value: str

    @classmethod
    def parse(cls, text: str) -> Condition:
        """Return the condition that a text states. Raises :class:`UsageError`."""
        match = _GRAMMAR.fullmatch(text)
        if match is None:
            raise UsageError(f"--where {text}: not KEY OP VALUE, with OP one of = != < <= > >=", _EXAMPLE)
        key, sign, value = match.groups()
        if value[:1] in ("=", "!", "<", ">"):
            raise UsageError(f"--where {text}: the value begins with an operator", _EXAMPLE)
        return cls(key, sign, value)

    def select(self, views: Collection[View], model_of: Callable[[str], str]) -> list[View]:
        """Return the models that match; ``model_of`` gives the id of a MODEL, for the key ``parent``.

        Numbers compare as numbers, everything else as text; ``=`` and ``!=`` take globs. Raises :class:`UsageError`
        for a value that is not a number where the field is one.
        """
        found = [(view, view.field(self.key)) for view in views]
        present = [(view, value) for view, value in found if value is not None]
        matches = self._test(is_number=any(_is_number(value) for _, value in present), model_of=model_of)
        return [view for view, value in present if matches(value)]

    def _test(self, *, is_number: bool, model_of: Callable[[str], str]) -> Callable[[JsonValue], bool]:
        if is_number:
            number = read_number(self.value)
            if number is None:
                raise UsageError(f"--where {self.key}{self.sign}{self.value}: {self.key} is a number", _EXAMPLE)
            return lambda value: isinstance(value, int | float) and self._holds(value, number)
        wanted = self.value
        if self.key == "parent" and self.sign in ("=", "!=") and not any(c in wanted for c in "*?["):
            wanted = wanted if is_id(wanted) else model_of(wanted)  # the id may be one that was removed
        if self.sign in _ORDER:
            return lambda value: _ORDER[self.sign](as_text(value), wanted)
        return lambda value: fnmatchcase(as_text(value), wanted) == (self.sign == "=")

    def _holds(self, value: float, number: float) -> bool:
        if self.sign in _ORDER:
            return _ORDER[self.sign](value, number)
        return (value == number) == (self.sign == "=")


def as_text(value: JsonValue) -> str:
    """A field as the text that conditions and the order of text go by."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
