"""Metrics from what a training run leaves behind, and which logs are refused."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.documents.training_history import NO_METRICS, Metrics, metrics_of
from git_pbm.errors import UsageError

Row = dict[str, JsonValue]


def row(epoch: int, **more: JsonValue) -> Row:
    return {"epoch": epoch, "train_policy_loss": 9.0, "lr": 0.001, "time_s": 12.5, **more}


def refusal(document: JsonValue, best_epoch: int | None = None) -> UsageError:
    with pytest.raises(UsageError) as caught:
        metrics_of(document, best_epoch)
    assert caught.value.hint
    return caught.value


def history(*rows: Row) -> list[JsonValue]:
    return list(rows)


SELF_PLAY = history(
    row(11, train_total_loss=0.9, train_entropy=1.5, train_kl=0.02, val_loss=0.0),
    row(12, train_total_loss=-0.3, train_entropy=1.4, train_kl=0.03, val_loss=0.0),
    row(13, train_total_loss=0.1, train_entropy=1.3, train_kl=0.0, val_loss=0.0),
)


def test_the_best_row_has_the_lowest_validation_loss() -> None:
    rows = history(
        row(1, val_loss=2.5, train_total_loss=2.0),
        row(2, val_loss=2.25, train_total_loss=1.5),
        row(3, val_loss=2.75, train_total_loss=1.0),
    )
    assert metrics_of(rows) == Metrics(best_epoch=2, best_loss=2.25)


def test_without_a_validation_set_the_training_loss_decides() -> None:
    assert metrics_of(SELF_PLAY) == Metrics(best_epoch=12, best_loss=-0.3, entropy=1.4, kl=0.03)
    bare: list[JsonValue] = [{"epoch": 4, "train_total_loss": 2}, {"epoch": 5, "train_total_loss": 1}]
    assert metrics_of(bare) == Metrics(best_epoch=5, best_loss=1)


def test_a_named_epoch_is_looked_up_by_its_number_and_not_by_its_place() -> None:
    assert metrics_of(SELF_PLAY, 11) == Metrics(best_epoch=11, best_loss=0.9, entropy=1.5, kl=0.02)
    assert metrics_of(SELF_PLAY, 13) == Metrics(best_epoch=13, best_loss=0.1, entropy=1.3, kl=0.0)
    for missing in (0, 1, 2, 14):
        error = refusal(SELF_PLAY, missing)
        assert error.message == f"--best-epoch {missing} is not in the training history"
        assert error.hint == "it has 3 epochs from 11 to 13"


def test_a_divergence_that_is_zero_throughout_was_not_measured() -> None:
    rows = history(row(1, val_loss=1.0, train_kl=0.0), row(2, val_loss=2.0, train_kl=0))
    assert metrics_of(rows).kl is None


def test_the_first_of_equal_epochs_counts_whatever_the_order() -> None:
    rows = history(row(7, val_loss=1.0), row(3, val_loss=1.0), row(5, val_loss=1.5))
    assert metrics_of(rows).best_epoch == 3


def test_a_run_without_rows_has_not_finished() -> None:
    assert refusal([]).message == "the training history is empty: training has not finished"


def test_a_history_without_losses_needs_a_named_epoch() -> None:
    rows = history(row(1, train_entropy=1.0), row(2, train_entropy=0.5))
    assert "neither val_loss nor train_total_loss" in refusal(rows).message
    assert metrics_of(rows, 2) == Metrics(best_epoch=2, entropy=0.5)


def test_an_epoch_that_appears_twice_must_say_the_same() -> None:
    assert metrics_of(history(row(1, val_loss=1.0), row(1, val_loss=1.0))).best_loss == 1.0
    assert "two different rows of epoch 1" in refusal(history(row(1, val_loss=1.0), row(1, val_loss=2.0))).message


@pytest.mark.parametrize("bad", ["1.0", True, [1.0], {}, math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("column", ["val_loss", "train_total_loss", "train_entropy", "train_kl"])
def test_a_value_that_is_no_finite_number_is_refused_in_any_row(column: str, bad: JsonValue) -> None:
    rows = history(row(1, val_loss=1.0), row(2, val_loss=2.0), row(3, **{column: bad}))
    assert refusal(rows).message == f"`{column}` in epoch 3 of the training history is not a finite number"


@pytest.mark.parametrize("bad", [None, "1", 1.0, True, -1])
def test_a_row_without_an_epoch_is_refused(bad: JsonValue) -> None:
    rows: list[JsonValue] = [row(1, val_loss=1.0), {"epoch": bad, "val_loss": 0.5}]
    assert refusal(rows).message == "`epoch` in row 2 of the training history is not an integer of 0 or more"
    assert refusal([[1, 2]]).message == "row 1 of the training history is not an object"


def test_what_metadata_could_not_hold_is_refused_with_its_place() -> None:
    rows = history(row(1, val_loss=1.0, train_kl=-0.001))
    assert refusal(rows).message == (
        "`train_kl` in epoch 1 of the training history is -0.001, and metadata's kl is 0 or more"
    )
    assert "`supervised_mix` in the metrics file is 1.5" in refusal({"supervised_mix": 1.5}).message
    assert "`entropy` in the metrics file is -1" in refusal({"entropy": -1}).message


def test_an_object_gives_the_metrics_that_it_names() -> None:
    document: Row = {
        "best_epoch": 4,
        "best_loss": -1.5,
        "entropy": 2,
        "kl": None,
        "supervised_mix": 0.25,
    }
    assert metrics_of(document) == Metrics(best_epoch=4, best_loss=-1.5, entropy=2, supervised_mix=0.25)


def test_a_named_epoch_may_complete_an_object_but_not_contradict_it() -> None:
    assert metrics_of({"best_loss": 1.0}, 3) == Metrics(best_epoch=3, best_loss=1.0)
    assert metrics_of({"best_epoch": 3, "best_loss": 1.0}, 3) == Metrics(best_epoch=3, best_loss=1.0)
    assert "--best-epoch 4 contradicts" in refusal({"best_epoch": 3, "best_loss": 1.0}, 4).message


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"best_epoch": 1.0}, "best_epoch"),
        ({"best_epoch": True}, "best_epoch"),
        ({"best_epoch": -1}, "best_epoch"),
        ({"best_loss": "0.5"}, "best_loss"),
        ({"best_epoch": 1, "kl": math.nan}, "kl"),
        ({"entropy": [1]}, "entropy"),
        ({"supervised_mix": False}, "supervised_mix"),
    ],
)
def test_a_field_of_a_wrong_type_is_named(document: Row, field: str) -> None:
    assert refusal(document).message.startswith(f"`{field}` in the metrics file is not ")


@pytest.mark.parametrize("document", [{}, {"loss": None}, {"kl": None}])
def test_an_object_without_metrics_is_refused(document: Row) -> None:
    assert "states no metric" in refusal(document).message


@pytest.mark.parametrize("document", [None, True, 1, 1.5, "history"])
def test_a_lone_value_is_refused(document: JsonValue) -> None:
    assert "neither an object nor a training history" in refusal(document).message


def test_what_was_said_is_laid_over_what_was_read() -> None:
    read = Metrics(best_epoch=1, best_loss=2.0, entropy=1.0)
    assert read.overlaid(NO_METRICS) == read
    assert read.overlaid(Metrics(entropy=0.0, kl=0.5)) == Metrics(best_epoch=1, best_loss=2.0, entropy=0.0, kl=0.5)
    assert NO_METRICS.overlaid(read) == read


losses = st.dictionaries(st.integers(0, 10**6), st.floats(-1e9, 1e9), min_size=1, max_size=20)


@given(losses)
def test_the_order_of_rows_never_matters(by_epoch: dict[int, float]) -> None:
    rows = [row(epoch, train_total_loss=loss) for epoch, loss in by_epoch.items()]
    found = metrics_of(history(*rows))
    assert found == metrics_of(history(*reversed(rows)))
    assert found.best_loss == min(by_epoch.values())
    assert found.best_epoch == min(epoch for epoch, loss in by_epoch.items() if loss == found.best_loss)


json_values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["epoch", "val_loss", "train_kl", "best_epoch", "kl", "x"]), inner, max_size=4
        )
    ),
)


@given(json_values, st.none() | st.integers(0, 5))
def test_any_document_gives_finite_metrics_or_a_refusal(document: JsonValue, best_epoch: int | None) -> None:
    try:
        found = metrics_of(document, best_epoch)
    except UsageError:
        return
    numbers = (found.best_loss, found.entropy, found.kl, found.supervised_mix)
    assert all(number is None or abs(number) < math.inf for number in numbers)
    assert found.best_epoch is None or found.best_epoch >= 0
    assert found != NO_METRICS
