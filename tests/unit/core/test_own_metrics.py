"""A person's own metrics: what is said is stored as it was said, or refused by name."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_pbm.core.documents.metadata import METADATA_FIELDS, METRICS
from git_pbm.core.documents.own_metrics import own_fields, parse_metrics
from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.documents.training_history import Metrics, metrics_of
from git_pbm.errors import UsageError

NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,63}", fullmatch=True).filter(lambda name: name not in METADATA_FIELDS)


@given(NAMES, st.integers(-(10**17), 10**17) | st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_is_taken_as_it_is(name: str, number: float) -> None:
    (taken,) = parse_metrics([f"{name}={number!r}"]).values()
    assert taken == number
    assert type(taken) is type(number)


def test_blanks_and_signs_and_removal() -> None:
    assert parse_metrics([" elo = +1958 ", "drift=-.5", "old="]) == {"elo": 1958, "drift": -0.5, "old": None}
    assert parse_metrics(["kl=1"]) == {"kl": 1}


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ("elo", "not NAME=NUMBER"),
        ("Elo=1", "a name is a-z"),
        ("=1", "a name is a-z"),
        ("9x=1", "a name is a-z"),
        (f"{'a' * 65}=1", "a name is a-z"),
        ("elo=nan", "nan is not a finite number"),
        ("elo=inf", "inf is not a finite number"),
        ("elo=1e999", "1e999 is not a finite number"),
        ("elo=1_000", "1_000 is not a finite number"),
        ("elo=high", "high is not a finite number"),
        ("tag=1", "`tag` is a field of metadata"),
        ("notes=", "`notes` is a field of metadata"),
        ("kl=", "only a metric of your own can be removed"),
    ],
)
def test_what_is_refused_and_why(given_: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        parse_metrics([given_])
    assert said in refused.value.message


def test_a_name_that_is_given_twice_is_refused() -> None:
    with pytest.raises(UsageError, match="elo is given twice"):
        parse_metrics(["elo=1", "elo=1"])


def test_a_metrics_file_gives_ours_and_the_persons_own() -> None:
    document: JsonValue = {"elo": 1958, "games": 680, "best_loss": 0.7, "arena": "small", "final": True, "kl": None}
    own: dict[str, JsonValue] = {"elo": 1958, "games": 680, "arena": "small", "final": True}
    assert metrics_of(document) == Metrics(best_loss=0.7, own=own)
    assert metrics_of({"elo": 3}) == Metrics(own={"elo": 3})


@pytest.mark.parametrize("name", [name for name in METADATA_FIELDS if name not in METRICS])
def test_a_field_of_metadata_that_is_no_metric_is_refused_by_name(name: str) -> None:
    with pytest.raises(UsageError, match=f"'{name}', which is a field of metadata"):
        metrics_of({"best_loss": 0.7, name: 1})


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"a": 1}, "an object or a list"),
        ([1], "an object or a list"),
        ("two\nlines", "a text of one line"),
        ("x" * 1001, "a text of one line"),
        (math.inf, "a finite number"),
    ],
)
def test_a_value_that_cannot_be_stored_is_refused_by_name(value: JsonValue, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        own_fields({"elo": 1, "odd": value})
    assert "'odd'" in refused.value.message
    assert said in refused.value.message


def test_a_name_in_a_file_keeps_the_same_grammar() -> None:
    with pytest.raises(UsageError, match="a name is a-z"):
        own_fields({"Elo rating": 1})


def test_what_is_said_later_is_laid_over() -> None:
    assert Metrics(own={"elo": 1, "games": 2}).overlaid(Metrics(own={"elo": 3})).own == {"elo": 3, "games": 2}
    assert Metrics(kl=0.5, own={"elo": None}).stated == {"kl": 0.5, "elo": None}
