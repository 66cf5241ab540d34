"""Commit messages: what each command writes, and what a subject line says that a commit does."""

from __future__ import annotations

import re
from dataclasses import dataclass

ROLLED_BACK_FROM = "Rolled-back-from"

_FORMS = (
    ("add", re.compile(r"feat: add (\S+) model \(([0-9a-f]{8})\)")),
    ("annotate", re.compile(r"docs: annotate (\S+) model \(([0-9a-f]{8})\)")),
    ("promote", re.compile(r"chore: promote (\S+) model \(([0-9a-f]{8})\)")),
    ("roll back", re.compile(r"chore: roll back to (\S+) model \(([0-9a-f]{8})\)")),
    ("remove", re.compile(r"chore: remove (\S+) model \(([0-9a-f]{8})\)")),
)
_HOST_SUFFIX = re.compile(r" \(#[0-9]+\)")
_TRAILER = re.compile(r"([A-Za-z][A-Za-z0-9-]*): (.*)")


@dataclass(frozen=True, slots=True)
class CommitMessage:
    """A commit message: one subject line, a free body, trailers of our own at the end."""

    subject: str
    body: str = ""
    trailers: tuple[tuple[str, str], ...] = ()

    def text(self) -> str:
        """The whole text with a final newline."""
        parts = [self.subject]
        if self.body.strip():
            parts.append(self.body.strip("\n"))
        if self.trailers:
            parts.append("\n".join(f"{key}: {value}" for key, value in self.trailers))
        return "\n\n".join(parts) + "\n"


@dataclass(frozen=True, slots=True)
class Named:
    """What a subject says: the verb (``add``, ``annotate``, ``promote``, ``roll back``, ``remove``), tag and id."""

    verb: str
    tag: str
    model_id: str


def added(tag: str, model_id: str, body: str = "") -> CommitMessage:
    return CommitMessage(f"feat: add {tag} model ({model_id})", body)


def annotated(tag: str, model_id: str, body: str = "") -> CommitMessage:
    return CommitMessage(f"docs: annotate {tag} model ({model_id})", body)


def promoted(tag: str, model_id: str, body: str = "") -> CommitMessage:
    return CommitMessage(f"chore: promote {tag} model ({model_id})", body)


def rolled_back(tag: str, model_id: str, replaced_id: str, body: str = "") -> CommitMessage:
    return CommitMessage(f"chore: roll back to {tag} model ({model_id})", body, ((ROLLED_BACK_FROM, replaced_id),))


def removed(tag: str, model_id: str, why: str) -> CommitMessage:
    return CommitMessage(f"chore: remove {tag} model ({model_id})", why)


def parse_subject(subject: str) -> Named | None:
    """What a subject line names; a host's `` (#12)`` suffix is accepted. None for any other subject."""
    suffix = _HOST_SUFFIX.search(subject)
    if suffix and suffix.end() == len(subject):
        subject = subject[: suffix.start()]
    for verb, form in _FORMS:
        match = form.fullmatch(subject)
        if match:
            return Named(verb, match[1], match[2])
    return None


def trailer(text: str, key: str) -> str | None:
    """The value of a trailer in the last paragraph of a message, or None.

    A body cannot forge one: whoever writes a message with trailers ends it with a paragraph of his own,
    and a subject alone (a first paragraph) is never searched.
    """
    paragraphs = re.split(r"\n[ \t]*\n", text.strip("\n"))
    if len(paragraphs) < 2:
        return None
    found = None
    for line in paragraphs[-1].splitlines():
        match = _TRAILER.fullmatch(line)
        if match and match[1].lower() == key.lower():
            found = match[2].strip()
    return found
