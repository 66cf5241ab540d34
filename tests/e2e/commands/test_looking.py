"""``git pbm list``: conditions, order, how many, and formats for other programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest

from tests.support.machine import Machine


@pytest.fixture
def rated(golden_copy: Callable[[], Machine]) -> Machine:
    """A registry whose models have a metric of a person's own."""
    place = golden_copy()
    for tag, elo in (("supervised-v1", 1500), ("supervised-v2", 1958)):
        place.pbm("annotate", tag, "--metric", f"elo={elo}")
    return place


def tags(place: Machine, *words: str) -> list[str]:
    return place.pbm("list", "--columns", "tag", "--format", "csv", *words).out.splitlines()[1:]


def test_conditions_order_and_limit(rated: Machine) -> None:
    assert tags(rated, "--where", "elo>=1500", "--sort", "-elo") == ["supervised-v2", "supervised-v1"]
    assert tags(rated, "--where", "elo>=1500", "--where", "tag=*v1") == ["supervised-v1"]
    assert tags(rated, "--sort", "-elo", "--limit", "1") == ["supervised-v2"]
    assert tags(rated, "--sort=elo")[-1] == "rl-r1-i1", "models without the field come last"
    assert tags(rated, "--sort", "-elo")[-1] == "rl-r1-i1"
    assert tags(rated, "--where", "parent=supervised-v1") == ["rl-r1-i1"]
    assert tags(rated, "--limit", "0") == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--where", "foo=1"), "no model has a field 'foo' -> fields: id, hash, current, created, "),
        (("--where", "eol>=1"), "did you mean elo? fields: "),
        (("--where", "elo>=strong"), "elo is a number"),
        (("--where", "elo==1"), "the value begins with an operator"),
        (("--where", "training"), "not KEY OP VALUE"),
        (("--where", "parent=nobody"), "nobody"),
        (("--sort", "foo"), "no model has a field 'foo'"),
        (("--limit", "-1"), "-1 is not a number of 0 or more"),
        (("--limit", "some"), "some is not a number of 0 or more"),
    ],
)
def test_what_cannot_be_asked_is_a_usage_error(rated: Machine, words: tuple[str, ...], said: str) -> None:
    assert said in rated.pbm("list", *words, status=2).err


def test_csv_is_read_back_and_holds_no_formula(rated: Machine) -> None:
    rated.pbm("annotate", "supervised-v1", "--notes", '=cmd(), "quoted"')
    text = rated.pbm("list", "--format", "csv", "--columns", "tag,elo,notes").out
    rows = {row["tag"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows["supervised-v1"] == {"tag": "supervised-v1", "elo": "1500", "notes": '\'=cmd(), "quoted"'}
    assert rows["rl-r1-i1"]["elo"] == ""


def test_a_markdown_table_escapes_what_would_act(rated: Machine) -> None:
    rated.pbm("annotate", "supervised-v1", "--notes", "a | b <script>")
    lines = rated.pbm("list", "--format", "md", "--columns", "tag,notes").out.splitlines()
    assert lines[:2] == ["| tag | notes |", "| --- | --- |"]
    (line,) = [line for line in lines if "supervised-v1" in line]
    assert line.count("|") == 3
    assert "<" not in line
