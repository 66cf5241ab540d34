"""What a person says about the models of an adoption: parents and dates, for the models that there will be."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from git_pbm.core.documents.dates import is_calendar_day
from git_pbm.core.names import is_id
from git_pbm.core.plans.promote import tag_of
from git_pbm.core.registry import revisions
from git_pbm.core.registry.lineage import Lineage
from git_pbm.core.registry.registry import Registry
from git_pbm.errors import ErrorId, RefusedError, UsageError

GivenFields = Mapping[str, Mapping[str, str]]
"""Fields of metadata by name, by the id of the model."""

Pairs = Iterable[tuple[str, str]]


def given_fields(registry: Registry, coming: Registry, parents: Pairs, dates: Pairs) -> GivenFields:
    """The fields that are given, of the models of ``coming``, the registry that the adoption makes.

    Raises :class:`UsageError` for a MODEL that there is not, a field given twice and a day that is none, and
    :class:`RefusedError` for a field that ``registry`` states already, and a model that would descend from itself.
    """
    given: dict[str, dict[str, str]] = {}
    for name, day in dates:
        if not is_calendar_day(day):
            raise UsageError(f"--created {name}={day}: not a date", "write it as YYYY-MM-DD")
        _give(given, registry, coming, name, "created", day)
    for name, parent in parents:
        _give(given, registry, coming, name, "parent", _resolved(coming, parent))
    _refuse_circles(coming, given)
    return given


def _give(
    given: dict[str, dict[str, str]], registry: Registry, coming: Registry, name: str, field: str, value: str
) -> None:
    model_id = _resolved(coming, name)
    known = given.setdefault(model_id, {}).setdefault(field, value)
    if known != value:
        raise UsageError(f"--{field} gives {name} both {known} and {value}", "leave one of them out")
    model = registry.models.get(model_id)
    stated = (model.document or {}).get(field) if model is not None else None
    says_something = isinstance(stated, str) and (is_id(stated) if field == "parent" else is_calendar_day(stated))
    if says_something and stated != value:
        raise RefusedError(
            f"`{field}` of {tag_of(coming, model_id)} is {stated} already, and does not change",
            f"leave --{field} {name}={value} out",
            error_id=ErrorId.RULES_VIOLATED,
        )


def _resolved(coming: Registry, name: str) -> str:
    return revisions.resolve(revisions.parse(name), coming, lambda _: None)


def _refuse_circles(coming: Registry, given: GivenFields) -> None:
    parents = {name: summary.parent if summary else None for name, summary in coming.summaries.items()}
    lineage = Lineage.from_parents(parents | {name: said["parent"] for name, said in given.items() if "parent" in said})
    for name in given:
        circle = lineage.circle(name)
        if circle:
            path = " <- ".join(tag_of(coming, one) for one in (*circle, name))
            raise RefusedError(
                f"--parent makes a model descend from itself: {path}",
                "correct one of them",
                error_id=ErrorId.RULES_VIOLATED,
            )
