"""Conditions of ``list --where``: every operator against a plain comparison, and what is refused."""

from __future__ import annotations

import operator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.errors import UsageError
from git_pbm.operations.conditions import Condition
from git_pbm.operations.model_view import View

OPERATORS = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
NUMBERS = st.integers(-100, 100) | st.floats(-100, 100).map(lambda number: round(number, 3))


def views(*values: JsonValue) -> list[View]:
    return [
        View(
            model_id=f"{place:08x}",
            sha256="",
            is_current=False,
            metadata={} if value is None else {"elo": value},
        )
        for place, value in enumerate(values)
    ]


def selected(text: str, *values: JsonValue) -> list[JsonValue]:
    found = Condition.parse(text).select(views(*values), lambda model: f"id of {model}")
    return [view.field("elo") for view in found]


@given(
    st.sampled_from(sorted(OPERATORS)), NUMBERS, st.lists(NUMBERS | st.none(), min_size=1), st.sampled_from(["", " "])
)
def test_numbers_compare_as_numbers(sign: str, number: float, values: list[float | None], blank: str) -> None:
    expected = [value for value in values if value is not None and OPERATORS[sign](value, number)]
    if any(value is not None for value in values):
        assert selected(f"elo{blank}{sign}{blank}{number!r}", *values) == expected


@given(st.sampled_from(["<", "<=", ">", ">="]), st.dates(), st.lists(st.dates(), min_size=1))
def test_dates_compare_as_text(sign: str, day: object, days: list[object]) -> None:
    texts = [str(one) for one in days]
    assert selected(f"elo{sign}{day}", *texts) == [text for text in texts if OPERATORS[sign](text, str(day))]


def test_equality_of_text_takes_globs() -> None:
    tags = ("rl-r1-i1", "rl-r2-i1", "rl-r2-i10", "supervised-v1")
    assert selected("elo=rl-r2*", *tags) == ["rl-r2-i1", "rl-r2-i10"]
    assert selected("elo != rl-*", *tags) == ["supervised-v1"]
    assert selected("elo=RL-r1-i1", *tags) == []


def test_a_missing_field_never_matches() -> None:
    for sign in OPERATORS:
        assert selected(f"elo{sign}5", None) == []
    assert selected("elo!=5", None, 6) == [6]


def test_a_text_among_numbers_never_matches_a_number() -> None:
    assert selected("elo>=1", "high", 2) == [2]


def test_a_parent_is_any_model_expression() -> None:
    def child(parent: str) -> View:
        return View(model_id="1", sha256="", is_current=False, metadata={"parent": parent})

    children = [child("aaaaaaaa"), child("bbbbbbbb")]
    of_tag = Condition.parse("parent=supervised-v1").select(children, lambda model: "bbbbbbbb")
    assert of_tag == children[1:]
    assert Condition.parse("parent!=aaaaaaaa").select(children, lambda model: "unused") == children[1:]
    assert Condition.parse("parent=a*").select(children, lambda model: "unused") == children[:1]


@pytest.mark.parametrize("text", ["", "elo", "=5", "elo 5", "elo==5", "elo=>5", "elo>>5", "elo!5", "elo = =5"])
def test_what_is_not_a_condition_is_refused(text: str) -> None:
    with pytest.raises(UsageError) as refused:
        Condition.parse(text)
    assert "for example: " in refused.value.hint


@pytest.mark.parametrize("value", ["high", "", "nan", "1e999", "1_000", "19*"])
def test_a_number_is_compared_with_a_number(value: str) -> None:
    with pytest.raises(UsageError, match="elo is a number"):
        selected(f"elo={value}", 1958)
