"""A merge of ``registry.json`` by meaning: a union of entries, a clash only where both sides changed one field."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

from git_pbm.core.documents.registry_document import ENTRY_FIELDS, REGISTRY_LIMIT
from git_pbm.core.documents.strict_json import DocumentProblem, JsonValue, read_json, text_of
from git_pbm.core.merge.conflict_markers import Row, marked, settlements

Object: TypeAlias = "dict[str, JsonValue]"


class _Mark:
    """A place in a document that holds no JSON value."""


ABSENT = _Mark()
"""Nothing is there."""
UNKNOWN = _Mark()
"""A base that is itself an unsettled merge (of two merge bases): it is like neither side."""

Value: TypeAlias = "JsonValue | _Mark"
_Path: TypeAlias = "tuple[str, ...]"


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of a merge: the document with every clash settled our way, and settled theirs."""

    ours: Object
    theirs: Object
    clashes: tuple[_Path, ...]
    """The keys that lead to each value that only a person can settle."""

    def text(self, marker_size: int, our_label: str = "ours", their_label: str = "theirs") -> str:
        """The canonical text, with conflict markers around the lines in which the two settlements differ.

        Taking either part of every conflict leaves strict JSON.
        """
        return marked(_document_rows(self.ours, self.theirs), marker_size, our_label, their_label)


def merge_registries(base: bytes, ours: bytes, theirs: bytes) -> Merged | None:
    """The merge of three texts of ``registry.json``; None where one is not understood and must merge as text.

    An empty ``base`` is none at all (both sides added the file).
    """
    one, two = _read(ours), _read(theirs)
    if one is None or two is None:
        return None
    bases = [_read(side) for side in settlements(base)] if base.strip() else [ABSENT]
    return None if None in bases else merge_documents(bases, one, two)


def merge_documents(bases: Sequence[object], ours: Object, theirs: Object) -> Merged:
    """The merge of two documents of the registry's shape over a base (or over what its two sides were)."""
    clashes: list[_Path] = []
    one, two = _merge_keys(_common(bases), ours, theirs, (), clashes)
    answers = {"current": ours.get("current")}, {"current": theirs.get("current")}
    if ("current",) not in clashes and not _same(*answers) and (_hangs(one) or _hangs(two)):
        # One side made a model current that the other removed: text would merge it without a word.
        one, two = one | answers[0], two | answers[1]
        clashes.append(("current",))
    return Merged(one, two, tuple(clashes))


def _hangs(document: Object) -> bool:
    current, models = document.get("current"), document.get("models")
    return isinstance(current, str) and isinstance(models, dict) and current not in models


def _read(data: bytes) -> Object | None:
    """A document of the registry's shape; None for anything else."""
    try:
        value = read_json(data, REGISTRY_LIMIT)
    except DocumentProblem:
        return None
    models = value.get("models") if isinstance(value, dict) else None
    if not isinstance(value, dict) or not isinstance(models, dict):
        return None
    return value if all(isinstance(entry, dict) for entry in models.values()) else None


# -- three ways


def _merge(base: object, ours: Value, theirs: Value, path: _Path, clashes: list[_Path]) -> tuple[Value, Value]:
    """The value settled our way and settled theirs: the same one unless both sides changed it differently."""
    if isinstance(ours, dict) and isinstance(theirs, dict) and _is_merged_by_key(path):
        return _merge_keys(base, ours, theirs, path, clashes)
    mine, other = _canonical(ours, path), _canonical(theirs, path)
    if _same(ours, theirs) or _same(base, theirs):
        return mine, mine
    if _same(base, ours):
        return other, other
    clashes.append(path)
    return mine, other


def _canonical(value: Value, path: _Path) -> Value:
    """A value that one side alone has, its keys in the canonical order."""
    if not isinstance(value, dict) or not _is_merged_by_key(path):
        return value
    return {key: value[key] for key in _order(value, value, path)}


def _merge_keys(base: object, ours: Object, theirs: Object, path: _Path, clashes: list[_Path]) -> tuple[Object, Object]:
    one: Object = {}
    two: Object = {}
    for key in _order(ours, theirs, path):
        before = base.get(key, ABSENT) if isinstance(base, dict) else UNKNOWN if base is UNKNOWN else ABSENT
        mine, other = _merge(before, ours.get(key, ABSENT), theirs.get(key, ABSENT), (*path, key), clashes)
        if not isinstance(mine, _Mark):
            one[key] = mine
        if not isinstance(other, _Mark):
            two[key] = other
    return one, two


def _is_merged_by_key(path: _Path) -> bool:
    """The document, ``models`` and each entry; what is deeper, or is a person's own, is one value."""
    return len(path) < 3 and path[:1] in ((), ("models",))


def _common(bases: Sequence[object]) -> object:
    """What the sides of a base agree on; :data:`UNKNOWN` where they do not."""
    first = bases[0]
    if all(_same(first, other) for other in bases[1:]):
        return first
    objects = [base for base in bases if isinstance(base, dict)]
    if len(objects) < len(bases):
        return UNKNOWN
    return {key: _common([o.get(key, ABSENT) for o in objects]) for key in chain(*objects)}


def _same(one: object, two: object) -> bool:
    """Whether two values mean the same: 1, 1.0 and true do not, objects in another order do."""
    if one is two:
        return True
    if type(one) is not type(two) or one != two:
        return False
    return not isinstance(one, dict | list) or json.dumps(one, sort_keys=True) == json.dumps(two, sort_keys=True)


_FIRST: Mapping[_Path, tuple[str, ...]] = {(): ("current", "models"), ("models",): ()}


def _order(ours: Object, theirs: Object, path: _Path) -> list[str]:
    """The keys of both in the canonical order; a person's own keys as a side that has them all orders them."""
    first = [key for key in _FIRST.get(path, ENTRY_FIELDS) if key in ours or key in theirs]
    rest = (ours.keys() | theirs.keys()).difference(first)
    orders = [[key for key in side if key in rest] for side in (ours, theirs)]
    whole = [order for order in orders if len(order) == len(rest)] if path != ("models",) else []
    return [*first, *(min(whole) if whole else sorted(rest))]


# -- as text


def _document_rows(ours: Object, theirs: Object) -> Iterator[Row]:
    yield "{", "{"
    yield from _key_rows(ours, theirs, ())
    yield "}", "}"


def _key_rows(ours: Object, theirs: Object, path: _Path) -> Iterator[Row]:
    """The lines of the keys of two objects, side by side; the last key of each has no comma."""
    keys = _order(ours, theirs, path)
    ends = [next((key for key in reversed(keys) if key in side), None) for side in (ours, theirs)]
    indent = "  " * (len(path) + 1)
    for key in keys:
        mine, other = ours.get(key, ABSENT), theirs.get(key, ABSENT)
        commas = ["" if key == end else "," for end in ends]
        within = (*path, key)
        if mine and other and isinstance(mine, dict) and isinstance(other, dict) and _is_merged_by_key(within):
            head = f"{indent}{json.dumps(key, ensure_ascii=False)}: {{"
            yield head, head
            yield from _key_rows(mine, other, within)
            yield f"{indent}}}{commas[0]}", f"{indent}}}{commas[1]}"
        else:
            one, two = (_lines(indent, key, v, c) for v, c in ((mine, commas[0]), (other, commas[1])))
            if one == two:
                yield from zip(one, two, strict=True)
            else:
                yield from ((line, None) for line in one)
                yield from ((None, line) for line in two)


def _lines(indent: str, key: str, value: Value, comma: str) -> list[str]:
    if isinstance(value, _Mark):
        return []
    lines = text_of({key: value})[2:-3].split("\n")
    return [f"{indent[2:]}{line}" for line in lines[:-1]] + [f"{indent[2:]}{lines[-1]}{comma}"]
