"""Work spread over the cores by threads: reading and hashing leave Python's lock to the others."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from threading import Thread
from typing import TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def spread(work: Callable[[Item], Result], items: Sequence[Item]) -> list[Result]:
    """The results in order, as many at a time as there are cores.

    Raises the first item's error, once nobody works any more.
    """
    results: dict[int, Result] = {}
    failed: dict[int, BaseException] = {}
    waiting = iter(range(len(items)))  # one `next` is one step of Python: no two threads get the same number

    def work_on() -> None:
        for number in waiting:
            if failed:
                return
            try:
                results[number] = work(items[number])
            except BaseException as error:
                failed[number] = error

    others = [Thread(target=work_on) for _ in range(min(cores(), len(items)) - 1)]
    for thread in others:
        thread.start()
    work_on()
    for thread in others:
        thread.join()
    for number in sorted(failed):
        raise failed[number]
    return [results[number] for number in range(len(items))]
