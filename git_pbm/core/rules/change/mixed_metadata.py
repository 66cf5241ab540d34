"""What a merge without git pbm's driver may do to metadata: give one model what was said about another; merges only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.names import Role, role_of
from git_pbm.core.registry.registry import Registry
from git_pbm.core.rules.change.immutability import FROZEN
from git_pbm.core.rules.rule import Problem

_HELD = {*FROZEN, "files", "created", "params"} - {"parent"}
"""Fields that another rule holds to the model itself; a parent may be given later, so it may be mixed up, too."""


def mixed_metadata(parents: Sequence[Registry], after: Registry, paths: Iterable[str]) -> Iterator[Problem]:
    """A problem for each field that no parent's model has so, and that a model has which the merge took away.

    git pairs the metadata of a removed and an added model as a rename, and merges the two as one file.
    """
    for path in paths:
        model_id = path.split("/")[1] if role_of(path) is Role.METADATA else ""
        before = [said for said in (_said(parent, model_id) for parent in parents) if said is not None]
        merged = _said(after, model_id)
        if merged is None or not before:
            continue
        for field, value in merged.items():
            if field in _HELD or any(said.get(field) == value for said in before):
                continue
            for other in _removed(parents, after):
                if any((_said(parent, other) or {}).get(field) == value for parent in parents):
                    yield Problem(
                        path,
                        f"{field} of {other}",
                        f"`{field}` is what was said about {other}, which this merge removes: git took the one for "
                        "the other, renamed",
                        "git pbm init (it sets the merge driver up), and merge again",
                    )


def _removed(parents: Sequence[Registry], after: Registry) -> list[str]:
    return sorted({name for parent in parents for name in parent.models if name not in after.models})


def _said(registry: Registry, model_id: str) -> Mapping[str, JsonValue] | None:
    """The document of a model's metadata; None where there is none that can be read."""
    model = registry.models.get(model_id)
    return model.document if model is not None else None
