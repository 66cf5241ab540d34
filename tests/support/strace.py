"""What strace wrote: a call that another process interrupts stands in two lines, and is put together here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence


def whole_calls(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The process and the text of each call of ``strace -f -o``, in the order in which the calls ended."""
    begun: dict[str, str] = {}
    for line in lines:
        process, _, rest = line.partition(" ")
        rest = rest.lstrip()
        if rest.endswith("<unfinished ...>"):
            begun[process] = rest.removesuffix("<unfinished ...>").rstrip()
        elif rest.startswith("<... ") and "resumed>" in rest:
            yield process, begun.pop(process, "") + rest.partition("resumed>")[2]
        else:
            yield process, rest
