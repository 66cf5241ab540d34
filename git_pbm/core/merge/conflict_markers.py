"""Texts with conflict markers, as git writes them: made from two texts side by side, and taken apart again."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import TypeAlias

Row: TypeAlias = "tuple[str | None, str | None]"
"""One line as our side has it and as theirs has it; None where that side has no such line."""


def marked(rows: Iterable[Row], marker_size: int, our_label: str, their_label: str) -> str:
    """Lines that two texts share, and the others of each between conflict markers."""
    found: list[str] = []
    for is_shared, group in groupby(rows, key=lambda row: row[0] == row[1]):
        run = list(group)
        mine = [line for line, _ in run if line is not None]
        if is_shared:
            found += mine
            continue
        other = [line for _, line in run if line is not None]
        found += [f"{'<' * marker_size} {our_label}", *mine, "=" * marker_size, *other]
        found.append(f"{'>' * marker_size} {their_label}")
    return "".join(f"{line}\n" for line in found)


def settlements(text: bytes) -> tuple[bytes, ...]:
    """A text with every conflict in it settled one way and the other; the text alone where it has none."""
    if b"<<<<<<<" not in text:
        return (text,)
    sides: tuple[list[bytes], list[bytes]] = ([], [])
    shared: tuple[int, ...] = (0, 1)
    where = shared
    for line in text.splitlines(keepends=True):
        mark = line[:7]
        if mark == b"<<<<<<<":
            where = (0,)
        elif where != shared and mark == b"|||||||":
            where = ()
        elif where != shared and mark == b"=======":
            where = (1,)
        elif where != shared and mark == b">>>>>>>":
            where = shared
        else:
            for side in where:
                sides[side].append(line)
    return b"".join(sides[0]), b"".join(sides[1])
