"""A person's own metrics: ``NAME=NUMBER`` on a command line, and the fields of a metrics file that are not ours."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping

from git_pbm.core.documents.metadata import METADATA_FIELDS, METRICS
from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.errors import ErrorId, UsageError

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?")
_TEXT_LIMIT = 1000
"""Characters of a text: what is longer belongs into the notes."""


def parse_metrics(given: Iterable[str]) -> dict[str, int | float | None]:
    """Return each metric by its name: a number, or None for ``NAME=``, which removes it.

    An integer stays an integer. Raises :class:`UsageError` for a name out of its grammar, a field of metadata that is
    not a metric, a repeated name, and what is not a finite number.
    """
    found: dict[str, int | float | None] = {}
    for text in given:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not equals:
            raise UsageError(f"--metric {text}: not NAME=NUMBER", "for example: --metric elo=1958")
        _refuse_name(name, f"--metric {text}", "for example: --metric elo=1958")
        if name in METADATA_FIELDS and name not in METRICS:
            raise UsageError(f"--metric {text}: `{name}` is a field of metadata, not a metric", "choose another name")
        if name in found:
            raise UsageError(f"--metric {text}: {name} is given twice", "leave one of the two out")
        if not value and name in METRICS:
            raise UsageError(f"--metric {text}: only a metric of your own can be removed", f"give a number: {name}=X")
        found[name] = read_number(value) if value else None
        if value and found[name] is None:
            raise UsageError(f"--metric {text}: {value} is not a finite number", "for example: --metric elo=1958")
    return found


def own_fields(document: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """Return the fields of a metrics file that are a person's own: numbers, booleans and one-line texts.

    A field that says null is left out. Raises :class:`UsageError` that names what cannot be stored.
    """
    found: dict[str, JsonValue] = {}
    for name, value in document.items():
        if name in METRICS or value is None:
            continue
        where = f"the metrics file has {name!r}"
        if name in METADATA_FIELDS:
            raise UsageError(
                f"{where}, which is a field of metadata and not a metric",
                "take it out of that file",
                error_id=ErrorId.UNUSABLE_METRICS,
            )
        _refuse_name(name, where, "rename it, or take it out of that file")
        problem = _unstorable(value)
        if problem:
            raise UsageError(
                f"{where}, {problem}",
                "keep numbers, true, false and one-line texts in that file",
                error_id=ErrorId.UNUSABLE_METRICS,
            )
        found[name] = value
    return found


def _refuse_name(name: str, where: str, hint: str) -> None:
    if _NAME.fullmatch(name) is None:
        raise UsageError(
            f"{where}: a name is a-z, 0-9 and _, begins with a letter, and has at most 64 characters", hint
        )


def read_number(text: str) -> int | float | None:
    """Return the finite number that a text is, an integer as one; None for any other text."""
    if _INTEGER.fullmatch(text):
        return int(text)
    number = float(text) if _NUMBER.fullmatch(text) else math.nan
    return number if math.isfinite(number) else None


def _unstorable(value: JsonValue) -> str | None:
    if isinstance(value, bool | int):
        return None
    if isinstance(value, float):
        return None if math.isfinite(value) else "which is not a finite number"
    if isinstance(value, str):
        return None if value.isprintable() and len(value) <= _TEXT_LIMIT else "which is not a text of one line"
    return "which is an object or a list"
