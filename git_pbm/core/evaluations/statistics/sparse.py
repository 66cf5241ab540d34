"""Symmetric positive definite matrices with few entries: factors, solutions, and the diagonal of the inverse.

Matrices of ladders are sparse, since a model meets few others; 1,000 models take a fraction of a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush


def elimination_order(size: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """Return the rows of a symmetric matrix in an order of minimum degree: few new entries appear in its factor."""
    met: list[set[int]] = [set() for _ in range(size)]
    for first, second in pairs:
        met[first].add(second)
        met[second].add(first)
    waiting = [(len(others), row) for row, others in enumerate(met)]
    heapify(waiting)
    order: list[int] = []
    done = [False] * size
    while waiting:
        degree, row = heappop(waiting)
        if done[row] or degree != len(met[row]):
            continue  # an older entry of the heap
        done[row] = True
        order.append(row)
        for other in met[row]:
            met[other] |= met[row]
            met[other] -= {other, row}
            heappush(waiting, (len(met[other]), other))
    return order


@dataclass(frozen=True, slots=True)
class Factor:
    """The factors L and D of a matrix, its rows in elimination order.

    ``columns`` holds the entries of L below its diagonal of ones, column by column, in ascending rows.
    """

    pivots: Sequence[float]
    columns: Sequence[Sequence[tuple[int, float]]]

    def solve(self, right: Sequence[float]) -> list[float]:
        """Return the solution for a right side, both in elimination order."""
        found = list(right)
        for number, column in enumerate(self.columns):
            value = found[number]
            for row, entry in column:
                found[row] -= entry * value
        found = [value / pivot for value, pivot in zip(found, self.pivots, strict=True)]
        for number in reversed(range(len(found))):
            found[number] -= sum(entry * found[row] for row, entry in self.columns[number])
        return found

    def inverse_diagonal(self) -> list[float]:
        """Return the diagonal of the inverse, by Takahashi's equations: only entries that L has, too, are computed.

        K. Takahashi, J. Fagan and M.-S. Chin, "Formation of a sparse bus impedance matrix", 1973.
        """
        size = len(self.pivots)
        inverse: list[dict[int, float]] = [{} for _ in range(size)]
        for number in reversed(range(size)):
            column, mine = self.columns[number], inverse[number]
            for row, _ in column:
                mine[row] = -sum(
                    entry * (inverse[other][row] if other <= row else inverse[row][other]) for other, entry in column
                )
            mine[number] = 1 / self.pivots[number] - sum(entry * mine[row] for row, entry in column)
        return [inverse[number][number] for number in range(size)]


def factorise(diagonal: Sequence[float], below: Sequence[dict[int, float]]) -> Factor:
    """Return the factors of a matrix in elimination order; ``below`` has its columns below the diagonal."""
    pivots, rest = list(diagonal), [dict(column) for column in below]
    columns: list[list[tuple[int, float]]] = []
    for number, column in enumerate(rest):
        entries = sorted(column.items())
        scaled = [(row, entry / pivots[number]) for row, entry in entries]
        for place, (row, factor) in enumerate(scaled):
            pivots[row] -= factor * entries[place][1]
            target = rest[row]
            for other, entry in entries[place + 1 :]:
                target[other] = target.get(other, 0.0) - factor * entry
        columns.append(scaled)
    return Factor(pivots, columns)
