"""A merge of the README's block by meaning, one model a line; the text around it is left to git's own merge."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from git_pbm.core.merge.conflict_markers import Row as LinePair
from git_pbm.core.merge.conflict_markers import marked, settlements
from git_pbm.core.merge.registry import ABSENT, Object, merge_documents
from git_pbm.core.registry.readme_block import (
    MARKER_BEGIN,
    MARKER_END,
    Line,
    Listing,
    Row,
    block_bounds,
    lines_of,
    read_block,
    replace_block,
)

_EMPTY_BLOCK = f"{MARKER_BEGIN}{MARKER_END}"


@dataclass(frozen=True, slots=True)
class MergedBlock:
    """The merged block, conflict markers included where it is not clean."""

    text: str
    is_clean: bool


def around(readme: str) -> str:
    """A README with its block emptied, so that the text around it merges as if the block were one word."""
    return replace_block(readme, _EMPTY_BLOCK) or readme


def put_back(text_around: str, block: str) -> str | None:
    """The README with a block in place of the empty one; None where the merge left not exactly one."""
    return replace_block(text_around, block)


def merge_blocks(
    base: str, ours: str, theirs: str, marker_size: int, our_label: str, their_label: str
) -> MergedBlock | None:
    """The merge of the blocks of three READMEs; None where one is not as git pbm writes it.

    A base without a block is none at all: both sides added it.
    """
    one, two = _listing(ours), _listing(theirs)
    if one is None or two is None:
        return None
    bases: list[Listing | None] = []
    if MARKER_BEGIN in base:
        bases = [_listing(side.decode("utf-8", "surrogateescape")) for side in _sides(base)]
    known = [listing for listing in bases if listing is not None]
    if len(known) < len(bases):
        return None
    merged = merge_documents([_document(b) for b in known] or [ABSENT], _document(one), _document(two))
    rows = {row.line: row for listing in (*known, one, two) for row in listing.rows.values()}
    mine, other = (_lines(settled, rows) for settled in (merged.ours, merged.theirs))
    text = marked(_side_by_side(mine, other), marker_size, our_label, their_label)
    return MergedBlock(text.removesuffix("\n"), mine == other)


def _sides(base: str) -> tuple[bytes, ...]:
    return settlements(base.encode("utf-8", "surrogateescape"))


def _listing(readme: str) -> Listing | None:
    bounds = block_bounds(readme)
    return read_block(readme[slice(*bounds)].replace("\r\n", "\n")) if bounds else None


def _document(listing: Listing) -> Object:
    """What a block says, in the registry's shape; a model is its line in the table."""
    return {"current": listing.current, "models": {name: row.line for name, row in listing.rows.items()}}


def _lines(document: Object, rows: dict[str, Row]) -> list[Line]:
    current, models = document["current"], document["models"]
    listed = models if isinstance(models, dict) else {}
    shown = {name: rows[line] for name, line in listed.items() if isinstance(line, str)}
    return lines_of(Listing(current if isinstance(current, str) else None, shown))


def _side_by_side(ours: Sequence[Line], theirs: Sequence[Line]) -> Iterator[LinePair]:
    """Two blocks by the places of their lines, which are sorted in both."""
    mine, other = dict(ours), dict(theirs)
    for place in sorted(mine.keys() | other.keys()):
        yield mine.get(place), other.get(place)
