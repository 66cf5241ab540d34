"""``git pbm list``: the models that match, in order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from git_pbm.core.documents.metadata import METADATA_FIELDS
from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import UsageError
from git_pbm.operations.conditions import Condition, as_text
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
        """That ``registry.json`` cannot be read."""
        if self.registry.document is not None:
            return ()
        return ("warning: registry.json cannot be read, so what is current comes from the link; see: git pbm check",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOptions:
    """Which models, in which order, how many of them, and which columns; what is empty is the usual."""

    where: Sequence[str] = ()
    sort: str = ""
    limit: int | None = None
    columns: Sequence[str] = ()


def list_models(
    registry: Registry, options: ListOptions, model_of: Callable[[str], str], added: Callable[[], Mapping[str, int]]
) -> ListResult:
    """Models that match every condition, sorted by a column, else by the day of their export; equals as they came.

    A leading ``-`` turns the order round; models without the field come last. ``model_of`` gives the id of a MODEL,
    ``added`` the place of each model in the order in which they were added. Raises :class:`UsageError` for a
    condition that cannot be read, and for a field that no model has.
    """
    views = sorted((view_of(registry, model) for model in registry.models.values()), key=_by_tag)
    if options.sort in ("", "created", "-created") and _has_ties(views):
        places = added()
        views.sort(key=lambda view: places.get(view.model_id, len(places)), reverse=options.sort == "-created")
    conditions = [Condition.parse(text) for text in options.where]
    sort = options.sort or "created"
    name = sort.removeprefix("-")
    _refuse_unknown([*options.columns, name, *(condition.key for condition in conditions)], views)
    for condition in conditions:
        views = condition.select(views, model_of)
    known = [(_sortable(found), view) for view in views if (found := view.field(name)) is not None]
    known.sort(key=itemgetter(0), reverse=sort.startswith("-"))
    unknown = [view for view in views if view.field(name) is None]
    ordered = (*(view for _, view in known), *unknown)
    return ListResult(registry, ordered[: options.limit], tuple(options.columns))


def _refuse_unknown(names: Sequence[str], views: Sequence[View]) -> None:
    known = dict.fromkeys((*OWN_COLUMNS, *METADATA_FIELDS, *(name for view in views for name in view.metadata)))
    for asked in names:
        if asked not in known:
            import difflib

            near = difflib.get_close_matches(asked, known, n=2, cutoff=0.5)
            meant = f"did you mean {' or '.join(near)}? " if near else ""
            raise UsageError(f"no model has a field {asked!r}", f"{meant}fields: {', '.join(known)}")


def _has_ties(views: Sequence[View]) -> bool:
    return len({as_text(view.field("created")) for view in views}) < len(views)


def _by_tag(view: View) -> list[tuple[int, str]]:
    """Numbers in a tag as numbers: ``rl-r2-i10`` comes after ``rl-r2-i9``."""
    parts = re.split(r"([0-9]+)", as_text(view.field("tag")))
    return [(len(word) if place % 2 else 0, word) for place, word in enumerate(parts)]


def _sortable(value: JsonValue) -> tuple[int, float, str]:
    if isinstance(value, int | float):
        return (0, float(value), "")
    return (1, 0.0, as_text(value))
