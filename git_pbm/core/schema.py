"""A parsed document against its JSON Schema; the only importer of jsonschema, and only when it is called."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import TYPE_CHECKING, cast

from git_pbm.core.strict_json import JsonValue

if TYPE_CHECKING:
    from jsonschema.protocols import Validator

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class SchemaProblem:
    """One place where a document breaks its schema: the place (``files/policy_v2.onnx/size``), the value, why."""

    place: str
    found: str
    message: str


@lru_cache
def load(name: str) -> Mapping[str, JsonValue]:
    """A schema that is shipped with git pbm, by its file name."""
    text = resources.files("git_pbm.schemas").joinpath(name).read_text("utf-8")
    return cast(Mapping[str, JsonValue], json.loads(text))


def problems(document: JsonValue, schema: Mapping[str, JsonValue]) -> tuple[SchemaProblem, ...]:
    """Every problem, in a stable order; integers are never ``2.0``, and dates are real calendar days."""
    found = {_problem(error) for error in _validator(str(schema["$id"]), _frozen(schema)).iter_errors(document)}
    return tuple(sorted(found, key=lambda problem: (problem.place, problem.message)))


def is_calendar_day(value: object) -> bool:
    """Whether a value is a real day written ``YYYY-MM-DD``; values that are no text are other rules' affair."""
    if not isinstance(value, str):
        return True
    if _DAY.fullmatch(value) is None:
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _frozen(schema: Mapping[str, JsonValue]) -> str:
    return json.dumps(schema)


@lru_cache
def _validator(_identity: str, schema: str) -> Validator:
    import jsonschema
    from referencing import Registry

    def is_integer(_: object, value: object) -> bool:
        return isinstance(value, int) and not isinstance(value, bool)

    checker = jsonschema.FormatChecker(formats=())
    checker.checks("date")(is_calendar_day)
    types = jsonschema.Draft202012Validator.TYPE_CHECKER.redefine("integer", is_integer)
    kind = jsonschema.validators.extend(  # type: ignore[no-untyped-call]
        jsonschema.Draft202012Validator, type_checker=types
    )
    return cast("Validator", kind(json.loads(schema), registry=Registry(), format_checker=checker))


def _problem(error: object) -> SchemaProblem:
    from jsonschema import ValidationError

    if not isinstance(error, ValidationError):
        raise TypeError(error)
    path = [str(part) for part in error.absolute_path]
    if error.validator == "required":
        present = cast("Mapping[str, object]", error.instance)
        missing = next(name for name in cast("list[str]", error.validator_value) if name not in present)
        return SchemaProblem("/".join([*path, missing]), "absent", f"`{missing}` is missing")
    place = "/".join(path)
    found = json.dumps(error.instance, ensure_ascii=False)
    found = found if len(found) <= _SHOWN else found[: _SHOWN - 3] + "..."
    name = f"`{path[-1]}`" if path else "the document"
    return SchemaProblem(
        place, found, f"{name} {_demand(error.validator, error.validator_value, error.schema)}, not {found}"
    )


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
        case "minimum":
            return f"must be {value} or more"
        case "maximum":
            return f"must be {value} or less"
        case "format":
            return "must be a real day, written YYYY-MM-DD"
        case "additionalProperties":
            return "must hold nothing else"
        case _:
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
