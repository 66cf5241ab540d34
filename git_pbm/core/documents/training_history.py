"""What a training run left behind, as metrics: a history of epochs, or an object; it guesses no missing number."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from git_pbm.core.documents.metadata import METRICS
from git_pbm.core.documents.own_metrics import own_fields
from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.errors import ErrorId, UsageError


@dataclass(frozen=True, slots=True)
class Metrics:
    """The numbers that metadata keeps about a training run; None where nobody said.

    ``own`` are metrics of a person's own by name; None is one that is to be removed.
    """

    best_epoch: int | None = None
    best_loss: float | None = None
    entropy: float | None = None
    kl: float | None = None
    supervised_mix: float | None = None
    own: Mapping[str, JsonValue] = field(default_factory=dict)

    def overlaid(self, other: Metrics) -> Metrics:
        """These metrics with those that ``other`` states laid over them."""
        return Metrics(
            self.best_epoch if other.best_epoch is None else other.best_epoch,
            self.best_loss if other.best_loss is None else other.best_loss,
            self.entropy if other.entropy is None else other.entropy,
            self.kl if other.kl is None else other.kl,
            self.supervised_mix if other.supervised_mix is None else other.supervised_mix,
            {**self.own, **other.own},
        )

    @property
    def stated(self) -> dict[str, JsonValue]:
        """The fields of metadata that these metrics set, by name; None removes one of a person's own."""
        ours: dict[str, JsonValue] = {
            "best_epoch": self.best_epoch,
            "best_loss": self.best_loss,
            "entropy": self.entropy,
            "kl": self.kl,
            "supervised_mix": self.supervised_mix,
        }
        return {name: value for name, value in ours.items() if value is not None} | dict(self.own)


NO_METRICS = Metrics()

_COLUMNS = ("val_loss", "train_total_loss", "train_entropy", "train_kl")
_COLUMN_OF = {"entropy": "train_entropy", "kl": "train_kl"}


def metrics_of(document: JsonValue, best_epoch: int | None = None) -> Metrics:
    """The metrics that a document states.

    An object gives its fields: those that are named like metadata's metrics, and a person's own. A tag or a parent
    is never taken from a metrics file.

    A list is a training history: rows are found by their ``epoch``, never by position (a resumed run starts
    later). The best row is the one ``best_epoch`` names, else the lowest ``val_loss``, or the lowest
    ``train_total_loss`` where there was no validation set (then every ``val_loss`` is 0.0 or absent); the
    first of equals. ``train_kl`` counts only where some row has one that is not 0.0.

    Raises :class:`UsageError` naming the field or the row.
    """
    if isinstance(document, dict):
        return _stated(document, best_epoch)
    if not isinstance(document, list):
        raise UsageError(
            "the metrics file holds neither an object nor a training history",
            f"a history is a list of rows with `epoch`; an object has {', '.join(METRICS)}",
            error_id=ErrorId.UNUSABLE_METRICS,
        )
    if not document:
        raise UsageError(
            "the training history is empty: training has not finished",
            "wait until it is done, or leave --metrics out",
            error_id=ErrorId.UNUSABLE_METRICS,
        )
    return _of_history(_rows(document), best_epoch)


def _stated(document: Mapping[str, JsonValue], best_epoch: int | None) -> Metrics:
    own = own_fields(document)
    if not own and all(document.get(name) is None for name in METRICS):
        raise UsageError(
            "the metrics file states no metric",
            f"name its fields like metadata's: {', '.join(METRICS)}",
            error_id=ErrorId.UNUSABLE_METRICS,
        )
    epoch = None if document.get("best_epoch") is None else _epoch(document, "best_epoch", "the metrics file")
    if epoch is not None and best_epoch is not None and epoch != best_epoch:
        raise UsageError(
            f"--best-epoch {best_epoch} contradicts the metrics file, whose numbers are of epoch {epoch}",
            "leave one of the two out",
            error_id=ErrorId.UNUSABLE_METRICS,
        )
    numbers = {name: _number(document, name, "the metrics file") for name in METRICS[1:]}
    metrics = Metrics(best_epoch if epoch is None else epoch, **numbers, own=own)
    _check_ranges(metrics, "the metrics file", {})
    return metrics


def _rows(document: Sequence[JsonValue]) -> dict[int, Mapping[str, float]]:
    """The columns that count, of every row, by epoch."""
    rows: dict[int, Mapping[str, float]] = {}
    for place, row in enumerate(document, start=1):
        if not isinstance(row, dict):
            raise UsageError(
                f"row {place} of the training history is not an object",
                "is it the right file?",
                error_id=ErrorId.UNUSABLE_METRICS,
            )
        epoch = _epoch(row, "epoch", f"row {place} of the training history")
        numbers = {name: _number(row, name, f"epoch {epoch} of the training history") for name in _COLUMNS}
        stated = {name: number for name, number in numbers.items() if number is not None}
        if rows.setdefault(epoch, stated) != stated:
            raise UsageError(
                f"the training history has two different rows of epoch {epoch}",
                "two runs in one file? leave one row an epoch",
                error_id=ErrorId.UNUSABLE_METRICS,
            )
    return rows


def _of_history(rows: Mapping[int, Mapping[str, float]], best_epoch: int | None) -> Metrics:
    column = "val_loss" if any(row.get("val_loss") for row in rows.values()) else "train_total_loss"
    if best_epoch is None:
        losses = {epoch: row[column] for epoch, row in rows.items() if column in row}
        if not losses:
            raise UsageError(
                "the training history has neither val_loss nor train_total_loss",
                "name the epoch: --best-epoch N",
                error_id=ErrorId.UNUSABLE_METRICS,
            )
        best_epoch = min(losses, key=lambda epoch: (losses[epoch], epoch))
    if best_epoch not in rows:
        raise UsageError(
            f"--best-epoch {best_epoch} is not in the training history",
            f"it has {len(rows)} epochs from {min(rows)} to {max(rows)}",
            error_id=ErrorId.UNUSABLE_METRICS,
        )
    row = rows[best_epoch]
    has_kl = any(other.get("train_kl") for other in rows.values())
    metrics = Metrics(
        best_epoch=best_epoch,
        best_loss=row.get(column),
        entropy=row.get("train_entropy"),
        kl=row.get("train_kl") if has_kl else None,
    )
    _check_ranges(metrics, f"epoch {best_epoch} of the training history", _COLUMN_OF)
    return metrics


def _check_ranges(metrics: Metrics, where: str, column_of: Mapping[str, str]) -> None:
    """Metadata's schema would refuse these too, but could not say in which row of which file they are."""
    for name, value, highest, limits in (
        ("entropy", metrics.entropy, math.inf, "0 or more"),
        ("kl", metrics.kl, math.inf, "0 or more"),
        ("supervised_mix", metrics.supervised_mix, 1, "0 to 1"),
    ):
        if value is not None and not 0 <= value <= highest:
            raise UsageError(
                f"`{column_of.get(name, name)}` in {where} is {value}, and metadata's {name} is {limits}",
                "give the numbers as options instead of --metrics",
                error_id=ErrorId.UNUSABLE_METRICS,
            )


def _epoch(row: Mapping[str, JsonValue], name: str, where: str) -> int:
    value = row.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise UsageError(
            f"`{name}` in {where} is not an integer of 0 or more",
            "is it the right file?",
            error_id=ErrorId.UNUSABLE_METRICS,
        )
    return value


def _number(row: Mapping[str, JsonValue], name: str, where: str) -> float | None:
    value = row.get(name)
    if value is None:
        return None
    if isinstance(value, float) and math.isfinite(value):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    raise UsageError(
        f"`{name}` in {where} is not a finite number", "is it the right file?", error_id=ErrorId.UNUSABLE_METRICS
    )
