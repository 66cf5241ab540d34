"""A quick yes for documents that keep their schema; every no is jsonschema's, which finds the words for it."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from typing import cast

from git_pbm.core.documents.dates import is_calendar_day
from git_pbm.core.documents.strict_json import JsonValue

Schema = Mapping[str, JsonValue]
Keeps = Callable[[JsonValue], bool]
"""Whether a document keeps the schema that this was made from."""

_SILENT = frozenset(("$schema", "$id", "$comment", "title", "description", "examples"))


class UnknownKeywordError(ValueError):
    """A schema asks for something that only jsonschema knows how to judge."""


def quick(schema: Schema) -> Keeps:
    """The schema as one function. Raises :class:`UnknownKeywordError`."""
    if not isinstance(schema, dict):
        raise UnknownKeywordError(f"a schema that is {schema}")
    tests = [_MAKERS[key](value, schema) for key, value in schema.items() if key in _MAKERS]
    unknown = schema.keys() - _MAKERS.keys() - _SILENT - {"then"}
    if unknown:
        raise UnknownKeywordError(", ".join(sorted(unknown)))
    if len(tests) == 1:
        return tests[0]
    return lambda value: all(test(value) for test in tests)


def is_integer(value: object) -> bool:
    """JSON Schema's integer, but never ``2.0``."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_number(value: object) -> bool:
    """JSON Schema's number, but never NaN or an infinity."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


_TYPES: Mapping[JsonValue, Keeps] = {
    "string": lambda value: isinstance(value, str),
    "integer": is_integer,
    "number": is_number,
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "null": lambda value: value is None,
    "boolean": lambda value: isinstance(value, bool),
}


def _type(kinds: JsonValue, _: Schema) -> Keeps:
    tests = [_TYPES[kind] for kind in (kinds if isinstance(kinds, list) else [kinds])]
    return tests[0] if len(tests) == 1 else lambda value: any(test(value) for test in tests)


def _pattern(pattern: JsonValue, _: Schema) -> Keeps:
    search = re.compile(str(pattern)).search
    return lambda value: not isinstance(value, str) or search(value) is not None


def _format(name: JsonValue, _: Schema) -> Keeps:
    if name != "date":
        raise UnknownKeywordError(f"format {name}")
    return is_calendar_day


def _bound(limit: JsonValue, sign: int) -> Keeps:
    bound = sign * cast(float, limit)
    return lambda value: not is_number(value) or sign * cast(float, value) >= bound


def _enum(allowed: JsonValue, _: Schema) -> Keeps:
    texts = frozenset(text for text in cast("list[JsonValue]", allowed) if isinstance(text, str))
    if len(texts) != len(cast("list[JsonValue]", allowed)):
        raise UnknownKeywordError("an enum of other things than texts")
    return lambda value: isinstance(value, str) and value in texts


def _required(names: JsonValue, _: Schema) -> Keeps:
    needed = frozenset(cast("list[str]", names))
    return lambda value: not isinstance(value, dict) or needed <= value.keys()


def _properties(fields: JsonValue, _: Schema) -> Keeps:
    tests = {name: quick(cast(Schema, about)) for name, about in cast(Schema, fields).items()}
    return lambda value: (
        not isinstance(value, dict) or all(tests[name](field) for name, field in value.items() if name in tests)
    )


def _others(about: JsonValue, schema: Schema) -> Keeps:
    named = cast(Schema, schema.get("properties", {})).keys()
    if about is False:
        return lambda value: not isinstance(value, dict) or value.keys() <= named
    test = quick(cast(Schema, about))
    return lambda value: not isinstance(value, dict) or all(test(value[name]) for name in value.keys() - named)


def _names(about: JsonValue, _: Schema) -> Keeps:
    test = quick(cast(Schema, about))
    return lambda value: not isinstance(value, dict) or all(map(test, value))


def _all_of(schemas: JsonValue, _: Schema) -> Keeps:
    tests = [quick(cast(Schema, schema)) for schema in cast("list[JsonValue]", schemas)]
    return lambda value: all(test(value) for test in tests)


def _if(condition: JsonValue, schema: Schema) -> Keeps:
    premise, conclusion = quick(cast(Schema, condition)), quick(cast(Schema, schema.get("then", {})))
    return lambda value: not premise(value) or conclusion(value)


def _not(schema: JsonValue, _: Schema) -> Keeps:
    test = quick(cast(Schema, schema))
    return lambda value: not test(value)


_MAKERS: Mapping[str, Callable[[JsonValue, Schema], Keeps]] = {
    "type": _type,
    "pattern": _pattern,
    "format": _format,
    "minimum": lambda limit, _: _bound(limit, 1),
    "maximum": lambda limit, _: _bound(limit, -1),
    "enum": _enum,
    "const": lambda text, schema: _enum([text], schema),
    "required": _required,
    "properties": _properties,
    "additionalProperties": _others,
    "propertyNames": _names,
    "allOf": _all_of,
    "if": _if,
    "not": _not,
}
