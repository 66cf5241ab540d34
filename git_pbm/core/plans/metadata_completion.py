"""A metadata document that somebody kept by hand, completed: what can be derived is put in, the rest stays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

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
    networks by name, None where one of them is not here. ``born`` is the day of the commit that brought the policy.
    """

    policy: Facts | None
    networks: Mapping[str, Facts] | None
    listed: RegistryEntry | None
    born: str | None


def is_tag(value: JsonValue) -> bool:
    """Whether a value of a document is a tag."""
    return isinstance(value, str) and tag_problem(value) is None


def completed(
    old: Mapping[str, JsonValue], known: Evidence, *, says_params: bool
) -> tuple[dict[str, JsonValue], list[str]]:
    """The document with what can be derived put in, and a word for each field that was; the rest stays.

    Only what says nothing (absent, null, or out of its grammar where the truth can be had) is replaced;
    ``says_params`` tells whether ``params`` is well-formed.
    """
    new = {name: value for name, value in old.items() if value is not None or name not in METADATA_FIELDS}
    derived = [f"{name} left out, it was null" for name in old if name not in new]

    def put(name: str, value: JsonValue, source: str) -> None:
        new[name] = value
        derived.append(f"{name} from {source}")

    policy, listed = known.policy, known.listed
    said = new.get("hash")
    if policy is not None and not (isinstance(said, str) and is_hash(said)):
        put("hash", policy.sha256, "the policy's bytes")
    if listed is not None and not is_tag(new.get("tag")) and is_tag(listed.tag):
        put("tag", listed.tag, REGISTRY_PATH)
    tag = new.get("tag")
    if new.get("training") not in TRAININGS:
        told = training_of(tag) if isinstance(tag, str) else None
        if told is not None:
            put("training", told, "the tag")
        elif listed is not None and listed.training in TRAININGS:
            put("training", listed.training, REGISTRY_PATH)
    day, source = _day(new.get("created"), known)
    if day is not None and day != new.get("created"):
        put("created", day, source)
    if policy is not None and policy.onnx is not None and not says_params:
        put("params", count_as_text(policy.onnx.parameters), "the policy's graph")
    if listed is not None and "parent" not in new and listed.parent is not None and is_id(listed.parent):
        put("parent", listed.parent, REGISTRY_PATH)
    numbers = rl_numbers(tag) if isinstance(tag, str) else None
    for name, number in zip(("round", "iteration"), numbers or (), strict=False):
        if name not in new and new.get("training") == RL:
            put(name, number, "the tag")
    if "files" not in new and known.networks is not None:
        records = {name: _record(facts) for name, facts in known.networks.items()}
        put("files", records, "the files' bytes")
    return in_order(new), derived


def _record(facts: Facts) -> JsonValue:
    return {"sha256": facts.sha256, "size": facts.size}


def _day(created: JsonValue, known: Evidence) -> tuple[str | None, str]:
    """The day on which a model was made, and where that is said: nearest to the model first."""
    listed = known.listed.date if known.listed is not None else None
    for value, source in ((created, "its own time stamp"), (listed, REGISTRY_PATH)):
        stamp = _TIME_STAMP.fullmatch(value) if isinstance(value, str) else None
        day = stamp[1] if stamp else value
        if isinstance(day, str) and is_calendar_day(day):
            return day, source
    return known.born, "the commit that brought the policy"
