"""Work spread over threads."""

from __future__ import annotations

import threading
import time

import pytest

from git_pbm.fs import parallel
from git_pbm.fs.parallel import spread


def test_results_come_in_the_order_of_the_items() -> None:
    assert spread(lambda number: number * number, range(100)) == [number * number for number in range(100)]
    assert spread(str, []) == []


def test_as_many_work_at_once_as_there_are_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "cores", lambda: 3)
    together = threading.Barrier(3, timeout=60)
    assert len(spread(lambda _: together.wait(), range(6))) == 6


def test_the_first_error_is_raised_when_nobody_works_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parallel, "cores", lambda: 4)
    done: list[int] = []

    def work(number: int) -> None:
        if number in (1, 2):
            raise ValueError(f"item {number}")
        time.sleep(0.05)
        done.append(number)

    with pytest.raises(ValueError, match="item 1"):
        spread(work, range(1000))
    alive = len(done)
    time.sleep(0.1)
    assert len(done) == alive < 900
