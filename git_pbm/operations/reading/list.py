"""``git pbm list``: the models that match, in order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from git_pbm.core.documents.metadata import METADATA_FIELDS
from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import UsageError
from git_pbm.operations.model_view import OWN_COLUMNS, View, view_of
from git_pbm.operations.result import Result


@dataclass(frozen=True, slots=True)
class ListResult(Result):
    """The models that match, and the columns that were asked for; empty for the usual ones."""

    registry: Registry
    views: tuple[View, ...]
    columns: tuple[str, ...] = ()

    @property
    def notices(self) -> tuple[str, ...]:
        if self.registry.document is not None:
            return ()
        return ("warning: registry.json cannot be read, so what is current comes from the link; see: git pbm check",)


def list_models(registry: Registry, where: Sequence[str], sort: str | None, columns: Sequence[str] = ()) -> ListResult:
    """Models that match every ``key=value``, sorted by a column, else by the day of their export; equals by tag.

    A leading ``-`` turns the order round; models without the field come last. ``columns`` are those to be shown.
    Raises :class:`UsageError` for a condition without ``=``, and for a column that no model has.
    """
    views = sorted((view_of(registry, model) for model in registry.models.values()), key=_by_tag)
    _refuse_unknown([*columns, *([sort.removeprefix("-")] if sort else [])], views)
    for condition in where:
        key, equals, value = condition.partition("=")
        if not equals:
            raise UsageError(f"--where {condition}: not key=value", "for example: --where training=rl_selfplay")
        views = [view for view in views if _as_text(view.field(key)) == value]
    sort = sort or "created"
    name = sort.removeprefix("-")
    known = [(_sortable(found), view) for view in views if (found := view.field(name)) is not None]
    known.sort(key=itemgetter(0), reverse=sort.startswith("-"))
    unknown = [view for view in views if view.field(name) is None]
    return ListResult(registry, (*(view for _, view in known), *unknown), tuple(columns))


def _refuse_unknown(names: Sequence[str], views: Sequence[View]) -> None:
    for asked in set(names).difference(OWN_COLUMNS, METADATA_FIELDS):
        known = dict.fromkeys((*OWN_COLUMNS, *METADATA_FIELDS, *(name for view in views for name in view.metadata)))
        if asked not in known:
            import difflib

            near = difflib.get_close_matches(asked, known, n=2, cutoff=0.5)
            hint = f"did you mean {' or '.join(near)}?" if near else f"fields: {', '.join(METADATA_FIELDS)}"
            raise UsageError(f"no model has a field {asked!r}", hint)


def _by_tag(view: View) -> list[tuple[int, str]]:
    """Numbers in a tag as numbers: ``rl-r2-i10`` comes after ``rl-r2-i9``."""
    words = re.split(r"([0-9]+)", _as_text(view.field("tag")))
    return [(len(word) if place % 2 else 0, word) for place, word in enumerate(words)]


def _sortable(value: JsonValue) -> tuple[int, float, str]:
    if isinstance(value, int | float):
        return (0, float(value), "")
    return (1, 0.0, _as_text(value))


def _as_text(value: JsonValue) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
