"""What a case of the corpus is, and the simplest ways to spoil a registry."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.robustness.hostile.place import Place

Spoil = Callable[[Place], None]


@dataclass(frozen=True)
class Case:
    """One way to spoil a registry; ``finds`` is a rule that a check of the commit must name."""

    name: str
    spoil: Spoil
    finds: str | None = None
    committed: bool = False
    """Whether the case has made its own commit."""


TRICK = "\x1b]0;owned\x07\x1b[2J\u202egpj.exe\u2066\u200b\x9b31m\r\n::error::owned\n##[error]owned"
"""Escape sequences, bidi and invisible characters, and GitHub's workflow commands of both kinds."""
LINE_TRICK = "::error file=x,line=1::owned"


def text(path: str, content: str | bytes) -> Spoil:
    return lambda place: place.write(path, content)


def metadata(content: str | bytes) -> Spoil:
    return lambda place: place.write(place.metadata(0), content)


def registry(content: str | bytes) -> Spoil:
    return text("registry.json", content)


def policy(content: bytes) -> Spoil:
    return lambda place: place.write(place.policy(0), content)


def fields(number: int, **fields: object) -> Spoil:
    return lambda place: place.edit(place.metadata(number), lambda document: document.update(fields))


def each(*spoils: Spoil) -> Spoil:
    """One after the other."""

    def spoil(place: Place) -> None:
        for one in spoils:
            one(place)

    return spoil


def removed(path: str) -> Spoil:
    return lambda place: place.remove(path)


def linked(path: str, target: str | bytes) -> Spoil:
    return lambda place: place.link(path, target)
