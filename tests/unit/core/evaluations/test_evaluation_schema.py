"""The schema, which serves editors, and the reader, which judges, agree on what a document's fields are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from copy import deepcopy
from importlib import resources
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from git_pbm.core.evaluations.evaluation_reader import document_of
from git_pbm.core.evaluations.fields import EvaluationProblem
from tests.unit.core.evaluations.documents import NEW, example

SCHEMA = json.loads((resources.files("git_pbm.schemas") / "evaluation.schema.json").read_text())
RETRACTION: dict[str, Any] = {
    "version": 1,
    "kind": "retraction",
    "model": NEW.to_json(),
    "retracts": ["0" * 16],
    "reason": "the wrong net",
    "date": "2026-11-25",
}
BAD: tuple[object, ...] = (None, "", "x y\n", -1, 1.5, True, [], {}, [1], {"x": 1}, 10**12)


def accepts(document: object) -> bool:
    return bool(Draft202012Validator(SCHEMA).is_valid(document))


def reads(document: Any) -> bool:
    try:
        document_of(document)
    except EvaluationProblem:
        return False
    return True


def places(document: dict[str, Any], path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every field, of inner objects, too."""
    for name, value in document.items():
        yield (*path, name)
        if isinstance(value, dict):
            yield from places(value, (*path, name))


def at(document: dict[str, Any], path: tuple[str, ...]) -> dict[str, Any]:
    for name in path[:-1]:
        document = document[name]
    return document


def test_it_is_a_schema_and_takes_what_is_right() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    named = example() | {"opponent": {"name": "medium", "version": "1.2"}}
    for document in (example(), named, RETRACTION):
        assert accepts(document)
        assert reads(document)


@pytest.mark.parametrize("document", [example(), RETRACTION], ids=["match", "retraction"])
def test_what_the_schema_refuses_of_a_field_the_reader_refuses(document: dict[str, Any]) -> None:
    refused = 0
    for path in places(document):
        for value in BAD:
            changed = deepcopy(document)
            at(changed, path)[path[-1]] = value
            if not accepts(changed):
                refused += 1
                assert not reads(changed), (path, value)
        without = deepcopy(document)
        del at(without, path)[path[-1]]
        assert accepts(without) == reads(without), path
    assert refused > 50
    for path in [(), ("model",)]:
        unknown = deepcopy(document)
        at(unknown, (*path, "x"))["stray"] = 1
        assert (accepts(unknown), reads(unknown)) == (False, False)
