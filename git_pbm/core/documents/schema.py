"""A parsed document against its JSON Schema; the only importer of jsonschema, and only where something is wrong."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from git_pbm.core.documents.dates import is_calendar_day
from git_pbm.core.documents.fast_schema import Keeps, UnknownKeywordError, is_integer, is_number, quick
from git_pbm.core.documents.strict_json import JsonValue

if TYPE_CHECKING:
    from jsonschema import ValidationError
    from jsonschema.protocols import Validator

_SHOWN = 80
"""Characters of a value that are shown."""


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """One place where a document breaks its schema: the place (``files/policy_v2.onnx/size``), the value, why."""

    place: str
    found: str
    message: str


@lru_cache
def load(name: str) -> Mapping[str, JsonValue]:
    """A schema that is shipped with git pbm, by its file name."""
    from importlib import resources

    text = resources.files("git_pbm.schemas").joinpath(name).read_text("utf-8")
    return cast(Mapping[str, JsonValue], json.loads(text))


def problems(document: JsonValue, schema: Mapping[str, JsonValue]) -> tuple[SchemaProblem, ...]:
    """Every problem, in a stable order; integers are never ``2.0``, and dates are real calendar days."""
    same = _Same(schema)
    if _keeps(same)(document):
        return ()
    found = {problem for error in _validator(same).iter_errors(document) for problem in _problems(error)}
    return tuple(sorted(found, key=lambda problem: (problem.place, problem.message, problem.found)))


class _Same:
    """A schema by its identity, so that a compiled validator is found again without reading the schema."""

    def __init__(self, schema: Mapping[str, JsonValue]) -> None:
        self.schema = schema

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.schema is other.schema

    def __hash__(self) -> int:
        return id(self.schema)


@lru_cache(maxsize=8)
def _keeps(same: _Same) -> Keeps:
    try:
        return quick(same.schema)
    except UnknownKeywordError:
        return lambda _: False


@lru_cache(maxsize=8)
def _validator(same: _Same) -> Validator:
    import jsonschema
    from referencing import Registry

    checker = jsonschema.FormatChecker(formats=())
    checker.checks("date")(is_calendar_day)
    types = jsonschema.Draft202012Validator.TYPE_CHECKER.redefine_many(
        {"integer": lambda _, value: is_integer(value), "number": lambda _, value: is_number(value)}
    )
    kind = jsonschema.validators.extend(  # type: ignore[no-untyped-call]
        jsonschema.Draft202012Validator, type_checker=types
    )
    # An empty registry without a way to retrieve: a reference to elsewhere is never followed.
    return cast("Validator", kind(same.schema, registry=Registry(), format_checker=checker))


def _problems(error: ValidationError) -> Iterator[SchemaProblem]:
    path = [_shortened(str(part)) for part in error.absolute_path]
    if error.validator == "required":
        # jsonschema reports each missing name by itself, but tells which one only in its prose.
        for name in cast("list[str]", error.validator_value):
            if name not in cast("dict[str, JsonValue]", error.instance):
                yield SchemaProblem("/".join([*path, name]), "absent", f"`{name}` is missing")
        return
    if error.validator == "additionalProperties":
        instance, schema = cast("dict[str, JsonValue]", error.instance), cast("dict[str, JsonValue]", error.schema)
        for name in instance.keys() - cast("dict[str, JsonValue]", schema.get("properties", {})).keys():
            short = _shortened(name)
            found = _shortened(_json(instance[name]))
            yield SchemaProblem("/".join([*path, short]), found, f"`{short}` is not a field here")
        return
    text = _json(error.instance)
    name = f"`{path[-1]}`" if path else "the document"
    demand = _demand(error.validator, error.validator_value, error.schema)
    shown = text if len(text) <= _SHOWN else f"{text[: _SHOWN - 3]}..."
    yield SchemaProblem("/".join(path), _shortened(text), f"{name} {demand}, not {shown}")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _shortened(text: str) -> str:
    """At most 80 characters, different for different texts: what was found is part of a finding's identity."""
    if len(text) <= _SHOWN:
        return text
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{text[: _SHOWN - 13]}... #{digest}"


def _demand(keyword: object, value: object, schema: object) -> str:
    """What the schema asks for, in words: its own description of the demand where it gives one."""
    words = schema.get("$comment") if isinstance(schema, Mapping) else None
    if isinstance(words, str):
        return words
    match keyword:
        case "type":
            kinds = value if isinstance(value, list) else [value]
            return f"must be {' or '.join(_KINDS.get(str(kind), str(kind)) for kind in kinds)}"
        case "enum":
            return f"must be one of {', '.join(map(str, value if isinstance(value, list) else [value]))}"
        case _:  # the schemas that are shipped give words for all of these
            return f"breaks the schema ({keyword})"


_KINDS = {
    "string": "text",
    "integer": "an integer",
    "number": "a number",
    "object": "an object",
    "null": "null",
    "array": "a list",
    "boolean": "true or false",
}
