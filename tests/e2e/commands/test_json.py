"""The shapes of ``docs/reference/json.md``: what each command prints is held to a schema, and the page names all."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from git_pbm.cli.commands import COMMANDS
from tests.conftest import Trainer
from tests.support.branches import State, tag_of, write_branches
from tests.support.machine import Machine

ROOT = Path(__file__).parents[3]
Schema = dict[str, object]


def record(**fields: object) -> Schema:
    """An object with exactly these fields."""
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def items(of: object) -> Schema:
    return {"type": "array", "items": of}


def maybe(of: Schema) -> Schema:
    return {"anyOf": [of, {"type": "null"}]}


TEXT: Schema = {"type": "string"}
NUMBER: Schema = {"type": "number"}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
ANY: Schema = {}
VERSION: Schema = {"const": 1}
METADATA: Schema = {"type": "object", "required": ["hash", "created", "training", "tag", "params"]}
MODEL_FIELDS: Schema = {"id": TEXT, "hash": TEXT, "current": FLAG, "metadata": METADATA}
MODEL = record(**MODEL_FIELDS)
NETWORK = record(
    parameters=COUNT,
    inputs=items({"type": "array", "minItems": 3, "maxItems": 3}),
    outputs=items({"type": "array", "minItems": 3, "maxItems": 3}),
    ir_version=COUNT,
    opsets=items({"type": "array"}),
    producer=TEXT,
    producer_version=TEXT,
    external_data=items(TEXT),
)
REIGN: Schema = {
    "id": TEXT,
    "tag": maybe(TEXT),
    "since": TEXT,
    "commit": TEXT,
    "author": TEXT,
    "subject": TEXT,
    "rolled_back": FLAG,
}
FINDING = record(rule=TEXT, severity={"enum": ["error", "warning"]}, path=TEXT, found=TEXT, message=TEXT, remedy=TEXT)
CHANGED: Schema = {
    "id": TEXT,
    "message": TEXT,
    "paths": items(TEXT),
    "metadata": maybe(METADATA),
    "warnings": items(TEXT),
    "changed": {"const": True},
    "commit": TEXT,
    "deployed": maybe(TEXT),
}
PLANNED: Schema = {**CHANGED, "changed": {"const": False}, "commit": {"type": "null"}, "deployed": {"type": "null"}}
UNCHANGED: Schema = {"id": TEXT, "changed": {"const": False}, "deployed": maybe(TEXT)}

LOOKS: list[tuple[tuple[str, ...], int, Schema]] = [
    (("list",), 0, {"current": maybe(TEXT), "models": items(MODEL)}),
    (("show",), 0, {"model": record(**MODEL_FIELDS, networks={"type": "object", "additionalProperties": NETWORK})}),
    (("lineage",), 0, {"current": TEXT, "models": items(record(**MODEL_FIELDS, parent=maybe(TEXT), depth=COUNT))}),
    (("history",), 0, {"current": TEXT, "history": items(record(**REIGN, until=maybe(TEXT)))}),
    (("history", "--at", "2026-03-01"), 0, {"at": TEXT, "model": maybe(record(**REIGN))}),
    (
        ("diff", "supervised-v1", "current"),
        0,
        {
            "models": items(MODEL),
            "fields": {"type": "object", "additionalProperties": record(first=ANY, second=ANY, delta=maybe(NUMBER))},
            "interface": items(TEXT),
        },
    ),
    (
        ("which", "models/../current"),
        0,
        {
            "files": items(
                record(
                    path=TEXT,
                    sha256=TEXT,
                    models=items(record(id=TEXT, tag=TEXT, file=TEXT, current=FLAG)),
                    removed=maybe(record(id=TEXT, tag=TEXT, commit=TEXT, why=TEXT)),
                )
            )
        },
    ),
    (
        ("status",),
        0,
        {
            "root": TEXT,
            "models": COUNT,
            "model": maybe(MODEL),
            "since": maybe(TEXT),
            "engine": maybe(TEXT),
            "engine_flaws": items(TEXT),
            "missing_hooks": items(TEXT),
            "hooks_configured": FLAG,
            "interrupted": maybe(TEXT),
            "left": items(TEXT),
        },
    ),
    (
        ("check",),
        0,
        {
            "checked": TEXT,
            "models": COUNT,
            "findings": items(FINDING),
            "unverified": items(record(path=TEXT, object=TEXT)),
            "not_inspected": items(TEXT),
        },
    ),
    (
        ("deploy", "--check"),
        1,
        {"id": TEXT, "tag": TEXT, "folder": TEXT, "flaws": items(record(path=TEXT, kind=TEXT, message=TEXT))},
    ),
    (
        ("deploy",),
        0,
        {"id": TEXT, "folder": TEXT, "files": items(TEXT), "taken_away": items(TEXT), "warnings": items(TEXT)},
    ),
    (
        ("repair",),
        0,
        {
            "applied": FLAG,
            "paths": items(TEXT),
            "interrupted": maybe(TEXT),
            "recovered": maybe(TEXT),
            "torn_index": FLAG,
            "mismatches": items(TEXT),
            "warnings": items(TEXT),
        },
    ),
    (("promote", "supervised-v1"), 0, CHANGED),
    (("promote", "rl-r1-i1", "--dry-run"), 0, PLANNED),
    (("promote", "current"), 0, UNCHANGED),
    (("annotate", "current", "--notes", "x"), 0, CHANGED),
]


def test_every_shape_is_as_documented(registry: Machine) -> None:
    engine = registry.folder.parent / "engine"
    engine.mkdir()
    registry.git("config", "pbm.engine", str(engine))
    for words, status, fields in LOOKS:
        found = json.loads(registry.pbm(*words, "--json", status=status).out)
        jsonschema.validate(found, record(version=VERSION, **fields))


def test_a_merge_that_waits_and_one_that_is_settled_are_as_documented(machine: Machine) -> None:
    base = State().adds(0, promote=True)
    write_branches(machine, base, {"mine": [base.adds(1, promote=True)], "topic": [base.adds(2, promote=True)]})
    machine.git("checkout", "-q", "mine")
    assert machine.run("git", "merge", "topic").status == 1
    side = record(side=TEXT, commit=maybe(TEXT), id=maybe(TEXT), in_tree=FLAG, model=maybe(MODEL))
    fields: Schema = {
        "operation": maybe(TEXT),
        "candidates": items(side),
        "current": maybe(TEXT),
        "settled": items(TEXT),
        "left": items(TEXT),
        "findings": items(FINDING),
        "next": maybe(TEXT),
        "warnings": items(TEXT),
    }
    for words, status in (((), 1), (("--current", tag_of(2)), 0), ((), 0)):
        found = json.loads(machine.pbm("resolve", *words, "--json", status=status).out)
        jsonschema.validate(found, record(version=VERSION, **fields))
        assert len(found["candidates"]) == 2 * status
        assert found["next"] == "git commit"


def test_adding_prints_what_was_done(registry: Machine, train: Trainer) -> None:
    words = ("add", *train(5), "--tag", "rl-r1-i2", "--json")
    kept = {"kept_by_gate": maybe(TEXT)}
    there = {**UNCHANGED, "tag": TEXT, "added": {"const": False}, "differences": items(TEXT)}
    for more, fields in ((("--dry-run",), {**PLANNED, **kept}), ((), {**CHANGED, **kept}), ((), there)):
        found = json.loads(registry.pbm(*words, *more).out)
        jsonschema.validate(found, record(version=VERSION, **fields))


@pytest.mark.parametrize("command", [c.name for c in COMMANDS if c.name not in ("init", "explain", "path")])
def test_the_page_names_every_command_that_speaks_json(command: str) -> None:
    assert f"`{command}" in (ROOT / "docs/reference/json.md").read_text()
