"""Sparse factors against numpy's dense ones."""

from __future__ import annotations

import random

import numpy as np
import pytest

from git_pbm.core.evaluations.statistics.sparse import elimination_order, factorise


@pytest.mark.parametrize("seed", range(8))
def test_solutions_and_variances_are_those_of_numpy(seed: int) -> None:
    chance = random.Random(seed)
    size = chance.randint(1, 40)
    pairs = {(a, b) for a in range(size) for b in range(a) if chance.random() < 3 / size}
    full = np.zeros((size, size))
    for a, b in pairs:
        weight = chance.uniform(0.1, 5)
        full[[a, b], [b, a]] -= weight
        full[[a, b], [a, b]] += weight
    full += np.diag([chance.uniform(0.5, 2) for _ in range(size)])
    order = elimination_order(size, pairs)
    assert sorted(order) == list(range(size))
    matrix = full[np.ix_(order, order)]
    below = [{b: matrix[a, b] for b in range(a + 1, size) if matrix[a, b]} for a in range(size)]
    factor = factorise([matrix[a, a] for a in range(size)], below)
    right = [chance.uniform(-1, 1) for _ in range(size)]
    assert factor.solve(right) == pytest.approx(list(np.linalg.solve(matrix, right)), abs=1e-12)
    assert factor.inverse_diagonal() == pytest.approx(list(np.diag(np.linalg.inv(matrix))), abs=2e-14)


def test_the_middle_of_a_star_goes_last_or_next_to_last() -> None:
    assert elimination_order(5, [(0, n) for n in range(1, 5)]).index(0) >= 3
