"""What a training run left behind, as metrics: a history of epochs, or an object with metadata's field names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

from git_pbm.core.strict_json import JsonValue
from git_pbm.errors import UsageError


@dataclass(frozen=True, slots=True)
class Metrics:
    """The numbers that metadata keeps about a training run; None where nobody said."""

    best_epoch: int | None = None
    best_loss: float | None = None
    entropy: float | None = None
    kl: float | None = None
    supervised_mix: float | None = None

    def overlaid(self, other: Metrics) -> Metrics:
        """These metrics with those that ``other`` states laid over them."""
        return Metrics(
            self.best_epoch if other.best_epoch is None else other.best_epoch,
            self.best_loss if other.best_loss is None else other.best_loss,
            self.entropy if other.entropy is None else other.entropy,
            self.kl if other.kl is None else other.kl,
            self.supervised_mix if other.supervised_mix is None else other.supervised_mix,
        )


NO_METRICS = Metrics()
METRIC_NAMES = tuple(field.name for field in fields(Metrics))


def metrics_of(document: JsonValue, best_epoch: int | None = None) -> Metrics:
    """The metrics that a document states.

    A list is a training history: rows are found by their ``epoch``, never by position (a resumed run starts
    later). The best row is the one ``best_epoch`` names, else the lowest ``val_loss``, or the lowest
    ``train_total_loss`` where there was no validation set (then every ``val_loss`` is 0.0 or absent).
    Raises :class:`UsageError`.
    """
    if isinstance(document, dict):
        return _stated(document)
    if not isinstance(document, list):
        raise UsageError("the metrics file holds neither an object nor a training history", "see git pbm add -h")
    if not document:
        raise UsageError(
            "the training history is empty: that run has not finished",
            "wait until it is done, or leave --metrics out",
        )
    return _of_history(_rows(document), best_epoch)


def _stated(document: Mapping[str, JsonValue]) -> Metrics:
    known = {name: document[name] for name in METRIC_NAMES if document.get(name) is not None}
    if not known:
        raise UsageError(
            f"the metrics file states none of {', '.join(METRIC_NAMES)}", "name its fields like metadata's"
        )
    epoch = known.get("best_epoch")
    if epoch is not None and (not isinstance(epoch, int) or isinstance(epoch, bool)):
        raise UsageError("best_epoch in the metrics file is no integer", "give the epoch's number")
    return Metrics(epoch, *(_number(known, name) for name in METRIC_NAMES[1:]))


def _rows(document: Sequence[JsonValue]) -> dict[int, Mapping[str, JsonValue]]:
    rows: dict[int, Mapping[str, JsonValue]] = {}
    for place, row in enumerate(document):
        epoch = row.get("epoch") if isinstance(row, dict) else None
        if not isinstance(row, dict) or not isinstance(epoch, int) or isinstance(epoch, bool):
            raise UsageError(f"row {place + 1} of the training history has no integer `epoch`", "is it the right file?")
        rows[epoch] = row
    return rows


def _of_history(rows: Mapping[int, Mapping[str, JsonValue]], best_epoch: int | None) -> Metrics:
    column = "val_loss" if any(_number(row, "val_loss") for row in rows.values()) else "train_total_loss"
    if best_epoch is None:
        losses = {epoch: _number(row, column) for epoch, row in rows.items()}
        measured = {epoch: loss for epoch, loss in losses.items() if loss is not None}
        if not measured:
            raise UsageError(
                "the training history has neither val_loss nor train_total_loss",
                "name the epoch: --best-epoch N",
            )
        best_epoch = min(measured, key=lambda epoch: (measured[epoch], epoch))
    if best_epoch not in rows:
        raise UsageError(
            f"--best-epoch {best_epoch} is not in the training history",
            f"it has epochs {min(rows)} to {max(rows)}",
        )
    row = rows[best_epoch]
    never = not any(_number(other, "train_kl") for other in rows.values())
    return Metrics(
        best_epoch=best_epoch,
        best_loss=_number(row, column),
        entropy=_number(row, "train_entropy"),
        kl=None if never else _number(row, "train_kl"),
    )


def _number(row: Mapping[str, JsonValue], name: str) -> float | None:
    value = row.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise UsageError(f"`{name}` in the metrics file is no finite number", "is it the right file?")
    return value
