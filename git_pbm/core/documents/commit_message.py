"""Commit messages: what each command writes, and what a commit says of itself; it never runs git."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from git_pbm.core.names import is_id, tag_problem
from git_pbm.errors import UsageError

ROLLED_BACK_FROM = "Rolled-back-from"
GATE, EVIDENCE, EVALS, REPLACED = "Gate", "Evidence", "Evals", "Replaced"
"""The trailers of a promotion under a gate: which gate, what was shown, by which evaluations, against which model."""
OVERRIDDEN = "overridden"
"""What ``Gate`` says of a promotion that was made all the same; the reason is the body."""
SET_UP = "chore: set up git pbm"
"""The subject of the commit that ``git pbm init`` makes."""

_FORMS = (
    ("add", re.compile(r"feat: add (\S+) model \(([0-9a-f]{8})\)")),
    ("annotate", re.compile(r"docs: annotate (\S+) model \(([0-9a-f]{8})\)")),
    ("promote", re.compile(r"chore: promote (\S+) model \(([0-9a-f]{8})\)")),
    ("roll back", re.compile(r"chore: roll back to (\S+) model \(([0-9a-f]{8})\)")),
    ("remove", re.compile(r"chore: remove (\S+) model \(([0-9a-f]{8})\)")),
    ("evaluate", re.compile(r"test: evaluate (\S+) model \(([0-9a-f]{8})\) against \S+")),
    ("retract", re.compile(r"test: retract an evaluation of (\S+) model \(([0-9a-f]{8})\)")),
)
_VERB_OF_TRAILER = {
    ROLLED_BACK_FROM.lower(): "roll back",
    **dict.fromkeys((GATE.lower(), EVIDENCE.lower(), EVALS.lower(), REPLACED.lower()), "promote"),
}
"""The trailers that git pbm reads back, and the only verb whose commits it reads them from."""

_REVERT = re.compile(r'(Revert|Reapply) "(.*)"')
_OPPOSITE = {"add": "remove", "remove": "add"}
_HOST_SUFFIX = re.compile(r" \(#[0-9]+\)\Z")
_TRAILER = re.compile(r"([A-Za-z][A-Za-z0-9-]*)[ \t]*:[ \t]*(.*)")
_UNSENDABLE = re.compile("[\x00\ud800-\udfff]")
"""What a commit object cannot hold: git refuses NUL, and a lone surrogate has no UTF-8."""


@dataclass(frozen=True, slots=True)
class CommitMessage:
    """A commit message: one subject line, a free body, trailers of our own in a last paragraph of their own.

    The body is a user's text: what git cannot store in it is refused with :class:`UsageError`, anything else
    stays as it is (:func:`trailer` says why none can be forged there). A subject or trailer of more than one
    line is our own mistake: ``ValueError``.
    """

    subject: str
    body: str = ""
    trailers: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        for line in (self.subject, *(f"{key}: {value}" for key, value in self.trailers)):
            if len(line.splitlines()) != 1:
                raise ValueError(f"not one line: {line!r}")
        if _UNSENDABLE.search(self.body):
            raise UsageError("the text for the commit message is not valid UTF-8", "write it in UTF-8, without NUL")

    def text(self) -> str:
        """Subject, body and trailers with a blank line between them, and a final newline."""
        parts = [self.subject]
        if self.body.strip():
            parts.append(self.body.strip("\r\n").rstrip())
        if self.trailers:
            parts.append("\n".join(f"{key}: {value}" for key, value in self.trailers))
        return "\n\n".join(parts) + "\n"


@dataclass(frozen=True, slots=True)
class Named:
    """What a subject says: a verb of git pbm's forms (``add``, ``roll back``), tag and id.

    ``tag`` is the id once more where the model's own tag breaks the grammar of tags. ``is_reverted`` is true where
    the commit takes back what the verb says: that of an ``add`` is a ``remove``, and the other way round.
    """

    verb: str
    tag: str
    model_id: str
    is_reverted: bool = False


def added(tag: str, model_id: str, body: str = "") -> CommitMessage:
    """The message of ``git pbm add``. Raises like :class:`CommitMessage`, as all of these do."""
    return CommitMessage(f"feat: add {_model(tag, model_id)}", body)


def annotated(tag: str, model_id: str, body: str = "") -> CommitMessage:
    """The message of ``git pbm annotate``."""
    return CommitMessage(f"docs: annotate {_model(tag, model_id)}", body)


def promoted(tag: str, model_id: str, body: str = "", trailers: tuple[tuple[str, str], ...] = ()) -> CommitMessage:
    """The message of ``git pbm promote``; the trailers say by what evidence."""
    return CommitMessage(f"chore: promote {_model(tag, model_id)}", body, trailers)


def rolled_back(tag: str, model_id: str, replaced_id: str, body: str = "") -> CommitMessage:
    """The message of ``git pbm rollback``; ``replaced_id`` was current before it."""
    if not is_id(replaced_id):
        raise ValueError(f"not a model id: {replaced_id!r}")
    subject = f"chore: roll back to {_model(tag, model_id)}"
    return CommitMessage(subject, body, ((ROLLED_BACK_FROM, replaced_id),))


def removed(tag: str, model_id: str, why: str) -> CommitMessage:
    """The message of ``git pbm remove``; the reason is the body."""
    return CommitMessage(f"chore: remove {_model(tag, model_id)}", why)


def evaluated(tag: str, model_id: str, opponent: str, body: str = "") -> CommitMessage:
    """The message of ``git pbm eval add``; ``opponent`` is a tag, or a name and a version."""
    return CommitMessage(f"test: evaluate {_model(tag, model_id)} against {opponent.replace(' ', '-')}", body)


def retracted(tag: str, model_id: str, why: str) -> CommitMessage:
    """The message of ``git pbm eval retract``; the reason is the body."""
    return CommitMessage(f"test: retract an evaluation of {_model(tag, model_id)}", why)


def parse_subject(subject: str) -> Named | None:
    """What a subject line names; a host's `` (#12)`` suffix is accepted. None for any other subject."""
    subject = _HOST_SUFFIX.sub("", subject)
    for verb, form in _FORMS:
        match = form.fullmatch(subject)
        if match:
            return Named(verb, match[1], match[2])
    return None


def named_by(subject: str) -> Named | None:
    """What a subject line names, as :func:`parse_subject`, or as ``git revert`` quotes one of ours.

    ``Revert "feat: add <tag> model (<id>)"`` names the removal of that model; ``Reapply`` is a revert of a revert.
    """
    is_reverted = False
    subject = _HOST_SUFFIX.sub("", subject)
    while match := _REVERT.fullmatch(subject):
        is_reverted ^= match[1] == "Revert"
        subject = _HOST_SUFFIX.sub("", match[2])
    named = parse_subject(subject)
    if named is None or not is_reverted:
        return named
    return replace(named, verb=_OPPOSITE.get(named.verb, named.verb), is_reverted=True)


def is_roll_back(message: str) -> bool:
    """Whether a commit takes a promotion back instead of adding one: a ``rollback``, or a revert of what promoted."""
    named = named_by(message.partition("\n")[0])
    if named is None or named.is_reverted:
        return named is not None and named.verb in ("promote", "remove")
    return named.verb == "roll back" and trailer(message, ROLLED_BACK_FROM) is not None


def trailer(text: str, key: str) -> str | None:
    """The value of a trailer of a whole commit message; None where there is none, or two that disagree."""
    values = set(trailers(text, key))
    return values.pop() if len(values) == 1 else None


def trailers(text: str, key: str) -> tuple[str, ...]:
    """Every value of a trailer of a whole commit message, in order.

    Only the last paragraph is read, never the subject; ``Rolled-back-from`` from roll backs alone, and what a gate asks
    for from promotions. Our writer ends each of those with a paragraph of its own, below any body; so no body forges
    one, neither of a roll back nor of another commit, and a squashed pull request that quotes a roll back is none.
    """
    lines = [line.rstrip() for line in text.strip().split("\n")]
    verb = _VERB_OF_TRAILER.get(key.lower())
    named = parse_subject(lines[0])
    if "" not in lines or (verb is not None and (named is None or named.verb != verb)):
        return ()
    last_paragraph = lines[len(lines) - lines[::-1].index("") :]
    matches = [match for line in last_paragraph if (match := _TRAILER.fullmatch(line))]
    return tuple(match[2] for match in matches if match[1].lower() == key.lower())


def _model(tag: str, model_id: str) -> str:
    """How a subject names a model; a tag that a hand-edited registry smuggled in is not repeated."""
    if not is_id(model_id):
        raise ValueError(f"not a model id: {model_id!r}")
    return f"{tag if tag_problem(tag) is None else model_id} model ({model_id})"
