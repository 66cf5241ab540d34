"""A metadata document that somebody kept by hand, completed: what can be derived is put in, the rest stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from git_pbm.core.documents.dates import is_calendar_day
from git_pbm.core.documents.metadata import METADATA_FIELDS, in_order
from git_pbm.core.documents.registry_document import RegistryEntry
from git_pbm.core.documents.strict_json import JsonValue
from git_pbm.core.names import (
    REGISTRY_PATH,
    RL,
    TRAININGS,
    count_as_text,
    is_hash,
    is_id,
    rl_numbers,
    tag_problem,
    training_of,
)
from git_pbm.core.registry.facts import Facts

_TIME_STAMP = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[T ][0-9]{2}:[0-9]{2}.*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known about a model besides its metadata.

    ``policy`` are facts about its policy, with its graph where that can be read; ``networks`` those of all of its
    networks by name, None where one of them is not here. ``born`` is the day of the commit that brought the policy,
    ``tag`` the one of a folder that holds the same bytes. ``given`` are the fields that a person gives on the command
    line.
    """

    policy: Facts | None
    networks: Mapping[str, Facts] | None
    listed: RegistryEntry | None
    born: str | None
    tag: str | None = None
    given: Mapping[str, str] = field(default_factory=dict)


def is_tag(value: JsonValue) -> bool:
    """Whether a value of a document is a tag."""
    return isinstance(value, str) and tag_problem(value) is None


def completed(
    old: Mapping[str, JsonValue], known: Evidence, *, says_params: bool
) -> tuple[dict[str, JsonValue], list[str]]:
    """The document with what can be derived put in, and for each field its value and its source; the rest stays.

    Only what says nothing (absent, null, or out of its grammar where the truth can be had) is replaced, and what is
    given; ``says_params`` tells whether ``params`` is well-formed.
    """
    document = {name: value for name, value in old.items() if value is not None or name not in METADATA_FIELDS}
    new = _Completion(document, known, [f"{name} left out, it was null" for name in old if name not in document])
    new.put_hash()
    new.put_tag()
    new.put_training()
    new.put_created()
    if not says_params:
        new.put_params()
    new.put_parent()
    new.put_numbers()
    new.put_files()
    return in_order(document), new.derivations


@dataclass(frozen=True, slots=True)
class _Completion:
    """A document on its way, and where each field that was put in comes from; later fields follow from earlier ones."""

    document: dict[str, JsonValue]
    known: Evidence
    derivations: list[str]

    def _put(self, name: str, value: JsonValue, source: str) -> None:
        self.document[name] = value
        shown = f"{name} {value}" if name not in ("hash", "files") else name
        self.derivations.append(f"{shown} from {source}")

    def _put_given(self, name: str) -> bool:
        given = self.known.given.get(name)
        if given is not None and self.document.get(name) != given:
            self._put(name, given, f"--{name}")
        return given is not None

    def put_hash(self) -> None:
        policy, given = self.known.policy, self.document.get("hash")
        if policy is not None and not (isinstance(given, str) and is_hash(given)):
            self._put("hash", policy.sha256, "the policy's bytes")

    def put_tag(self) -> None:
        listed = self.known.listed
        if is_tag(self.document.get("tag")):
            return
        if listed is not None and is_tag(listed.tag):
            self._put("tag", listed.tag, REGISTRY_PATH)
        elif self.known.tag is not None:
            self._put("tag", self.known.tag, "a folder of the same bytes")

    def put_training(self) -> None:
        if self.document.get("training") in TRAININGS:
            return
        tag, listed = self.document.get("tag"), self.known.listed
        inferred = training_of(tag) if isinstance(tag, str) else None
        if inferred is not None:
            self._put("training", inferred, "the tag")
        elif listed is not None and listed.training in TRAININGS:
            self._put("training", listed.training, REGISTRY_PATH)

    def put_created(self) -> None:
        if self._put_given("created"):
            return
        day, source = _stated_day(self.document.get("created"), self.known) or (
            self.known.born,
            "the commit that brought the policy",
        )
        if day is not None and day != self.document.get("created"):
            self._put("created", day, source)

    def put_params(self) -> None:
        policy = self.known.policy
        if policy is not None and policy.onnx is not None:
            self._put("params", count_as_text(policy.onnx.parameters), "the policy's graph")

    def put_parent(self) -> None:
        if self._put_given("parent"):
            return
        parent = self.known.listed.parent if self.known.listed is not None else None
        if "parent" not in self.document and parent is not None and is_id(parent):
            self._put("parent", parent, REGISTRY_PATH)

    def put_numbers(self) -> None:
        tag = self.document.get("tag")
        numbers = rl_numbers(tag) if isinstance(tag, str) and self.document.get("training") == RL else None
        for name, number in zip(("round", "iteration"), numbers or (), strict=False):
            if name not in self.document:
                self._put(name, number, "the tag")

    def put_files(self) -> None:
        networks = self.known.networks
        if "files" not in self.document and networks is not None:
            self._put("files", {name: _record(facts) for name, facts in networks.items()}, "the files' bytes")


def _record(facts: Facts) -> JsonValue:
    return {"sha256": facts.sha256, "size": facts.size}


def is_dated_by_commit(old: Mapping[str, JsonValue], known: Evidence) -> bool:
    """Whether the commit that brought the policy is all that tells a model's day."""
    has_day = "created" in known.given or _stated_day(old.get("created"), known) is not None
    return known.born is not None and not has_day


def _stated_day(created: JsonValue, known: Evidence) -> tuple[str, str] | None:
    """The day on which a model was made, and where that is said: nearest to the model first."""
    listed = known.listed.date if known.listed is not None else None
    for value, source in ((created, "its own time stamp"), (listed, REGISTRY_PATH)):
        stamp = _TIME_STAMP.fullmatch(value) if isinstance(value, str) else None
        day = stamp[1] if stamp else value
        if isinstance(day, str) and is_calendar_day(day):
            return day, source
    return None
