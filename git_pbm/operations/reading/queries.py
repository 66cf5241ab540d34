"""What the reading commands show about models: as values; a registry that is broken is shown as far as it goes."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from git_pbm.core.documents.metadata import METADATA_FIELDS, METRICS, Metadata
from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.names import METADATA_NAME
from git_pbm.core.onnx import OnnxSummary, interface_differences
from git_pbm.core.registry.facts import Facts
from git_pbm.core.registry.lineage import Lineage
from git_pbm.core.registry.model import Model
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import UsageError

_OWN = ("id", "hash", "current")


@dataclass(frozen=True, slots=True)
class View:
    """One model as a person sees it; ``metadata`` is the document as it stands, empty where it is unreadable."""

    model_id: str
    sha256: str
    is_current: bool
    metadata: Mapping[str, JsonValue]
    problem: str = ""

    def field(self, name: str) -> JsonValue:
        """A field by the name that a column has; ``id``, ``hash`` and ``current`` besides metadata's own."""
        if name not in _OWN:
            return self.metadata.get(name)
        own: dict[str, JsonValue] = {"id": self.model_id, "hash": self.sha256, "current": self.is_current}
        return own[name]


def view_of(registry: Registry, model: Model) -> View:
    """The view of one model."""
    document, problem = model.document, ""
    if document is None:
        problem = "no metadata" if model.facts(METADATA_NAME) is None else "metadata cannot be read"
        document = {}
    stated = document.get("hash")
    sha256 = stated if isinstance(stated, str) else ""
    return View(model.name, sha256, registry.current_id == model.name, document, problem)


def list_models(registry: Registry, where: Sequence[str], sort: str | None, columns: Sequence[str] = ()) -> list[View]:
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
    return [view for _, view in known] + [view for view in views if view.field(name) is None]


def _refuse_unknown(names: Sequence[str], views: Sequence[View]) -> None:
    for asked in set(names).difference(_OWN, METADATA_FIELDS):
        known = dict.fromkeys((*_OWN, *METADATA_FIELDS, *(name for view in views for name in view.metadata)))
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


def interface_of(model: Model) -> dict[str, OnnxSummary]:
    """What is known about the networks that are here, by file name."""
    found = {}
    for name in model.networks:
        facts = model.facts(name)
        if isinstance(facts, Facts) and facts.onnx is not None:
            found[name] = facts.onnx
    return found


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of two models; ``delta`` is second minus first where both are numbers."""

    name: str
    first: JsonValue
    second: JsonValue
    delta: float | None


def differences(first: View, second: View) -> list[Difference]:
    """Every field that either model has, metadata's own order first."""
    names = dict.fromkeys([*Metadata.__slots__, *first.metadata, *second.metadata])
    rows = []
    for name in names:
        one, two = first.metadata.get(name), second.metadata.get(name)
        if name in ("extra", "files") or (one is None and two is None):
            continue
        delta = None
        if name in METRICS and isinstance(one, int | float) and isinstance(two, int | float):
            delta = two - one if math.isfinite(two - one) else None
        rows.append(Difference(name, one, two, delta))
    return rows


def interface_changes(first: Model, second: Model) -> list[str]:
    """How the networks' inputs and outputs differ, a line each."""
    lines = []
    for kind in ("policy", "value"):
        one, two = (getattr(model, kind) for model in (first, second))
        if (one is None) != (two is None):
            lines.append(f"{kind}: {second.name if one is None else first.name} alone has one")
        elif one is not None:
            old, new = first.facts(one), second.facts(two)
            if isinstance(old, Facts) and isinstance(new, Facts) and old.onnx and new.onnx:
                lines += [f"{kind}: {line}" for line in interface_differences(old.onnx, new.onnx)]
            else:
                lines.append(f"{kind}: content is not here, so it was not compared")
    return lines


def branches(registry: Registry) -> list[tuple[int, View]]:
    """The lineage as lines: depth and model, children below their parents."""
    lineage = Lineage.of(registry)
    lines: list[tuple[int, View]] = []
    waiting = [(0, name) for name in reversed(lineage.roots())]
    seen: set[str] = set()
    while waiting:
        depth, name = waiting.pop()
        if name in seen:
            continue
        seen.add(name)
        lines.append((depth, view_of(registry, registry.models[name])))
        waiting += [(depth + 1, child) for child in reversed(lineage.children(name))]
    return lines
